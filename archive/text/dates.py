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
    """Return the first and last day that `text` means."""
    found = _NUMERIC.fullmatch(fold(text).strip())
    if found is None:
        raise QueryError("date", text, "no date")
    try:
        day = _day(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise QueryError("date", text, str(error)) from error
    return day, day


def parse_date(raw: str, *, now: datetime) -> datetime | None:
    """Return the moment `raw` names."""
    text = fold(raw[:200]).strip()
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.year > 1700:
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
    if year < 1700:
        found: date = jdatetime.date(year, month, day).togregorian()
        return found
    return date(year, month, day)


def _possible(moment: datetime, now: datetime) -> datetime | None:
    return moment if datetime(1990, 1, 1, tzinfo=UTC) < moment < now + timedelta(days=1) else None
