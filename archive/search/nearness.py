"""The first hits in a better order: which of the words their texts hold, which side by side, and how early."""

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from archive.search.engine import Ranked
from archive.search.expression import Fts, leaves
from archive.text.letters import HALF_SPACE, fold
from archive.text.spaces import SUFFIXES

# Hits whose texts are read: a page of them. Of a text as many characters, of a word as many places.
FIRST, CHARACTERS, _PLACES = 20, 8_000, 8
# What each of the three adds to a score at most, in shares of it: chosen on one half of the known items of
# tests/bench/search.py, proved on the other half (docs/design.md, "The first hits are read").
_HELD, _BESIDE, _EARLY = 2.0, 2.0, 0.5
_GAP = 20  # characters between words that stand side by side: an ending, little words, one more
_BEGINNING = 200  # characters after which a place counts half
_ENDINGS = SUFFIXES | frozenset("ان ات ین یان گان جات ه ن ند د یم ید تری".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A word of a query as a text may hold it, and how much it tells (its inverse document frequency)."""

    forms: frozenset[str]
    beginnings: frozenset[str]
    weight: float


def sought(words: Sequence[Fts], frequencies: Mapping[str, int], stories: int) -> tuple[Sought, ...]:
    """Return the `words` of a query, in its order, as a text is searched for them."""
    return tuple(_sought(node, frequencies, stories) for node in words)


def nearer(conn: sqlite3.Connection, ranked: Ranked, words: Sequence[Sought]) -> Ranked:
    """Return `ranked` with its first hits in the order of their scores times what their texts say of `words`.

    What stands side by side in the query (Metzler and Croft 2005) and early in the story weighs more. One word alone
    has no neighbours, its hits stay as they are.
    """
    first = ranked[:FIRST]
    if len(words) < 2 or len(first) < 2:  # noqa: PLR2004 - nothing to compare
        return ranked
    texts = _texts(conn, [story for story, _ in first])
    better = [(story, score * (1 + _bonus(texts.get(story, ""), words))) for story, score in first]
    return [*sorted(better, key=lambda hit: -hit[1]), *ranked[FIRST:]]


def _texts(conn: sqlite3.Connection, stories: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(stories))
    sql = f"SELECT id, substr(title || ' ' || lead || ' ' || body, 1, {CHARACTERS}) FROM stories WHERE id IN ({marks})"
    return {row[0]: f" {row[1].translate(_letters())} " for row in conn.execute(sql, stories)}


def _bonus(text: str, words: Sequence[Sought]) -> float:
    """Return what a text adds to its score, in shares of it."""
    places = [_places(text, word) for word in words]
    every = sum(word.weight for word in words) or 1.0
    found = [(word.weight, at[0][0]) for word, at in zip(words, places, strict=True) if at]
    held = sum(weight for weight, _ in found)
    early = sum(weight / (1 + first / _BEGINNING) for weight, first in found)
    beside = sum(
        (one.weight + other.weight) / 2
        for (one, at), (other, there) in pairwise(zip(words, places, strict=True))
        if any(0 <= start - end <= _GAP for _, end in at for start, _ in there)
    )
    return (_HELD * held + _BESIDE * beside + _EARLY * early) / every


def _places(text: str, word: Sought) -> list[tuple[int, int]]:
    """Return where forms of `word` begin and end in a text of letters and blanks."""
    return sorted(place for form in word.forms | word.beginnings for place in _found(text, form, word))


def _found(text: str, form: str, word: Sought) -> Iterator[tuple[int, int]]:
    after = 0
    for _ in range(_PLACES):
        start = text.find(f" {form}", after)
        if start < 0:
            return
        after = start + 1 + len(form)
        if form in word.beginnings or text[after] == " " or text[after : text.index(" ", after)] in _ENDINGS:
            yield start, after


def _sought(node: Fts, frequencies: Mapping[str, int], stories: int) -> Sought:
    tests = [(" ".join(test.phrase).replace("_", " "), test) for test in leaves(node)]
    commonest = max((frequencies.get(test.phrase[0], 0) for _, test in tests if len(test.phrase) == 1), default=0)
    return Sought(
        forms=frozenset(form for form, test in tests if not test.prefix),
        beginnings=frozenset(form for form, test in tests if test.prefix),
        weight=math.log(1 + (stories + 0.5) / (commonest + 0.5)),
    )


class _Letters(dict[int, str]):
    """A translation table that folds letters and digits, drops half-spaces and makes blanks of all else."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        self[code] = "".join("" if one == HALF_SPACE else one if one.isalnum() else " " for one in folded)
        return self[code]


@cache
def _letters() -> _Letters:
    return _Letters()
