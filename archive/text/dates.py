"""Dates as Persian pages and feeds print them and as people type them; Jalali in Tehran outside, UTC inside.

Nothing is invented: a text without year, month and day, with a day no calendar has, or with a moment no story can
have is None. What is printed without an offset is Tehran's; what is printed without a clock is Tehran's midnight.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from archive.errors import QueryError
from archive.text.jalali import MONTHS, TEHRAN, gregorian, jalali, jalali_day, jalali_long, midnight
from archive.text.letters import HALF_SPACE, fold
from archive.text.numerals import digits

__all__ = ["MONTHS", "TEHRAN", "address_date", "jalali", "jalali_long", "parse_date", "parse_days"]

_LOOKED_AT = 200  # characters: a date is short, and hostile text is long
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the first Persian news site
_GRACE = timedelta(days=1)  # clocks of agencies run ahead
_GREGORIAN_FROM = 1700  # years before it are Jalali

_PLAIN = str.maketrans(
    {
        HALF_SPACE: " ",
        "\N{FRACTION SLASH}": "/",
        "\N{ARABIC DATE SEPARATOR}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{ARABIC COMMA}": ",",
        "\N{RATIO}": ":",
    }
)

# Month names by their number: Iran's, in Latin letters, Afghanistan's; then Gregorian ones as Persians write them.
_JALALI = (
    *MONTHS,
    *"farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand".split(),
    *"حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت".split(),
)
_ENGLISH = "january february march april may june july august september october november december".split()
_GREGORIAN = (
    *"ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر".split(),
    *"ژانویه فوریه مارس آپریل می جون جولای آگوست سپتامبر اکتوبر نوامبر دسامبر".split(),
    *"جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر".split(),
    *_ENGLISH,
    *(name[:3] for name in _ENGLISH),
)
_JALALI_MONTHS = {fold(name): n % 12 + 1 for n, name in enumerate(_JALALI)} | {fold("امرداد"): 5}
_GREGORIAN_MONTHS = {fold(name): n % 12 + 1 for n, name in enumerate(_GREGORIAN)} | {"sept": 9, fold("ژولای"): 7}

_MONTH = "|".join(sorted((*_JALALI_MONTHS, *_GREGORIAN_MONTHS), key=len, reverse=True))
_GAP = r"[\s\-/.,]{1,3}"
# A number that is no part of a longer one or of another date; a clock may touch a date («۱۳۹۹/۰۲/۲۱-۱۸:۵۹»).
_BEGIN, _END = r"(?<![\d/.])(?:(?<!\d-)|(?<=:\d\d-))", r"(?!\d|[/.]\d|-\d(?!\d?:))"
# A number that ends no clock: «۱ مهر ۱۲:۳۰» has no year.
_YEAR = r"(?P<y>\d{4}|\d\d(?!\s?:|\s*(?!ساعت)[^\W\d_]))(?!\d)"
# Shapes of a date. A year of two digits is one only beside a month's name, or where it can be no month and no day.
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_BEGIN}(?P<y>\d{{4}}) ?(?P<s>[/.\-]) ?(?P<m>\d{{1,2}}) ?(?P=s) ?(?P<d>\d{{1,2}}){_END}",
        rf"{_BEGIN}(?P<d>\d{{1,2}}) ?(?P<s>[/.\-]) ?(?P<m>\d{{1,2}}) ?(?P=s) ?(?P<y>\d{{4}}){_END}",
        rf"{_BEGIN}(?<!:)(?P<y>3[2-9]|[4-9]\d|00)(?P<s>[/\-])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_END}",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:{_GAP})?(?P<n>{_MONTH})(?:\s?ماه)?(?![^\W\d_])(?:{_GAP})?(?:سال\s)?{_YEAR}",
        rf"(?<!\d)(?P<y>\d{{4}}){_GAP}(?P<n>{_MONTH}){_GAP}(?P<d>\d{{1,2}})(?!\d|:)",
        rf"(?<![^\W_])(?P<n>{_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})(?!\d)",
        # The C library's, with the year last: Sun Sep 22 12:30:00 IRST 2024.
        rf"(?<![^\W_])(?P<n>{_MONTH})\s+(?P<d>\d{{1,2}})(?=\s+\d\d:\d\d(?::\d\d)?(?:\s[a-z+\d:]{{1,9}})?\s(?P<y>\d{{4}})(?!\d))",
        r"^(?P<y>1[34]\d\d)(?P<m>\d\d)(?P<d>\d\d)$",
    )
)
_CLOCK = re.compile(
    r"(?<![\d.+])(?<!\d:)(?P<h>\d{1,2}) ?: ?(?P<m>\d\d)(?: ?: ?(?P<s>\d\d)(?:[.,]\d{1,9})?)?(?!\d|:\d)"
    r"(?P<zone>\s?(?:(?:(?:utc|gmt)(?=[+\-]\d)|(?=[+\-]\d\d:?\d\d))(?P<sign>[+\-])(?P<zh>\d\d?)(?::?(?P<zm>\d\d))?(?![\d/.\-])|"
    r"(?:utc|gmt|z)(?![^\W_]|[+\-])))?"
)
_HOUR = re.compile(
    r"(?:ساعت:? ?(?P<h>\d{1,2})(?:(?: و |\.)(?P<m>\d\d?)(?: دقیقه)?)?|[\-|,] (?P<h2>\d{1,2})\.(?P<m2>\d\d))(?![\d/:.])"
)
_FORENOON = re.compile(r"(?<!\w)(?:ق\.? ?ظ|قبل ?از ?ظهر|صبح|بامداد)(?!\w)|(?<![a-z])a\.?m\b")
_AFTERNOON = re.compile(r"(?<!\w)(?:ب\.? ?ظ|بعد ?از ?ظهر|عصر)(?!\w)|(?<![a-z])p\.?m\b")
_NIGHT = re.compile(r"(?<!\w)شب(?!\w)")
_NOON, _EVENING = 12, 6


def parse_date(raw: str, *, now: datetime) -> datetime | None:
    """Return the moment `raw` names, in UTC; None when it names none that a story can have.

    Read are the shapes that pages, feeds and addresses print: ISO 8601, also with Jalali years; Jalali and Gregorian
    numbers either way round; month names of Iran, Afghanistan and Europe; digits of any script and numbers in words;
    clocks before or after, with ب.ظ, an offset, or neither. The first possible date counts. A day before 1990, or more
    than one after `now`, is none.
    """
    text = fold(raw[:_LOOKED_AT]).translate(_PLAIN).strip()
    if (moment := _iso(text)) is not None:
        return _possible(moment, now)
    text = digits(text)
    for start, end, day in _days(text, now):
        moment = _at(day, text[:start] + "|" * (end - start) + text[end:], (start, end))
        if moment is not None and (moment := _possible(moment, now)) is not None:
            return moment
    return None


def address_date(url: str, pattern: re.Pattern[str], *, now: datetime) -> datetime | None:
    """Return the day that an address carries, as Tehran's midnight in UTC; None when it carries no possible one.

    `pattern` has groups `year`, `month`, `day`: ISNA and Fars number their stories by Jalali days, Tasnim files them
    under these. Two digits of a year are the newest of those that are not in the future.
    """
    found = pattern.search(url)
    if found is None:
        return None
    try:
        day = _day(_full(found["year"], now), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return _possible(midnight(day), now)


def _iso(text: str) -> datetime | None:
    """Return the moment of an ISO 8601 text with a Gregorian year."""
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.year < _GREGORIAN_FROM:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _days(text: str, now: datetime) -> Iterator[tuple[int, int, date]]:
    """Yield the days of `text` that some calendar has, in its order, each with where it begins and ends."""
    for found in sorted((one for shape in _SHAPES for one in shape.finditer(text)), key=re.Match.start):
        parts = found.groupdict()
        year, day = _full(parts["y"], now), int(parts["d"])
        try:
            if (name := parts.get("n")) is None:
                told = _day(year, int(parts["m"]), day)
            elif name in _JALALI_MONTHS:
                told = gregorian(year, _JALALI_MONTHS[name], day)
            else:
                told = date(year, _GREGORIAN_MONTHS[name], day)
        except ValueError:
            continue
        yield found.start(), found.end(), told


def _day(year: int, month: int, day: int) -> date:
    return gregorian(year, month, day) if year < _GREGORIAN_FROM else date(year, month, day)


def _full(year: str, now: datetime) -> int:
    """Return a year as printed; one of two digits is the newest Jalali one that has begun."""
    if len(year) > len("03"):
        return int(year)
    this, _, _ = jalali_day(now.astimezone(TEHRAN).date())
    return this - (this - int(year)) % 100


def _at(day: date, text: str, span: tuple[int, int]) -> datetime | None:
    """Return the moment of `day` at the clock of `text` that stands nearest to the day's own `span`."""
    clocks = list(_CLOCK.finditer(text)) or list(_HOUR.finditer(text))
    if not clocks:
        return midnight(day)
    clock = min(clocks, key=lambda one: max(one.start() - span[1], span[0] - one.end()))
    parts = clock.groupdict()
    try:
        hour, minute = parts["h"] or parts["h2"] or "", parts["m"] or parts.get("m2") or 0
        at = time(_hour(int(hour), text), int(minute), int(parts.get("s") or 0))
        return datetime.combine(day, at, _zone(parts)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, text: str) -> int:
    """Return the hour of the day that a clock of twelve hours means."""
    if hour > _NOON:
        return hour
    if _AFTERNOON.search(text) or (_NIGHT.search(text) and hour >= _EVENING):
        return hour % _NOON + _NOON
    return hour % _NOON if _FORENOON.search(text) else hour


