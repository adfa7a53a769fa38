"""Is an agency silent? Its own quiet hours, Fridays and holidays are not silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from archive.alarms import Alarm
from archive.story import iso
from archive.text.jalali import TEHRAN
from scheduler.when.holidays import in_nowruz, is_holiday
from scheduler.when.rhythm import Rhythm

KIND = "silent"
# Stories that should have come by the agency's quietest tenth of such hours. Were they as likely as a Poisson process
# of even that rate has it, so long a silence came by chance once in 160,000 times.
EXPECTED = 12.0
# Hours of less history say nothing of an hour; a fortnight has two of each weekday's.
_SAMPLES = 6
_QUANTILE = 0.1
# In the New Year's holidays agencies publish about a third of what they do on other holidays.
_NOWRUZ = 0.35
_SHORTEST = timedelta(minutes=45)
_HOUR = timedelta(hours=1)
_LEARN_DAYS = 7.0
_LONGEST = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What was seen of an agency lately: its last new story, how many looks since went well, whether the last did."""

    last_new: datetime | None
    well_since: int
    last_well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """How few stories an hour of each kind (holiday or not, weekday, hour) may have without anything being wrong."""

    of: Mapping[tuple[bool, int, int], float]
    any_day: Mapping[tuple[bool, int], float]

    def expected(self, since: datetime, until: datetime) -> float:
        """Return how many stories should have come between two moments at the very least."""
        total, at = 0.0, since
        while at < until:
            local = at.astimezone(TEHRAN)
            end = min(until, local.replace(minute=0, second=0, microsecond=0) + _HOUR)
            total += self._rate(local) * ((end - at) / _HOUR)
            at = end
        return total

    def _rate(self, local: datetime) -> float:
        day = local.date()
        off = is_holiday(day)
        place = (off, local.weekday(), local.hour)
        rate = self.of.get(place, self.any_day.get((off, local.hour), 0.0))
        return rate * (_NOWRUZ if in_nowruz(day) else 1.0)


def quiet(rhythm: Rhythm) -> Quiet:
    """Return how quiet each kind of hour was at its quietest tenth; neighbouring hours count as its own."""
    days: dict[tuple[bool, int, int], list[int]] = {}
    pooled: dict[tuple[bool, int], list[int]] = {}
    for hour in rhythm.hours():
        count = rhythm.counts.get(hour, 0)
        if in_nowruz(hour.date()):
            continue
        off = is_holiday(hour.date())
        for shift in (-1, 0, 1):
            other = (hour.hour + shift) % 24
            days.setdefault((off, hour.weekday(), other), []).append(count)
            pooled.setdefault((off, other), []).append(count)
    low = {place: _low(counts) for place, counts in days.items() if len(counts) >= _SAMPLES}
    # A holiday that is no Friday has few of its like: those of any weekday count.
    low = {place: rate for place, rate in low.items() if not place[0]}
    return Quiet(of=low, any_day={place: _low(counts) for place, counts in pooled.items() if len(counts) >= _SAMPLES})


def silent(agency: str, rhythm: Rhythm, low: Quiet, looks: Looks, now: datetime) -> Alarm | None:
    """Return the alarm when an agency lists nothing new though its quietest hours would have; None = all is well.

    An agency that cannot be looked at, or is known for less than a week, is not called silent.
    """
    if looks.last_new is None or rhythm.days < _LEARN_DAYS or looks.well_since < 2 or not looks.last_well:  # noqa: PLR2004
        return None
    gap = now - looks.last_new
    if gap < _SHORTEST:
        return None
    expected = low.expected(looks.last_new, now)
    if expected < EXPECTED and not (gap > _LONGEST and rhythm.counts):
        return None
    hours = gap / _HOUR
    evidence = (
        f"nothing new for {hours:.1f} h in {looks.well_since} looks; {expected:.0f} stories at least were to come"
    )
    return Alarm(kind=KIND, agency=agency, since=iso(looks.last_new), evidence=evidence)


def _low(counts: list[int]) -> float:
    ordered = sorted(counts)
    return float(ordered[floor(_QUANTILE * (len(ordered) - 1))])
