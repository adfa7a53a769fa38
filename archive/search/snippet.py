"""Cut the passage of a printed text that answers a query best, and mark the words that did."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from archive.text.letters import fold
from archive.text.spaces import PREFIXES, SUFFIXES
from archive.text.words import index_words, stem_words, tokens

WORDS = 30  # a snippet's length
_MARKUP = re.compile(r"""[&<>"']""")
_LEAD_IN = 6  # words shown before the first hit
# What is printed between blanks and marks; the analysis says what it stands for.
_NO_WORD = r"""\s_،؛؟!?.,:;()«»"'…/\\\[\]{}<>|=+*&%٪–—-"""
_WORD = re.compile(rf"([^{_NO_WORD}]+(?:(?<=\d)[.,](?=\d)[^{_NO_WORD}]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is marked: words indexed under one of `terms`, under one that begins so, or side by side as a phrase."""

    terms: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    phrases: frozenset[tuple[str, ...]] = frozenset()


def snippet(text: str, marks: Marks, *, words: int = WORDS) -> str:
    """Return about `words` words of `text` around its densest hits, HTML-escaped, hits in <mark>.

    Without a hit the text's beginning comes back.
    """
    pieces = _WORD.split(text)
    hits = _hits(pieces[1::2], marks)
    if not hits:
        return escape(text[:200])
    first = _densest(hits, words)
    start = max(0, first - _LEAD_IN) if first + words > len(hits) or first < _LEAD_IN else first - _LEAD_IN
    end = min(len(hits), start + words)
    # Words stand at odd places, what is between them at even ones.
    before = pieces[0] if start == 0 else "… "
    after = pieces[2 * end] if end == len(hits) else " …"
    shown = _mark([before, *pieces[2 * start + 1 : 2 * end], after], hits[start:end])
    return " ".join(shown.split())


def highlight(text: str, marks: Marks) -> str:
    """Return the whole `text`, HTML-escaped, every hit in <mark>."""
    pieces = _WORD.split(text)
    return _mark(pieces, _hits(pieces[1::2], marks))


def _mark(pieces: Sequence[str], hits: Sequence[bool]) -> str:
    """Return `pieces` (every second one a word) as HTML."""
    # Nearly every passage holds nothing to escape; looking once is cheaper than sixty calls.
    parts = [escape(piece) for piece in pieces] if _MARKUP.search("".join(pieces)) else list(pieces)
    for at, hit in enumerate(hits):
        if hit:
            parts[2 * at + 1] = f"<mark>{parts[2 * at + 1]}</mark>"
    return "".join(parts)


def _hits(printed: Sequence[str], marks: Marks) -> list[bool]:
    """Say of each printed word whether it is marked."""
    known = _known(marks)
    hits = [known[word] for word in printed]
    for at, word in enumerate(printed):
        if (side := _joint(word)) and 0 <= at + side < len(hits):
            first, second = sorted((at, at + side))
            if known[f"{printed[first]} {printed[second]}"]:
                hits[first] = hits[second] = True
    if marks.phrases:
        parts = [(part, at) for at, word in enumerate(printed) for part in _parts(word)]
        for at in _standing(parts, marks.phrases):
            hits[at] = True
    return hits


class _Known(dict[str, bool]):
    """Whether printed words are marked, worked out when they are met first."""

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks

    def __missing__(self, word: str) -> bool:
        terms, marks = _terms(word), self._marks
        hit = not terms.isdisjoint(marks.terms) or (
            bool(marks.prefixes) and any(term.startswith(marks.prefixes) for term in terms)
        )
        self[word] = hit
        return hit


@lru_cache(maxsize=4)
def _known(marks: Marks) -> _Known:
    return _Known(marks)


def _standing(parts: Sequence[tuple[str, int]], phrases: frozenset[tuple[str, ...]]) -> Iterator[int]:
    """Yield the numbers of the words that are part of a phrase."""
    firsts = {phrase[0] for phrase in phrases}
    for at, (part, _) in enumerate(parts):
        if part in firsts:
            for phrase in phrases:
                there = parts[at : at + len(phrase)]
                if tuple(one for one, _ in there) == phrase:
                    yield from (number for _, number in there)


@lru_cache(maxsize=50_000)
def _joint(word: str) -> int:
    """Say where the word stands that a blank parts from `word`: 1 after it («می»), -1 before it («ها»), 0 nowhere."""
    folded = fold(word)
    return 1 if folded in PREFIXES else -1 if folded in SUFFIXES else 0


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[str, ...]:
    """Return the words of the index, in order, that a printed word stands for."""
    return tuple(tokens(word))


@lru_cache(maxsize=50_000)
def _terms(word: str) -> frozenset[str]:
    """Return what the index holds a printed word under."""
    return frozenset((*index_words(word).split(), *stem_words(word).split()))


def _densest(hits: Sequence[bool], words: int) -> int:
    """Return where the first of the windows of `words` words with the most hits begins, at a hit if there is one."""
    best, best_count, count = 0, 0, sum(hits[:words])
    for start in range(len(hits)):
        if hits[start] and count > best_count:
            best, best_count = start, count
        count += (hits[start + words] if start + words < len(hits) else 0) - hits[start]
    return best
