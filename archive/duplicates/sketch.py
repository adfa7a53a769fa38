"""What the archive compares of a story: its words, and the fingerprints by which stories that share text are found."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain

from archive.duplicates.fingerprints import fingerprints
from archive.duplicates.wording import wording
from archive.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A story made ready for comparison: words paragraph by paragraph, and each fingerprint with its paragraph."""

    paragraphs: tuple[tuple[str, ...], ...]
    prints: dict[int, int]


def sketch(story: Story) -> Sketch:
    """Return the sketch of `story`; pure, so that it can be made in any process."""
    return sketch_of(story.title, story.lead, story.body)


def sketch_of(title: str, lead: str, body: str) -> Sketch:
    """Return the sketch of a story with these texts."""
    text = wording(title, lead, body)
    starts = [0, *accumulate(map(len, text.letters))]
    found = fingerprints("".join(text.letters))
    return Sketch(paragraphs=text.words, prints={one: bisect_right(starts, at) - 1 for one, at in found.items()})


@lru_cache(maxsize=256)  # a story that is copied at all is compared several times within minutes
def paragraphs_of(title: str, lead: str, body: str) -> tuple[tuple[str, ...], ...]:
    """Return the paragraphs of the sketch of a story with these texts, without working out its fingerprints."""
    return wording(title, lead, body).words


def words(paragraphs: Sequence[tuple[str, ...]], without: Collection[tuple[str, ...]] = frozenset()) -> tuple[str, ...]:
    """Return the words of all paragraphs but those `without`; of all when none would be left."""
    kept = [paragraph for paragraph in paragraphs if paragraph not in without] or paragraphs
    return tuple(chain.from_iterable(kept))
