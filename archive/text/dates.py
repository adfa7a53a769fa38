"""Dates as Persian pages print them and as people read them; Jalali in Tehran, UTC inside."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import jdatetime

from archive.errors import QueryError
from archive.story import DateFound
from archive.text.letters import fold

TEHRAN = ZoneInfo("Asia/Tehran")

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_NUMERIC = re.compile(r"(?<!\d)(\d{4})[/\-.](\d{1,2})[/\-.](\d{1,2})(?!\d)")
_DAYS = re.compile(r"(\d{4})(?:[/\-.](\d{1,2}))?(?:[/\-.](\d{1,2}))?")
_DAYS_AGO = {
    fold(word): ago for ago, words in enumerate((("امروز", "today"), ("دیروز", "yesterday"))) for word in words
}
_GREGORIAN_FROM = 1700  # years before it are Jalali
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})\s+({'|'.join(fold(m) for m in MONTHS)})\s+(\d{{4}})(?!\d)")


def jalali(moment: datetime) -> str:
    """Return the Jalali day of an aware moment in Tehran, as `1403/07/01`."""
    local = moment.astimezone(TEHRAN)
    return jdatetime.date.fromgregorian(date=local.date()).strftime("%Y/%m/%d")


def jalali_long(moment: datetime) -> str:
    """Return an aware moment as «۱ مهر ۱۴۰۳، ۱۲:۳۰», in Tehran."""
    local = moment.astimezone(TEHRAN)
    day = jdatetime.date.fromgregorian(date=local.date())
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}، {local:%H:%M}".translate(_PERSIAN_DIGITS)


def parse_days(text: str, now: datetime) -> tuple[date, date]:
    """Return the first and the last day (Tehran) that a person means: a day, «امروز», «دیروز», a month, a year.

    Raises QueryError for what is no day.
    """
    plain = fold(text).strip()
    if plain in _DAYS_AGO:
        day = now.astimezone(TEHRAN).date() - timedelta(days=_DAYS_AGO[plain])
        return day, day
    found = _DAYS.fullmatch(plain)
    if found is None:
        raise QueryError("date", text, "no date; write 1403/07/01, 2024-09-22, 1403/07, 1403 or امروز")
    year, month, day_of_month = (None if part is None else int(part) for part in found.groups())
    try:
        first = _day(year or 0, month or 1, day_of_month or 1)
        if day_of_month is not None:
            return first, first
        following = ((year or 0) + 1, 1) if month in (None, 12) else (year or 0, (month or 0) + 1)
        return first, _day(*following, 1) - timedelta(days=1)
    except ValueError as error:
        raise QueryError("date", text, str(error)) from error


def parse_date(raw: str, *, now: datetime) -> datetime | None:
    """Return the moment `raw` names."""
    text = fold(raw[:200]).strip()
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.year > _GREGORIAN_FROM:
            return _possible((moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)).astimezone(UTC), now)
    except ValueError:
        pass
    words, numbers, clock = _WORDS.search(text), _NUMERIC.search(text), _CLOCK.search(text)
    try:
        if words:
            names = [fold(m) for m in MONTHS]
            day = _day(int(words[3]), names.index(words[2]) + 1, int(words[1]))
        elif numbers:
            day = _day(*(int(part) for part in numbers.groups()))
        else:
            return None
        hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
        return _possible(datetime(day.year, day.month, day.day, hour, minute, tzinfo=TEHRAN).astimezone(UTC), now)
    except ValueError:
        return None


# Whom to believe first: what machines are told, then what readers see, then what others say of the page.
TRUST = ("json-ld", "meta", "time", "visible", "feed", "sitemap", "address", "seen")


def best(candidates: Sequence[DateFound]) -> DateFound | None:
    """Return the date to believe: of the most trusted source that gives a possible one; None when none does."""
    possible = [one for one in candidates if one.value is not None]
    return min(possible, key=lambda one: TRUST.index(one.source), default=None)


def _day(year: int, month: int, day: int) -> date:
    if year < _GREGORIAN_FROM:
        found: date = jdatetime.date(year, month, day).togregorian()
        return found
    return date(year, month, day)


def _possible(moment: datetime, now: datetime) -> datetime | None:
    return moment if datetime(1990, 1, 1, tzinfo=UTC) < moment < now + timedelta(days=1) else None
