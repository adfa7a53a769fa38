"""What a text says, without how it is written: the form in which two versions of a story are compared."""

import re

from archive.text.letters import HALF_SPACE, fold, letters_only

# «12,000» is 12000, but «2.5» is not 25, nor «2/5»: a mark between digits says something unless it parts thousands.
_THOUSANDS = re.compile(r"(?<=\d)[,،](?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<=\d) ?[./:,،\N{EN DASH}\N{MINUS SIGN}-] ?(?=\d)")
_NOT_SAID = re.compile(r"[^\w\0]|_")
_GAPS = re.compile(f"[\\s{HALF_SPACE}]+")


def said(text: str) -> str:
    """Return the folded letters and digits of `text`, and where a number has a point; no blanks, half-spaces, marks."""
    numbers = _POINT.sub("\0", _THOUSANDS.sub("", fold(text).replace("\0", "")))
    return _NOT_SAID.sub("", numbers)


def slipped(one: str, other: str) -> bool:
    """Whether two texts of the same letters differ in a blank or half-space that slipped by one letter.

    «می‌کنیم» and «میک‌نیم» say the same, letter by letter; but house style sets or leaves out a half-space, it never
    moves one, so this is a misspelling or its correction. False for texts of other letters.
    """
    if one == other:
        return False
    mine, theirs = _gaps(one), _gaps(other)
    gone, come = mine - theirs, theirs - mine
    return any(at - 1 in come or at + 1 in come for at in gone) and letters_only(one) == letters_only(other)


def _gaps(text: str) -> set[int]:
    """Return after how many letters `text` has a blank or half-space."""
    gaps, letters = set(), 0
    for word in _GAPS.split(fold(text)):
        letters += len(letters_only(word))
        gaps.add(letters)
    return gaps
