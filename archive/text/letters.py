"""Fold Persian letters: one letter for all its codes, digits and seats. The text that is kept is never folded."""

import re
import unicodedata

HALF_SPACE = "\N{ZERO WIDTH NON-JOINER}"

# One letter for all its codes: which of them is Persian says ISIRI 6219; the others come from Arabic keyboards, fonts
# and hamza spellings that the Academy's orthography (دستور خط فارسی) writes without.
_SAME = {
    "\N{ARABIC LETTER YEH}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER E}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER KAF}": "\N{ARABIC LETTER KEHEH}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KEHEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}": "\N{ARABIC LETTER WAW}",
}
# Written, but never heard by whoever types a query.
_SILENT = {
    "\N{ARABIC TATWEEL}",
    "\N{ARABIC LETTER HAMZA}",
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}",
    *map(chr, range(0x064B, 0x0660)),  # harakat, shadda, sukun, combining hamza and madda
    *map(chr, range(0x0610, 0x061B)),
    *map(chr, range(0x06D6, 0x06EE)),
}
# Half-spaces of older keyboards and encodings: the NOT SIGN of windows-1256 pages typed for code 0x9D.
_HALF_SPACES = {"\N{NOT SIGN}": HALF_SPACE}
_INVISIBLE = {
    "\N{ZERO WIDTH JOINER}",
    "\N{ZERO WIDTH SPACE}",
    "\N{SOFT HYPHEN}",
    "\N{WORD JOINER}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{LEFT-TO-RIGHT MARK}",
    "\N{RIGHT-TO-LEFT MARK}",
    "\N{ARABIC LETTER MARK}",
}
_BIDI = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_DIGITS = {chr(zero + n): str(n) for zero in (0x0660, 0x06F0) for n in range(10)}
_NUMBERS = {"\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ","}

_FOLD = str.maketrans(
    {**_SAME, **_DIGITS, **_NUMBERS, **_HALF_SPACES, **dict.fromkeys(_SILENT | _INVISIBLE | _BIDI, "")}
)
# Presentation forms, ligatures, full-width digits: only where one occurs, since NFKC of every text costs most of all.
_COMPOSED = re.compile(
    "[\u00a0-\u00ab\u00ad-\u00bf\u2000-\u200b\u202f\u2100-\u218f\u3000\ufb50-\ufdff\ufe70-\ufefc\uff00-\uffef]"
)

# What may be kept of a text: no controls (C0, C1), bidi overrides, byte-order marks, lone surrogates, noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[\s\u0085\u00a0]+")
_NOT_LETTERS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return `text` with one letter for all its codes, ASCII digits, no marks or invisible characters, lower case.

    Half-spaces stay (U+200C), whatever they were typed as. For the index, the hashes and every comparison; fold of a
    folded text is the text itself.
    """
    if _COMPOSED.search(text):
        text = unicodedata.normalize("NFKC", text.translate(_LEGACY))
    return text.translate(_FOLD).casefold()


# NFKC would turn the legacy half-space into something else's neighbour first.
_LEGACY = str.maketrans(_HALF_SPACES)


def letters_only(text: str) -> str:
    """Return the folded letters and digits of `text` and nothing else: no blanks, half-spaces, marks."""
    return _NOT_LETTERS.sub("", fold(text))


def clean(text: str) -> str:
    """Return `text` as it may be kept: as printed, without what is no text, stray blanks as one blank.

    Half-spaces stay, every one. Removed are controls, bidi overrides and isolates, byte-order marks, lone surrogates
    and noncharacters; they could command a terminal, hide words or break UTF-8, and nobody printed them.
    """
    return _BLANKS.sub(" ", _FORBIDDEN.sub("", text)).strip()


def keepable(text: str) -> bool:
    """Whether `text` holds nothing that `clean` would take out as no text."""
    return _FORBIDDEN.search(text) is None
