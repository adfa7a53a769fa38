"""The Jalali calendar and the clock of Tehran; the only module that knows jdatetime."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime

# Summer time (+04:30) came and went by the year and ended with 1401; tzdata knows all of it.
TEHRAN = ZoneInfo("Asia/Tehran")

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def gregorian(year: int, month: int, day: int) -> date:
    """Return the day a Jalali date means; ValueError when the calendar has no such day (30 Esfand of most years)."""
    found: date = jdatetime.date(year, month, day).togregorian()
    return found


@lru_cache(maxsize=10_000)
def jalali_day(day: date) -> tuple[int, int, int]:
    """Return the Jalali year, month and day of a Gregorian `day`."""
    found = jdatetime.date.fromgregorian(date=day)
    return found.year, found.month, found.day


def midnight(day: date) -> datetime:
    """Return the moment, in UTC, at which `day` begins in Tehran."""
    return datetime.combine(day, time(), TEHRAN).astimezone(UTC)


def month_days(year: int, month: int) -> tuple[date, date]:
    """Return the first and the last day of a Jalali month."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - a year has twelve months
    return gregorian(year, month, 1), gregorian(*following, 1) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each Jalali month from the day `first` to `last`, cut to these."""
    while first <= last:
        year, month, _ = jalali_day(first)
        end = min(last, month_days(year, month)[1])
        yield first, end
        first = end + timedelta(days=1)


def jalali(moment: datetime) -> str:
    """Return the Jalali day of an aware `moment` in Tehran, as `1403/07/01`."""
    year, month, day = jalali_day(moment.astimezone(TEHRAN).date())
    return f"{year:04}/{month:02}/{day:02}"


def jalali_long(moment: datetime, *, clock: bool = True) -> str:
    """Return an aware `moment` in Tehran for people: «۱ مهر ۱۴۰۳، ۱۲:۳۰», without `clock` «۱ مهر ۱۴۰۳»."""
    local = moment.astimezone(TEHRAN)
    year, month, day = jalali_day(local.date())
    words = f"{day} {MONTHS[month - 1]} {year}"
    return (f"{words}، {local:%H:%M}" if clock else words).translate(PERSIAN_DIGITS)
