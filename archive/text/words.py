"""Words of a Persian text, for index and query alike: split at half-spaces, joined over them, and lightly stemmed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.text.letters import HALF_SPACE, fold

# Raised whenever what these functions return changes, so that archives are indexed anew.
ANALYSIS_VERSION = 1

# A word begins with a letter or digit; inside it marks, half-spaces and invisible characters belong to it.
_INSIDE = (
    "\\w\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}\N{NOT SIGN}\u064b-\u065f"
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}"
)
_WORD = re.compile(f"[^\\W_][{_INSIDE}]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTerm:
    """One word of a query: phrases of index words (any of them will do), and stems that will do as well."""

    exact: tuple[tuple[str, ...], ...]
    stems: tuple[str, ...] = ()


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of the printed `text` begins and ends, and the word folded, half-spaces kept."""
    for found in _WORD.finditer(text):
        folded = _folded(found[0])
        if folded:
            yield found.start(), found.end(), folded


@lru_cache(maxsize=100_000)
def _folded(word: str) -> str:
    return fold(word).strip(HALF_SPACE)


def split_words(text: str) -> str:
    """Return the folded words of `text`, split at half-spaces, joined by blanks."""
    return " ".join(part for _, _, word in spans(text) for part in word.split(HALF_SPACE) if part)


def stem_words(text: str) -> str:
    """Return the words of `text` joined over half-spaces, each with its stem, joined by blanks."""
    return " ".join(token for _, _, word in spans(text) for token in _stems(word))


def query_terms(text: str) -> list[QueryTerm]:
    """Return what to look for, word by word."""
    return [_term(word) for _, _, word in spans(text)]


def _term(word: str) -> QueryTerm:
    parts = tuple(part for part in word.split(HALF_SPACE) if part)
    joined = "".join(parts)
    exact = (parts,) if len(parts) == 1 else (parts, (joined,))
    return QueryTerm(exact=exact, stems=_stems(word))


@lru_cache(maxsize=50_000)
def _stems(word: str) -> tuple[str, ...]:
    joined = word.replace(HALF_SPACE, "")
    base = word.split(HALF_SPACE, maxsplit=1)[0]
    return (joined,) if joined == base else (joined, base)
