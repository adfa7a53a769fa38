"""A story made ready for the archive: all that can be worked out before the one writer sees it."""

from dataclasses import dataclass

from archive.duplicates.sketch import Sketch, sketch
from archive.identity import address, content_hash
from archive.search.index import Entry, entry
from archive.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A story with its address, its content hash, what the index holds of it and what it is compared by."""

    story: Story
    address: str
    content_hash: str
    entry: Entry
    sketch: Sketch


def analyse(story: Story) -> Analysed:
    """Return `story` with everything the writer needs; pure, so that it can be done in any process."""
    return Analysed(
        story=story,
        address=address(story.url),
        content_hash=content_hash(story),
        entry=entry(story),
        sketch=sketch(story),
    )
