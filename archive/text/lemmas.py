"""What hazm knows of Persian, and the only module that loads it: seconds to load, never on the path of a search."""

import re
from functools import cache

from hazm import Lemmatizer, Normalizer

from archive.text.letters import HALF_SPACE
from archive.text.words import tokens

# Hazm's lists are spelt with Persian letters; pages are not always.
_PERSIAN = str.maketrans(
    "\N{ARABIC LETTER YEH}\N{ARABIC LETTER ALEF MAKSURA}\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER KEHEH}",
)


# What stands between characters that are printed, and these.
_GAPS = re.compile(rf"(?:^|(?<=[^\s{HALF_SPACE}]))[\s{HALF_SPACE}]*")
_LETTERS = re.compile(rf"[^\s{HALF_SPACE}]")


def tidy(text: str) -> str:
    """Return `text` with half-spaces set where its page lost them («می رود» as «می‌رود»); letters stay as printed."""
    return "\n".join(_parted(line, _spaced(line)) for line in text.split("\n"))


def _spaced(line: str) -> str:
    return str(_normalizer().correct_spacing(_normalizer().seperate_mi(line.translate(_PERSIAN))))


def _parted(printed: str, spaced: str) -> str:
    """Return `printed` with the half-spaces that `spaced` has between the same letters; blanks elsewhere stay."""
    gaps, letters = _GAPS.findall(spaced), _LETTERS.findall(printed)
    if len(gaps) != len(letters) + 1:
        return printed  # what is no letter was changed as well
    own = _GAPS.findall(printed)
    return "".join(
        part
        for gap, kept, letter in zip(gaps, own, [*letters, ""], strict=True)
        for part in (HALF_SPACE if HALF_SPACE in gap else kept, letter)
    )


def lemma(printed: str) -> str | None:
    """Return the lemma of a printed word as the index spells words; None when it is its own, or hazm knows none.

    The lemma of a verb form is its past stem: «گفت» of «می‌گوید», «می گوید» and «میگوید».
    """
    word = _only(printed)
    found = _verbs().get(word)
    if found is None:
        found = _only(_lemmatizer().lemmatize(printed.translate(_PERSIAN)).partition("#")[0])
    return None if found in (word, "") else found


@cache
def _verbs() -> dict[str, str]:
    """Return every form of one word that hazm conjugates, as the index spells it, with its past stem."""
    return {
        _only(form): _only(verb.partition("#")[0] or verb.partition("#")[2])
        for form, verb in _lemmatizer().verbs.items()
        if "_" not in form and " " not in form
    }


def _only(word: str) -> str:
    return "".join(tokens(word))


@cache
def _lemmatizer() -> Lemmatizer:
    return Lemmatizer()


@cache
def _normalizer() -> Normalizer:
    return Normalizer(
        persian_style=False,
        persian_numbers=False,
        remove_diacritics=False,
        remove_specials_chars=False,
        unicodes_replacement=False,
    )
