"""Which copies to keep: the last days densely, the weeks and months before them more thinly."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime

from archive.text.jalali import TEHRAN, jalali_day

DAYS, WEEKS, MONTHS = 7, 8, 12
# date.toordinal() of a Saturday, on which a week begins in Iran, leaves this when divided by seven.
_SATURDAY = date(2024, 9, 21).toordinal() % 7


def to_keep(copies: Iterable[datetime]) -> set[datetime]:
    """Return which of the moments at which copies were made are to be kept: the newest of each of the last periods.

    Seven days, eight weeks (from Saturday) and twelve months (Jalali), all of Tehran, counting only those that have a
    copy; so the newest copy is always kept, and a machine that was off for a month keeps what it had.
    """
    newest_first = sorted(copies, reverse=True)
    periods = ((_day, DAYS), (_week, WEEKS), (_month, MONTHS))
    return {one for period, count in periods for one in _newest(newest_first, period, count)}


def _newest(newest_first: list[datetime], period: Callable[[date], Hashable], count: int) -> list[datetime]:
    found: dict[Hashable, datetime] = {}
    for moment in newest_first:
        found.setdefault(period(moment.astimezone(TEHRAN).date()), moment)
    return list(found.values())[:count]


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return (day.toordinal() - _SATURDAY) // 7


def _month(day: date) -> Hashable:
    return jalali_day(day)[:2]
