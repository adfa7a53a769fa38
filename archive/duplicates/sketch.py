"""What the archive compares of a story: its words, and the fingerprints by which stories that share text are found."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from archive.duplicates.fingerprints import fingerprints
from archive.duplicates.wording import wording
from archive.story import Story

type Paragraphs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A story made ready for comparison: its words, and each fingerprint with its paragraph.

    `text` holds the words, a paragraph a line: most stories are never compared, and hundreds of words weigh ten times
    as much in a pipe or in memory.
    """

    text: str
    prints: dict[int, int]

    @property
    def paragraphs(self) -> Paragraphs:
        """The words paragraph by paragraph."""
        return paragraphs_in(self.text)


def sketch(story: Story) -> Sketch:
    """Return the sketch of `story`; pure, so that it can be made in any process."""
    return sketch_of(story.title, story.lead, story.body)


def sketch_of(title: str, lead: str, body: str) -> Sketch:
    """Return the sketch of a story with these texts."""
    text = wording(title, lead, body)
    starts = [0, *accumulate(map(len, text.letters))]
    found = fingerprints("".join(text.letters))
    return Sketch(text=text_of(text.words), prints={one: bisect_right(starts, at) - 1 for one, at in found.items()})


def paragraphs_of(title: str, lead: str, body: str) -> Paragraphs:
    """Return the paragraphs of the sketch of a story with these texts, without working out its fingerprints."""
    return wording(title, lead, body).words


def text_of(paragraphs: Paragraphs) -> str:
    """Return words as one text, a paragraph a line: none of them holds a blank."""
    return "\n".join(map(" ".join, paragraphs))


def paragraphs_in(text: str) -> Paragraphs:
    """Return the words of such a text."""
    return tuple(tuple(paragraph.split()) for paragraph in text.split("\n"))


def words(paragraphs: Sequence[tuple[str, ...]], without: Collection[tuple[str, ...]] = frozenset()) -> tuple[str, ...]:
    """Return the words of all paragraphs but those `without`; of all when none would be left."""
    kept = [paragraph for paragraph in paragraphs if paragraph not in without] or paragraphs
    return tuple(chain.from_iterable(kept))
