"""Numbers of a Persian text, however they are written: «۲۹ میلیون و ۳۴۰ هزار», «بیست و چهارم», «2.5»."""

from collections.abc import Iterator

# A number among words begins with this sign, so that no word of a text can be taken for one.
SIGN = "#"

_UNITS = "صفر یک دو سه چهار پنج شش هفت هشت نه".split()
_TEENS = "ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split()
_TENS = "بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split()
_HUNDREDS = "یکصد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split()
_ORDINALS = {"اول": 1, "اولین": 1, "نخست": 1, "نخستین": 1, "سوم": 3, "سومین": 3, "سیام": 30}
_WORDS: dict[str, int] = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: number for number, word in enumerate(_TEENS, 10)},
    **{word: number * 10 for number, word in enumerate(_TENS, 2)},
    **{word: number * 100 for number, word in enumerate(_HUNDREDS, 1)},
    "صد": 100,
    "شانصد": 600,
    "هیجده": 18,
}
_ALL_ORDINALS = {word + end: number for word, number in _WORDS.items() for end in ("م", "مین")} | _ORDINALS
# «یکچهارم» for «یک‌چهارم»: pages that lost their half-spaces.
_ALL_ORDINALS |= {f"یک{word}": number for word, number in _ALL_ORDINALS.items()}
_SCALES = {"هزار": 10**3, "میلیون": 10**6, "ملیون": 10**6, "میلیارد": 10**9, "تریلیون": 10**12}
_WORDS |= {word + scale: number * _SCALES[scale] for scale in ("هزار",) for word, number in list(_WORDS.items())}
_DIGITS = frozenset("0123456789")
_AND = "و"
_SHANBE, _BEFORE_SHANBE = ["شنبه"], frozenset("یک دو سه چهار پنج".split())
# Words that a number can begin with: all others pass at once.
_BEGINNINGS = frozenset((*_WORDS, *_SCALES, *_ALL_ORDINALS))
# «یک» is as often an article as a number, «نه» as often "no": they count only inside a longer number.
_DOUBTFUL = ("یک", "نه")


def fold_numbers(words: list[str]) -> Iterator[str]:
    """Yield folded `words`, each number (of one word or several) as one word: `#` and its value.

    >>> list(fold_numbers("۵ هزار و سیصد نفر".translate({0x6F5: "5"}).split()))
    ['#5300', 'نفر']
    """
    at = 0
    while at < len(words):
        word = words[at]
        if word not in _BEGINNINGS and word[0] not in _DIGITS:
            yield word
            at += 1
            continue
        if word in _BEFORE_SHANBE and words[at + 1 : at + 2] == _SHANBE:
            yield word + _SHANBE[0]  # «سه‌شنبه» is a day, however its half-space is written
            at += 2
            continue
        value, after = _number(words, at)
        yield SIGN + value if after > at else word
        at = max(after, at + 1)


def _number(words: list[str], at: int) -> tuple[str, int]:
    """Return the value of the number that begins at `at` and where it ends (`at` itself when there is none)."""
    total, scale_before, end = 0.0, 10**18, at
    while end < len(words):
        start = end + 1 if end > at and words[end] == _AND else end
        value, after = _group(words, start)
        scale = 1
        while after < len(words) and scale * _SCALES.get(words[after], scale_before) < scale_before:
            scale *= _SCALES[words[after]]
            after += 1
        if after == start or scale >= scale_before or (end > at and start == end):
            break
        if value is None:
            value = 1.0
        if end == at and scale == 1:
            doubtful = after == at + 1 and words[at] in _DOUBTFUL
            return ("", at) if doubtful else (_plain(value), after)
        total, scale_before, end = total + value * scale, scale, after
        if scale == 1:
            break
    return _plain(total), end


def _group(words: list[str], at: int) -> tuple[float | None, int]:
    """Return a number below a scale word: digits, or hundreds, tens and units joined by «و»; an ordinal ends it."""
    if at >= len(words):
        return None, at
    if words[at][0] in _DIGITS:
        return _digits(words[at]), at + 1
    total, below, end = 0, 1000, at
    while end < len(words):
        start = end + 1 if end > at and words[end] == _AND else end
        if (end > at and start == end) or start >= len(words):
            break
        value = _WORDS.get(words[start], _ALL_ORDINALS.get(words[start], -1))
        if value < 0 or value >= below:
            break
        total, end = total + value, start + 1
        below = 100 if value >= 100 else 10 if value >= 20 else 0  # noqa: PLR2004 - hundreds, tens, units
        if words[start] in _ALL_ORDINALS:
            break
    return (None, at) if end == at else (float(total), end)


def _digits(word: str) -> float:
    text = word.replace(",", "")
    if text.count("/") == 1:
        text = text.replace("/", ".")  # «۲/۵ درصد»
    try:
        return float(text)
    except ValueError:
        # A date or a time: one value for all its digits.
        return float("".join(one for one in text if one.isdigit())[:15])


def _plain(value: float) -> str:
    return f"{value:.15g}"
