"""Words across half-spaces: what belongs to a word, whether a half-space, a blank or nothing stands in it."""

import re
from collections.abc import Iterator

from archive.text.letters import HALF_SPACE

# Written on to the word, after a half-space (as the Academy's orthography asks for), or (misprinted) after a blank.
_PLURALS = "ها های هایی هایم هایت هایش هایمان هایتان هایشان هاست".split()
_DEGREES = "تر تری ترین ترها ترهای ترینها ترینهای".split()
_OWNERS = "مان تان شان".split()
_AFTER_HEH = "ای ام ات اش اند ایم اید".split()
SUFFIXES = frozenset((*_PLURALS, *_DEGREES, *_OWNERS, *_AFTER_HEH, "ی", "یی", "م", "ت", "ش"))
PREFIXES = frozenset(("می", "نمی"))

_NUMBER = r"(?<!\d\.)\d+\.\d+(?![.\d])|\d{1,3}(?:,\d{3})+(?!\d)|\d+"
_PIECE = re.compile(rf"[^\W\d_]+|{_NUMBER}")
_GAP = f"{HALF_SPACE}* {HALF_SPACE}*"
_LONE = f"(?![\\w{HALF_SPACE}])"


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WORD = re.compile(
    rf"(?:ن?می{_GAP}(?=[^\W\d_]))?"
    rf"(?:{_PIECE.pattern})(?:[{HALF_SPACE}_]*(?:{_PIECE.pattern}))*"
    rf"(?:{_GAP}(?:{_any([*_PLURALS, *_DEGREES, *_OWNERS, 'ی'])}){_LONE}|(?<=ه){_GAP}(?:{_any(_AFTER_HEH)}){_LONE})*"
)


def words(folded: str) -> Iterator[re.Match[str]]:
    """Yield the words of a folded text, each with the prefix and endings that a blank may part from it."""
    return _WORD.finditer(folded)


def parts(word: str) -> tuple[str, ...]:
    """Return the parts of a folded word: between half-spaces, blanks, `_`, and where letters meet digits.

    Numbers lose the commas of their thousands; a decimal point becomes `_`, since the index cuts at points.
    """
    return tuple(part.replace(",", "").replace(".", "_") for part in _PIECE.findall(word))


def bare(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a word without verb prefix and endings; all of them when nothing else is left."""
    start, end = 0, len(pieces)
    if end > 1 and pieces[0] in PREFIXES:
        start = 1
    while end > start + 1 and pieces[end - 1] in SUFFIXES:
        end -= 1
    return pieces[start:end]
