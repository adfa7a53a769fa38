"""An agency's own rhythm: how many stories it publishes in each hour of each kind of day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from archive.text.jalali import TEHRAN
from scheduler.when.holidays import in_nowruz, is_holiday

# Weights of an hour against the mean of all: an hour in which nothing came so far is still looked at now and then.
LIGHTEST, HEAVIEST = 0.2, 4.0
# So many weeks of the mean hour are mixed into each hour, so that few weeks say little.
_PRIOR_WEEKS = 1.0
_HOLIDAY = 7  # the kind of day beside the seven weekdays
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Stories published in each whole hour of the past, from `since` (the first hour) to `until` (not included).

    An hour that is not in `counts` had none. Both ends are aware and whole hours of Tehran.
    """

    counts: Mapping[datetime, int] = field(default_factory=dict)
    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        """How many days of the past are known."""
        return max(0.0, (self.until - self.since) / timedelta(days=1))

    def weights(self) -> "Weights":
        """Return the weight of each hour of each kind of day against the mean hour; 1 where nothing is known."""
        hours, stories = defaultdict[tuple[int, int], int](int), defaultdict[tuple[int, int], int](int)
        for hour in self.hours():
            place = kind(hour.date()), hour.hour
            hours[place] += 1
            stories[place] += self.counts.get(hour, 0)
        seen = sum(hours.values())
        mean = sum(stories.values()) / seen if seen else 0.0
        if not mean:
            return Weights(of={})
        rates = {
            place: (stories[place] + _PRIOR_WEEKS * mean) / (hours[place] + _PRIOR_WEEKS) / mean for place in hours
        }
        return Weights(of={place: min(HEAVIEST, max(LIGHTEST, rate)) for place, rate in rates.items()})

    def hours(self) -> list[datetime]:
        """Return every whole hour of the past that is known, the earliest first, in Tehran's time."""
        start = self.since.astimezone(TEHRAN)
        count = max(0, int((self.until - self.since) / _HOUR))
        return [(start + n * _HOUR) for n in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How busy an hour is, 1 = as the mean; by kind of day and hour of Tehran."""

    of: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def at(self, moment: datetime) -> float:
        """Return the weight of the hour that holds an aware `moment`."""
        local = moment.astimezone(TEHRAN)
        return self.of.get((kind(local.date()), local.hour), self.of.get((local.weekday(), local.hour), 1.0))


def kind(day: date) -> int:
    """Return a day's kind: its weekday (Monday = 0), or one for all holidays of the week; Fridays are Fridays."""
    return _HOLIDAY if day.weekday() != 4 and (is_holiday(day) or in_nowruz(day)) else day.weekday()  # noqa: PLR2004


def whole_hour(moment: datetime) -> datetime:
    """Return the beginning of the hour of Tehran (whose zone is off by half an hour) that holds `moment`."""
    return moment.astimezone(TEHRAN).replace(minute=0, second=0, microsecond=0)
