"""Days of a search: a day, a month, a range, open at either end; in both calendars, as days of Tehran."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.text.dates import parse_days
from archive.text.jalali import TEHRAN, gregorian, jalali_day, month_days
from archive.text.letters import HALF_SPACE, fold

type _Days = Callable[[date], tuple[date, date]]

# A story's id is the day it is filed under (yyyymmdd) times this, plus a number of that day. Days hold far fewer
# stories than this; ids stay below 2**53, which JavaScript and JSON readers need.
DAY = 1_000_000
ENDLESS = 10**8 * DAY  # beyond every id


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days from `first` to `last`, both belonging to it; None = open."""

    first: date | None = None
    last: date | None = None

    def within(self, other: "Span") -> "Span":
        """Return the days that belong to both."""
        first = max((day for day in (self.first, other.first) if day), default=None)
        last = min((day for day in (self.last, other.last) if day), default=None)
        return Span(first=first, last=last)

    @property
    def ids(self) -> tuple[int, int]:
        """The lowest and the highest id a story of these days can have."""
        first = 0 if self.first is None else number(self.first) * DAY
        last = ENDLESS if self.last is None else number(self.last) * DAY + DAY - 1
        return first, last


def parse_span(text: str, now: datetime) -> Span:
    """Return the days that `text` names: a day, month, year, «هفته گذشته», or two of them with `..` between.

    Raises QueryError for what names none.
    """
    first, dots, last = text.partition("..")
    if not dots:
        return _named(text, now)
    return Span(
        first=_named(first, now).first if first.strip() else None,
        last=_named(last, now).last if last.strip() else None,
    )


def _named(text: str, now: datetime) -> Span:
    words = " ".join(fold(text).replace(HALF_SPACE, " ").split())
    if words in _RELATIVE:
        first, last = _RELATIVE[words](now.astimezone(TEHRAN).date())
    else:
        first, last = parse_days(text, now)
    return Span(first=first, last=last)


def _day(ago: int) -> _Days:
    return lambda today: (today - timedelta(days=ago), today - timedelta(days=ago))


def _week(ago: int) -> _Days:
    """Return the week so many weeks ago, from Saturday to Friday."""

    def week(today: date) -> tuple[date, date]:
        saturday = today - timedelta(days=(today.weekday() + 2) % 7 + 7 * ago)
        return saturday, saturday + timedelta(days=6)

    return week


def _month(ago: int) -> _Days:
    def month(today: date) -> tuple[date, date]:
        year, number, _ = jalali_day(today)
        back, zero_based = divmod(number - 1 - ago, 12)
        return month_days(year + back, zero_based + 1)

    return month


def _year(ago: int) -> _Days:
    def year(today: date) -> tuple[date, date]:
        number, _, _ = jalali_day(today)
        return gregorian(number - ago, 1, 1), gregorian(number - ago + 1, 1, 1) - timedelta(days=1)

    return year


_RELATIVE: dict[str, _Days] = {
    fold(name): days
    for names, days in (
        (("امروز", "today"), _day(0)),
        (("دیروز", "yesterday"), _day(1)),
        (("پریروز",), _day(2)),
        (("این هفته", "this week"), _week(0)),
        (("هفته گذشته", "هفته پیش", "last week"), _week(1)),
        (("این ماه", "this month"), _month(0)),
        (("ماه گذشته", "ماه پیش", "last month"), _month(1)),
        (("امسال", "this year"), _year(0)),
        (("پارسال", "سال گذشته", "last year"), _year(1)),
    )
    for name in names
}


def number(day: date) -> int:
    """Return a day as the number that ids begin with: yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def of_id(story: int) -> date:
    """Return the day that the story with this id is filed under."""
    year, rest = divmod(story // DAY, 10_000)
    return date(year, *divmod(rest, 100))
