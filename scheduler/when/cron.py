"""Cron lines and quiet hours, both in Tehran's time: text -> the next moment they allow."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from archive.text.jalali import TEHRAN

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as datetime.weekday() counts them
_LONG_AHEAD = 366  # days; a line that allows nothing in a year allows nothing
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")
_QUIET = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A cron line that has been read: the minutes, hours, days, months and weekdays (Monday = 0) it allows."""

    line: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime) -> datetime:
        """Return the first moment after an aware `moment` that the line allows, in UTC.

        Days and hours are Tehran's. Both days and weekdays must fit, unlike crontab(5), where either may: "1-7 * sat"
        is the first Saturday. Raises ValueError when the line allows nothing within a year.
        """
        local = moment.astimezone(TEHRAN).replace(tzinfo=None, second=0, microsecond=0) + timedelta(minutes=1)
        first = local.date()
        for day in (first + timedelta(days=n) for n in range(_LONG_AHEAD)):
            if day.day in self.days and day.month in self.months and day.weekday() in self.weekdays:
                clock = local.time() if day == first else time()
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        if time(hour, minute) >= clock:
                            return datetime.combine(day, time(hour, minute), TEHRAN).astimezone(UTC)
        raise ValueError(f"{self.line!r} allows no moment of a year")


def read_cron(line: str) -> Cron:
    """Return what a cron line of five fields allows; raises ValueError that says what is wrong.

    Weekdays are names only (`sat-wed`, `fri`): 0 is Sunday to cron and Monday to APScheduler, and a Persian week
    begins on Saturday. A range of them may run over the end of the week.
    """
    fields = line.lower().split()
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
        raise ValueError(f"{line!r} has not five fields (minute hour day month weekday)")
    cron = Cron(
        line=line,
        minutes=_numbers(fields[0], 0, 59),
        hours=_numbers(fields[1], 0, 23),
        days=_numbers(fields[2], 1, 31),
        months=_numbers(fields[3], 1, 12),
        weekdays=_weekdays(fields[4]),
    )
    cron.after(datetime(2024, 1, 1, tzinfo=UTC))  # a leap year: 29 February is a day
    return cron


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of the day, Tehran's, in which an agency is left alone; they may run over midnight."""

    start: time
    end: time

    def over(self, moment: datetime) -> datetime:
        """Return `moment` if it is outside the quiet hours, else their end, in UTC."""
        local = moment.astimezone(TEHRAN)
        clock, night = local.timetz().replace(tzinfo=None), self.start > self.end
        inside = (clock >= self.start or clock < self.end) if night else self.start <= clock < self.end
        if not inside:
            return moment
        day = local.date() + timedelta(days=1 if night and clock >= self.start else 0)
        return datetime.combine(day, self.end, TEHRAN).astimezone(UTC)


def read_quiet(text: str) -> Quiet | None:
    """Return the quiet hours `01:00-05:30` means, None for an empty text; raises ValueError for anything else."""
    if not text:
        return None
    found = _QUIET.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not like 01:00-05:30")
    hour, minute, until_hour, until_minute = map(int, found.groups())
    return Quiet(start=time(hour, minute), end=time(until_hour, until_minute))


def _numbers(field: str, low: int, high: int) -> frozenset[int]:
    allowed: set[int] = set()
    for part in field.split(","):
        found = _PART.fullmatch(part)
        if found is None or any(name and not name.isdecimal() for name in found.groups()[1:3]):
            raise ValueError(f"{part!r} is no number, range or step")
        every, first, last, step = found.groups()
        start = low if every else int(first)
        end = high if every or (step and not last) else int(last or first)
        if not low <= start <= end <= high or step == "0":
            raise ValueError(f"{part!r} is not within {low}-{high}")
        allowed.update(range(start, end + 1, int(step or 1)))
    return frozenset(allowed)


def _weekdays(field: str) -> frozenset[int]:
    if field == "*":
        return frozenset(range(7))
    allowed: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise ValueError(f"{part!r} is no weekday: write {', '.join(WEEKDAYS)}, not numbers")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        allowed.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return frozenset(allowed)
