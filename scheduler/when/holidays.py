"""Iran's public holidays, on which agencies publish as on a Friday: fixed by the Jalali or the lunar calendar."""

from datetime import date
from functools import lru_cache

from archive.text.jalali import jalali_day

FRIDAY = 4
# Month and day, Jalali: 22 Bahman, 29 Esfand, 1-4, 12 and 13 Farvardin, 14 and 15 Khordad.
_JALALI = frozenset(((11, 22), (12, 29), (1, 1), (1, 2), (1, 3), (1, 4), (1, 12), (1, 13), (3, 14), (3, 15)))
# Month and day, lunar Hijri: Tasua, Ashura, Arbain, 28 and 30 Safar, 8 and 17 Rabi I, 3 Jumada II, 13 and 27 Rajab,
# 15 Shaban, 21 Ramadan, 1 and 2 Shawwal, 25 Shawwal, 10 and 18 Dhu al-Hijja.
_LUNAR = frozenset(
    ((1, 9), (1, 10), (2, 20), (2, 28), (2, 30), (3, 8), (3, 17), (6, 3), (7, 13), (7, 27), (8, 15), (9, 21))
) | frozenset(((10, 1), (10, 2), (10, 25), (12, 10), (12, 18)))
_NOWRUZ_DAYS = 13
_EPOCH = 227015  # proleptic Gregorian ordinal of 1 Muharram 1 AH (16 July 622 Julian), civil reckoning


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """Whether Iran is on holiday on a Gregorian `day` for certain or by all likelihood, Fridays included.

    Lunar months begin when the moon is seen: the arithmetic calendar may be a day off either way, so the days beside
    a lunar holiday count too. A day too many only makes an alarm wait.
    """
    if day.weekday() == FRIDAY or jalali_day(day)[1:] in _JALALI or in_nowruz(day):
        return True
    return any(_lunar(day.toordinal() + shift) in _LUNAR for shift in (-1, 0, 1))


@lru_cache(maxsize=4096)
def in_nowruz(day: date) -> bool:
    """Whether a Gregorian `day` lies in the New Year's holidays: the last day of the year to 13 Farvardin."""
    _, month, number = jalali_day(day)
    return (month == 1 and number <= _NOWRUZ_DAYS) or (month, number) in ((12, 29), (12, 30))


def _lunar(ordinal: int) -> tuple[int, int]:
    """Return month and day of the arithmetic Hijri calendar (30-year cycle, civil epoch) for a day's ordinal."""
    days = ordinal - _EPOCH
    year = (30 * days + 10646) // 10631
    start = 354 * (year - 1) + (3 + 11 * year) // 30
    in_year = days - start
    month = min(12, -((-(2 * in_year + 1)) // 59) if in_year else 1)
    while month > 1 and _month_start(month) > in_year:
        month -= 1
    while month < 12 and _month_start(month + 1) <= in_year:  # noqa: PLR2004 - months of a year
        month += 1
    return month, in_year - _month_start(month) + 1


def _month_start(month: int) -> int:
    """Return the days of a lunar year before its `month`: 30 and 29 by turns."""
    return (59 * (month - 1) + 1) // 2
