"""Sets of known items: stories, and queries each of which one of them answers.

`titles`: a story's title asks for its lead and body. `titles, no lead`: for the body alone, without the paragraph that
mostly repeats the title. `short`: what a person types, three of the title's most telling words (rare, not once only)
and one that is printed with a half-space. `tags`: up to three tags. All but tags are taken from titles that print
half-spaces, drawn by lot; the half-spaces of tags count only in the stories, where tags print none.
"""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.text.letters import HALF_SPACE, fold
from archive.text.lists import function_words

_WORD = re.compile(rf"[\w{HALF_SPACE}]+")
_TELLING, _TAGS = 3, 3
_SHORT_TITLE, _SHORT_BODY = 2, 200  # words; characters


@dataclass(frozen=True)
class Item:
    """A story to be found."""

    title: str
    lead: str
    text: str
    tags: Sequence[str]


@dataclass(frozen=True)
class KnownItems:
    """What of each story is looked through, and what asks for some of them, by their numbers."""

    texts: Sequence[str]
    asked: dict[int, str]


def read(file: Path) -> list[Item]:
    raw = file.read_bytes()
    lines = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode().splitlines()
    return [_item(json.loads(line)) for line in lines]


def spaced(text: str, half_space: str | None) -> str:
    return text if half_space is None else text.replace(HALF_SPACE, half_space)


def plain(title: str) -> str:
    """Return the words of a title without what the query language would read as its own."""
    return re.sub(rf"[^\w\s{HALF_SPACE}.,،٫٬\u064b-\u065f\u0670]|[\n_]", " ", title)[:500]


def _item(row: dict) -> Item:
    # Where no lead is marked the first paragraph is one, and mostly repeats the title.
    lead, *paragraphs = row["paragraphs"] if not row.get("lead") else [row["lead"], *row["paragraphs"]]
    return Item(row["title"], lead, "\n".join(paragraphs), row.get("tags") or ())


def _titles(stories: Sequence[Item], count: int) -> KnownItems:
    texts = [f"{item.lead}\n{item.text}" for item in stories]
    return KnownItems(texts, {at: stories[at].title for at in _drawn(stories, count)})


def _titles_no_lead(stories: Sequence[Item], count: int) -> KnownItems:
    return KnownItems([item.text for item in stories], _titles(stories, count).asked)


def _short(stories: Sequence[Item], count: int) -> KnownItems:
    known = _titles(stories, count)
    spread = Counter(word for text in known.texts for word in set(_WORD.findall(fold(text))))
    return KnownItems(known.texts, {at: _telling(title, spread) for at, title in known.asked.items()})


def _tags(stories: Sequence[Item], count: int) -> KnownItems:
    tagged = [at for at, item in enumerate(stories) if item.tags]
    drawn = sorted(random.Random(3).sample(tagged, min(count, len(tagged))))
    return KnownItems(_titles(stories, 0).texts, {at: " ".join(stories[at].tags[:_TAGS]) for at in drawn})


def _drawn(stories: Sequence[Item], count: int) -> list[int]:
    """Return the numbers of stories drawn by lot of those whose titles print half-spaces and have several words."""
    asked = [
        at
        for at, item in enumerate(stories)
        if len(item.title.split()) > _SHORT_TITLE and len(item.text) > _SHORT_BODY and HALF_SPACE in item.title
    ]
    return sorted(random.Random(3).sample(asked, min(count, len(asked))))


def _telling(title: str, spread: Counter[str]) -> str:
    """Return the most telling words of a title in its order, one printed with a half-space (drawn by lot) among them."""
    words = list(dict.fromkeys(_WORD.findall(plain(title))))
    words = [word for word in words if len(word) > 1 and fold(word) not in function_words()]
    parted = [word for word in words if HALF_SPACE in word.strip(HALF_SPACE)]
    kept = {random.Random(title).choice(parted)} if parted else set()
    rarest = sorted((word for word in words if word not in kept), key=lambda word: spread[fold(word)] or len(spread))
    kept |= set(rarest[:_TELLING])
    return " ".join(word for word in words if word in kept)


SETS: dict[str, Callable[[Sequence[Item], int], KnownItems]] = {
    "titles": _titles,
    "titles, no lead": _titles_no_lead,
    "short": _short,
    "tags": _tags,
}
