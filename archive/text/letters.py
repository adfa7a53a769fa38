"""Fold Persian letters: one letter for all its codes, digits and seats. The text that is kept is never folded."""

import json
import re
import unicodedata
from functools import cache

HALF_SPACE = "\N{ZERO WIDTH NON-JOINER}"

# One letter for all its codes. Which of them is Persian says ISIRI 6219; the others come from Arabic and Urdu keyboards
# and fonts. Seats of hamza and madda need no row: Unicode takes those letters apart, and the marks are dropped.
_SAME = {
    "\N{ARABIC LETTER YEH}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER KASHMIRI YEH}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER YEH WITH TAIL}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER E}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER KAF}": "\N{ARABIC LETTER KEHEH}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KEHEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER HAMZA}": "",  # «علماء» and «علما»; where it counts («سوء») the sentence tells
    "\N{ARABIC LETTER HIGH HAMZA}": "",
    "\N{ARABIC TATWEEL}": "",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": ",",
    "\N{NOT SIGN}": HALF_SPACE,  # windows-1256 pages have it where code 0x9D was meant
    HALF_SPACE: HALF_SPACE,
}
# Written, but never seen: besides Unicode's format characters, what fonts are told.
_UNSEEN = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, *range(0xFE00, 0xFE10))))

# What may be kept of a text: no controls (C0, C1), bidi overrides, byte-order marks, lone surrogates, noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f]"
)
_COMMANDS = re.compile(f"{_FORBIDDEN.pattern}|[\n\r\t\x85\u2028\u2029]")
_BLANKS = re.compile(r"[\s\u0085\u00a0]+")
_NOT_LETTERS = re.compile(r"[\W_]+")


# Where nearly all characters of a story stand: Latin, Arabic, general punctuation.
_COMMON = (*range(0x100), *range(0x600, 0x700), *range(0x2000, 0x2070))
# What changes in nearly every story, or in every line of those with Arabic letters.
_OFTEN = ("\N{ARABIC LETTER ALEF WITH MADDA ABOVE}", "\N{ARABIC LETTER YEH}", "\N{ARABIC LETTER KAF}",
          "\N{ARABIC LETTER ALEF MAKSURA}")  # fmt: skip


class _Fold(dict[str, str]):
    """What characters fold to; each is worked out when it first occurs: most of Unicode never does."""

    def __missing__(self, one: str) -> str:
        folded = self[one] = _fold_character(one)
        return folded


def fold(text: str) -> str:
    """Return `text` with one letter for all its codes, ASCII digits, no marks or invisible characters, lower case.

    Presentation forms, ligatures and full-width letters become what they stand for (Unicode's NFKD), letters lose
    their marks (harakat, hamza and madda above, accents). Half-spaces stay (U+200C), whatever they were typed as. For
    the index, the hashes and every comparison. Works character by character: fold(a + b) is fold(a) + fold(b), and fold
    of a folded text is the text itself.
    """
    # A quarter of the time that str.translate takes, which looks every character up.
    for one in _OFTEN:
        text = text.replace(one, _FOLD[one])
    return _changing().sub(lambda found: _FOLD[found[0]], text)


def letters_only(text: str) -> str:
    """Return the folded letters and digits of `text` and nothing else: no blanks, half-spaces, marks."""
    return _NOT_LETTERS.sub("", fold(text))


def clean(text: str) -> str:
    """Return `text` as it may be kept: as printed, without what is no text, stray blanks as one blank.

    Half-spaces stay, every one. Removed are controls, bidi overrides and isolates, byte-order marks, lone surrogates
    and noncharacters; they could command a terminal, hide words or break UTF-8, and nobody printed them.
    """
    return _BLANKS.sub(" ", _FORBIDDEN.sub("", text)).strip()


def escaped(text: str) -> str:
    """Return `text` on one line; what `clean` would take out, and ends of lines, are written as Python writes them.

    For logs and JSON: what a stranger wrote is seen as it was, commands no terminal and begins no line of its own.
    """
    return _COMMANDS.sub(lambda one: one[0].encode("unicode_escape").decode("ascii"), text)


def as_json(value: object) -> str:
    """Return `value` as JSON on one line: letters as they are, what is no text by its number."""
    return _FORBIDDEN.sub(_escape, json.dumps(value, ensure_ascii=False))


def keepable(text: str) -> bool:
    """Whether `text` holds nothing that `clean` would take out as no text."""
    return _FORBIDDEN.search(text) is None


def _escape(found: re.Match[str]) -> str:
    """Return a character as JSON writes it (RFC 8259 section 7), beyond the first plane as two."""
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


@cache
def _changing() -> re.Pattern[str]:
    """Return what matches every character that folding changes, and few others."""
    stays = "".join(f"\\U{code:08x}" for code in _COMMON if _FOLD[chr(code)] == chr(code))
    return re.compile(f"[^{stays}]")


def _fold_character(one: str) -> str:
    if one in _SAME:
        return _SAME[one]
    if one in _UNSEEN or unicodedata.combining(one) or unicodedata.category(one) == "Cf":
        return ""
    if (digit := unicodedata.decimal(one, None)) is not None:
        return str(digit)
    apart = unicodedata.normalize("NFKD", one).casefold()
    if apart == one:
        return one
    # A mark on its own stands on a blank in Unicode; the blank would cut the word.
    folded = "".join(map(_fold_character, apart))
    return "" if folded == " " != one and len(apart) > 1 else folded


_FOLD = _Fold()
