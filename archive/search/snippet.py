"""Cut the passage of a printed text that answers a query best, and mark the words that did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from archive.text.words import index_words, spans, stem_words, tokens

WORDS = 30  # a snippet's length
_LEAD_IN = 6  # words shown before the first hit


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
    found = _words(text)
    hits = _hits(text, found, marks)
    first = _densest(hits, words)
    start = max(0, first - _LEAD_IN) if first + words > len(found) or first < _LEAD_IN else first - _LEAD_IN
    chosen = found[start : start + words]
    if not chosen:
        return escape(text[:200])
    return _mark(text, chosen, hits[start : start + words], begins=start == 0, ends=start + words >= len(found))


def highlight(text: str, marks: Marks) -> str:
    """Return the whole `text`, HTML-escaped, every hit in <mark>."""
    found = _words(text)
    return _mark(text, found, _hits(text, found, marks), begins=True, ends=True, lines=True)


def _words(text: str) -> list[tuple[int, int]]:
    """Return where each printed word of `text` begins and ends."""
    return [(start, end) for start, end, _ in spans(text)]


def _hits(text: str, words: Sequence[tuple[int, int]], marks: Marks) -> list[bool]:
    """Say of each word whether it is marked."""
    printed = [text[start:end] for start, end in words]
    hits = [not marks.terms.isdisjoint(_terms(word)) for word in printed]
    if marks.prefixes:
        hits = [
            hit or any(term.startswith(marks.prefixes) for term in _terms(word))
            for hit, word in zip(hits, printed, strict=True)
        ]
    if marks.phrases:
        parts = [(part, at) for at, word in enumerate(printed) for part in _parts(word)]
        for at in _standing(parts, marks.phrases):
            hits[at] = True
    return hits


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


def _mark(
    text: str,
    chosen: Sequence[tuple[int, int]],
    hits: Sequence[bool],
    *,
    begins: bool,
    ends: bool,
    lines: bool = False,
) -> str:
    """Return the printed text from the first chosen word to the last; on one line, unless `lines` are kept."""
    parts = ["" if begins else "… "]
    at = 0 if begins else chosen[0][0]
    for (start, end), hit in zip(chosen, hits, strict=True):
        parts.append(escape(text[at:start]))
        parts.append(f"<mark>{escape(text[start:end])}</mark>" if hit else escape(text[start:end]))
        at = end
    parts.append(escape(text[at:]) if ends else " …")
    return "".join(parts) if lines else " ".join("".join(parts).split())
