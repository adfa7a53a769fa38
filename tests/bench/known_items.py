"""Sets of known items: stories, and queries each of which one of them answers.

| set | asks | for, of each story |
|---|---|---|
| titles | a title that prints half-spaces | lead and body: only the title is taken away |
| titles, no lead | the same | the body, without the paragraph that mostly repeats the title |
| titles, lead only | the same | the lead alone |
| short | three of its most telling words (rare, not once only) and one printed with a half-space | lead and body |
| parted words | only its words that are printed with half-spaces, two or more | lead and body |
| tags | up to three tags; these print no half-spaces, stories do | lead and body |
| questions | a title that asks something, with or without half-spaces | lead and body |

Drawn by lot, of titles that print half-spaces where none other are told. Of stories that copy each other one is kept: a
known item that stands there twice says nothing.
"""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.text.letters import HALF_SPACE, fold, letters_only
from archive.text.lists import function_words

_WORD = re.compile(rf"[\w{HALF_SPACE}]+")
_TELLING, _TAGS = 3, 3
_SHORT_TITLE, _SHORT_BODY, _SAME = 2, 200, 200  # words; characters; letters


@dataclass(frozen=True)
class Item:
    """A story to be found."""

    title: str
    lead: str
    text: str
    tags: Sequence[str]
    cluster: str = ""


@dataclass(frozen=True)
class KnownItems:
    """What of each story is looked through (see `TEXTS`), and what asks for some of them, by their numbers."""

    of: str
    asked: dict[int, str]


def read(file: Path) -> list[Item]:
    raw = file.read_bytes()
    lines = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode().splitlines()
    return [_item(json.loads(line)) for line in lines]


def distinct(stories: Iterable[Item]) -> list[Item]:
    """Return `stories` without those that repeat the title, the beginning or the labelled cluster of one before."""
    known: set[str] = set()
    kept = []
    for item in stories:
        marks = {letters_only(item.title), letters_only(item.lead + item.text)[:_SAME], item.cluster} - {""}
        if known.isdisjoint(marks):
            kept.append(item)
        known |= marks
    return kept


def spaced(text: str, half_space: str | None) -> str:
    return text if half_space is None else text.replace(HALF_SPACE, half_space)


def plain(title: str) -> str:
    """Return the words of a title without what the query language would read as its own."""
    return re.sub(rf"[^\w\s{HALF_SPACE}.,،٫٬\u064b-\u065f\u0670]|[\n_]", " ", title)[:500]


def _item(row: dict) -> Item:
    # Where no lead is marked the first paragraph is one, and mostly repeats the title.
    lead, *paragraphs = row["paragraphs"] if not row.get("lead") else [row["lead"], *row["paragraphs"]]
    return Item(row["title"], lead, "\n".join(paragraphs), row.get("tags") or (), row.get("cluster", ""))


def _titles(stories: Sequence[Item], count: int) -> KnownItems:
    return KnownItems(_LEAD_AND_BODY, _drawn(stories, count, lambda item: item.title if _is_parted(item.title) else ""))


def _short(stories: Sequence[Item], count: int) -> KnownItems:
    spread = Counter(word for item in stories for word in set(_WORD.findall(fold(f"{item.lead}\n{item.text}"))))
    known = _titles(stories, count)
    return KnownItems(known.of, {at: _telling(title, spread) for at, title in known.asked.items()})


def _parted_words(stories: Sequence[Item], count: int) -> KnownItems:
    def parted(item: Item) -> str:
        words = list(dict.fromkeys(filter(_is_parted, _WORD.findall(plain(item.title)))))
        return " ".join(words) if len(words) > 1 else ""

    return KnownItems(_LEAD_AND_BODY, _drawn(stories, count, parted))


def _tags(stories: Sequence[Item], count: int) -> KnownItems:
    return KnownItems(_LEAD_AND_BODY, _drawn(stories, count, lambda item: " ".join(item.tags[:_TAGS])))


def _questions(stories: Sequence[Item], count: int) -> KnownItems:
    return KnownItems(_LEAD_AND_BODY, _drawn(stories, count, lambda item: item.title if "؟" in item.title else ""))


def _drawn(stories: Sequence[Item], count: int, query: Callable[[Item], str]) -> dict[int, str]:
    """Return queries for stories drawn by lot, by their numbers; `query` says what asks for one, nothing if nothing."""
    asked = {
        at: query(item)
        for at, item in enumerate(stories)
        if len(item.title.split()) > _SHORT_TITLE and len(item.text) > _SHORT_BODY
    }
    asked = {at: text for at, text in asked.items() if text}
    return {at: asked[at] for at in sorted(random.Random(3).sample(sorted(asked), min(count, len(asked))))}


def _is_parted(text: str) -> bool:
    return HALF_SPACE in text.strip(HALF_SPACE)


def _telling(title: str, spread: Counter[str]) -> str:
    """Return the most telling words of a title in its order, one printed with a half-space (drawn by lot) among them."""
    words = list(dict.fromkeys(_WORD.findall(plain(title))))
    words = [word for word in words if len(word) > 1 and fold(word) not in function_words()]
    parted = list(filter(_is_parted, words))
    kept = {random.Random(title).choice(parted)} if parted else set()
    rarest = sorted((word for word in words if word not in kept), key=lambda word: spread[fold(word)] or len(spread))
    kept |= set(rarest[:_TELLING])
    return " ".join(word for word in words if word in kept)


_LEAD_AND_BODY = "lead and body"
# What of a story is looked through.
TEXTS: dict[str, Callable[[Item], str]] = {
    _LEAD_AND_BODY: lambda item: f"{item.lead}\n{item.text}",
    "body": lambda item: item.text,
    "lead": lambda item: item.lead,
}
SETS: dict[str, Callable[[Sequence[Item], int], KnownItems]] = {
    "titles": _titles,
    "titles, no lead": lambda stories, count: KnownItems("body", _titles(stories, count).asked),
    "titles, lead only": lambda stories, count: KnownItems("lead", _titles(stories, count).asked),
    "short": _short,
    "parted words": _parted_words,
    "tags": _tags,
    "questions": _questions,
}
