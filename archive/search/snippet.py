"""Cut the passage of a printed text that answers a query best, and mark the words that did."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from itertools import batched, islice

from archive.text.letters import fold
from archive.text.spaces import PREFIXES, SUFFIXES
from archive.text.words import index_words, stem_words, tokens

WORDS = 30  # a snippet's length
_MARKUP = re.compile(r"""[&<>"']""")
_MOST_MET = 100_000  # printed words that are remembered
_LEAD_IN = 6  # words shown before the first hit
# What is printed between blanks and marks is a word; the analysis says what it stands for.
_NO_WORD = "_،؛؟!?.,:;()«»\"'…/\\[]{}<>|=+*&%٪–—-"
_LETTER = rf"[^\s{re.escape(_NO_WORD)}]"
_WORD = re.compile(rf"({_LETTER}+(?:[.,](?<=\d.)(?=\d){_LETTER}+)*)")


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
    passage = _passage(text.split(), " ", marks, words)
    if len(_WORD.findall(passage)) > words:  # hardly a blank in it
        before, *pieces = _WORD.split(text)
        passage = _passage([before, *map("".join, batched(pieces, 2))], "", marks, words)
    return highlight(passage, marks)


def highlight(text: str, marks: Marks) -> str:
    """Return the whole `text`, HTML-escaped, every hit in <mark>."""
    pieces = _WORD.split(text)
    return _mark(pieces, _hits(pieces[1::2], marks))


def _passage(printed: Sequence[str], between: str, marks: Marks, words: int) -> str:
    """Return about `words` of the words that stand between blanks, around the densest hits; without, the first ones."""
    hits = _hits(printed, marks)
    first = densest(hits, words)
    start = max(0, first - _LEAD_IN) if first + words > len(hits) or first < _LEAD_IN else first - _LEAD_IN
    end = min(len(hits), start + words)
    shown = between.join(printed[start:end]).split()
    return " ".join([*["…"][: start > 0], *shown, *["…"][: end < len(hits)]])


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
    words = set(printed)
    met = _met(words)
    marked = met.under(marks, words)
    hits = [word in marked for word in printed]
    parted = words & met.beside.keys()
    for at, side in [(at, met.beside[word]) for at, word in enumerate(printed) if word in parted] if parted else ():
        if 0 <= at + side < len(hits):
            first, second = sorted((at, at + side))
            pair = {f"{printed[first]} {printed[second]}"}
            if pair & _met(pair).under(marks, pair):
                hits[first] = hits[second] = True
    for phrase in marks.phrases:
        begins = met.under(Marks(terms=frozenset(phrase[:1])), words)
        for at in [at for at, word in enumerate(printed) if word in begins]:
            for place in _standing(printed, at, phrase):
                hits[place] = True
    return hits


class _Met:
    """Printed words that this process met, by what the index holds them under, and which stand `beside` another.

    The analysis of a word takes as long as looking a hundred up here, and a page of hits prints a few thousand.
    """

    def __init__(self) -> None:
        self._terms: dict[str, str] = {}  # each after a blank
        self._under: dict[str, list[str]] = {}
        self.beside: dict[str, int] = {}
        self._asked: tuple[frozenset[str], int, set[str]] = (frozenset(), 0, set())

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, words: set[str]) -> None:
        """Meet those of `words` that are new."""
        for word in words.difference(self._terms):
            bare = word.strip(_NO_WORD)  # between blanks it stands with its marks
            terms = self._terms.get(bare)
            if terms is None:
                terms = "".join(f" {term}" for term in {*index_words(word).split(), *stem_words(word).split()})
            for term in terms.split():
                self._under.setdefault(term, []).append(word)
            if side := _side(bare):
                self.beside[word] = side
            self._terms[word] = terms

    def under(self, marks: Marks, words: set[str]) -> set[str]:
        """Return words that are marked, all that are among `words`; these have been met."""
        marked = self._under_terms(marks.terms)
        for prefix in marks.prefixes:
            marked = marked | {word for word in words if f" {prefix}" in self._terms[word]}
        return marked

    def _under_terms(self, terms: frozenset[str]) -> set[str]:
        """Return words that are under one of `terms`; the texts of a page ask for the same ones."""
        asked, met, under = self._asked
        if asked is not terms or met != len(self):
            under = set().union(*(self._under.get(term, ()) for term in terms))
            self._asked = (terms, len(self), under)
        return under


def _met(words: set[str]) -> _Met:
    """Return the words this process met, `words` among them; begun anew when they are many."""
    met = _words_met()
    if len(met) > _MOST_MET:
        _words_met.cache_clear()
        met = _words_met()
    met.add(words)
    return met


@cache
def _words_met() -> _Met:
    return _Met()


def _standing(printed: Sequence[str], at: int, phrase: tuple[str, ...]) -> Iterator[int]:
    """Yield the numbers of the words that are part of a phrase which begins in the word `at`."""
    first = _parts(printed[at])
    follows = _parts(printed[at + 1]) if at + 1 < len(printed) else ()
    if len(first) == 1 and follows and follows[0] != phrase[1]:
        return  # soon said, of nearly every place
    more = ((part, place) for place in range(at, len(printed)) for part in _parts(printed[place]))
    parts = list(islice(more, len(first) + len(phrase) - 1))
    for start in range(len(first)):
        there = parts[start : start + len(phrase)]
        if tuple(part for part, _ in there) == phrase:
            yield from (place for _, place in there)


def _side(word: str) -> int:
    """Say where the word stands that a blank parts from `word`: 1 after it («می»), -1 before it («ها»), 0 nowhere."""
    folded = fold(word)
    return 1 if folded in PREFIXES else -1 if folded in SUFFIXES else 0


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[str, ...]:
    """Return the words of the index, in order, that a printed word stands for."""
    return tuple(tokens(word))


def densest(hits: Sequence[bool], words: int) -> int:
    """Return where the first of the windows of `words` words with the most hits begins, at a hit if there is one."""
    places = [at for at, hit in enumerate(hits) if hit]
    # Of equals the first one.
    counts = [bisect_left(places, place + words) - number for number, place in enumerate(places)]
    return places[counts.index(max(counts))] if places else 0
