"""A story made ready for the archive: all that can be worked out before the one writer sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive import rows
from archive.duplicates.sketch import Sketch, sketch
from archive.identity import address, content_hash
from archive.search.index import Entry, entry
from archive.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A story with its addresses, its content hash, its row, what the index holds of it and what it is compared by.

    `short` is the address of its short link, `row` what the story itself puts into its row.
    """

    story: Story
    address: str
    short: str
    row: Mapping[str, Any]
    content_hash: str
    entry: Entry
    sketch: Sketch


def analyse(story: Story) -> Analysed:
    """Return `story` with everything the writer needs; pure, so that it can be done in any process."""
    return Analysed(
        story=story,
        address=address(story.url),
        short=address(story.short_link),
        row=rows.of(story),
        content_hash=content_hash(story),
        entry=entry(story),
        sketch=sketch(story),
    )