def _zone(parts: dict[str, str | None]) -> tzinfo:
    if not parts.get("zone"):
        return TEHRAN
    ahead = timedelta(hours=int(parts["zh"] or 0), minutes=int(parts["zm"] or 0))
    return timezone(-ahead if parts["sign"] == "-" else ahead)


def _possible(moment: datetime, now: datetime) -> datetime | None:
    return moment if _EARLIEST < moment <= now + _GRACE else None


_NUMERIC_DAYS = re.compile(r"(\d{4})(?:[/\-.](\d{1,2}))?(?:[/\-.](\d{1,2}))?")
_NAMED_MONTH = re.compile(rf"(?P<n>{_MONTH})(?:\s?ماه)?\s(?P<y>\d{{4}})")
_DAYS_AGO = {
    fold(word): ago for ago, words in enumerate((("امروز", "today"), ("دیروز", "yesterday"))) for word in words
}


def parse_days(text: str, now: datetime) -> tuple[date, date]:
    """Return the first and the last day (Tehran) that a person means: a day, «امروز», «دیروز», a month, a year.

    Raises QueryError for what is no day.
    """
    plain = fold(text).translate(_PLAIN).strip()
    if plain in _DAYS_AGO:
        day = now.astimezone(TEHRAN).date() - timedelta(days=_DAYS_AGO[plain])
        return day, day
    try:
        if found := _NUMERIC_DAYS.fullmatch(plain):
            return _span(*(None if part is None else int(part) for part in found.groups()))
        if (found := _NAMED_MONTH.fullmatch(plain)) and found["n"] in _JALALI_MONTHS:
            return _span(int(found["y"]), _JALALI_MONTHS[found["n"]], None)
    except ValueError as error:
        raise QueryError("date", text, str(error)) from error
    plain = digits(plain)
    for start, end, day in _days(plain, now):
        if end - start == len(plain):
            return day, day
    raise QueryError("date", text, "no date; write 1403/07/01, 2024-09-22, 1403/07, 1403 or امروز")


def _span(year: int | None, month: int | None, day: int | None) -> tuple[date, date]:
    """Return the first and the last day of a day, a month or a year."""
    year = year or 0
    first = _day(year, month or 1, day or 1)
    if day is not None:
        return first, first
    following = (year + 1, 1) if month in (None, 12) else (year, (month or 0) + 1)
    return first, _day(*following, 1) - timedelta(days=1)
