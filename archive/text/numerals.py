"""Numbers that are written in Persian words, «بیست و یکم» and «هزار و چهارصد و سه», as digits."""

import re
from collections.abc import Mapping
from functools import cache

from archive.text.letters import fold

_UNITS = "یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split()
_TENS = "بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split()
_HUNDREDS = "صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split()
_CARDINALS = {
    **{word: n for n, word in enumerate(_UNITS, 1)},
    **{word: n * 10 for n, word in enumerate(_TENS, 2)},
    **{word: n * 100 for n, word in enumerate(_HUNDREDS, 1)},
    "یکصد": 100,
    "هیجده": 18,
    "هزار": 1000,
    "یک هزار": 1000,
    "یکهزار": 1000,
    "دو هزار": 2000,
    "دوهزار": 2000,
}
_ORDINALS = {**{word + "م": n for word, n in _CARDINALS.items()}, "اول": 1, "نخست": 1, "دوم": 2, "سوم": 3, "سی ام": 30}
_VALUES = {fold(word): n for word, n in (_CARDINALS | _ORDINALS).items()}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_NUMBER = re.compile(rf"(?<!\w)(?:{_WORD})(?: و ?(?:{_WORD}))*(?!\w)")  # «بیست‌ونهم» too

_AND = re.compile(r" و ?")


@cache
def small_numbers() -> Mapping[str, str]:
    """Return the numbers from two to twenty, folded words and digits, each with its other writing.

    «یک» is an article as well, and greater numbers are seldom written in words, or in several.
    """
    pairs = [(fold(word), str(n)) for n, word in enumerate((*_UNITS[1:], _TENS[0]), 2)]
    return dict([*pairs, *((digit, word) for word, digit in pairs)])


def digits(text: str) -> str:
    """Return folded `text` (half-spaces as blanks) with cardinal and ordinal numbers of up to 2999 as digits.

    A row of words that is no number, «دو و سه», stays as it is.
    """
    return _NUMBER.sub(_digits, text)


def _digits(found: re.Match[str]) -> str:
    values = [_VALUES[word] for word in _AND.split(found[0])]
    orders = [_order(value) for value in values]
    return str(sum(values)) if orders == sorted(set(orders), reverse=True) else found[0]


def _order(value: int) -> int:
    """Return the place a number word takes: units and teens, tens, hundreds, thousands."""
    return next(place for place, below in enumerate((20, 100, 1000, 3000)) if value < below)
