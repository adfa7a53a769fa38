"""How long until the next look at an agency: longer when looks find little new, shorter in its busy hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.when.rhythm import Weights

# Media Cloud's rule (mediacloud/rss-fetcher): a feed of which two thirds were known is looked at less often, one of
# which less than a third was known more often. The steps are ours: a look too late may miss, one too early only costs.
MANY_KNOWN, FEW_KNOWN = 2 / 3, 1 / 3
SLOWER, FASTER = 1.2, 0.6
# In an agency's quiet hours a pause may be so many times the slowest pace: little comes then.
QUIET = 2.0
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The shortest and the longest pause between two looks at an agency, in seconds."""

    fastest_s: float
    slowest_s: float

    def within(self, pace_s: float) -> float:
        """Return `pace_s`, or the bound it is beyond."""
        return min(self.slowest_s, max(self.fastest_s, pace_s))


def adapted(pace_s: float, *, listed: int, new: int, bounds: Bounds) -> float:
    """Return the pace after a look that listed so many stories, of which so many were new, within `bounds`.

    A look that listed nothing (304, say) found all known.
    """
    known = 1.0 if not listed else 1.0 - min(new, listed) / listed
    step = SLOWER if known >= MANY_KNOWN else FASTER if known < FEW_KNOWN else 1.0
    return bounds.within(pace_s * step)


def after(start: datetime, pace_s: float, weights: Weights, bounds: Bounds) -> datetime:
    """Return when to look again after `start`: once `pace_s` of mean hours have gone by.

    An hour twice as busy as the mean goes by twice as fast; the pause is never shorter than the fastest pace, nor
    longer than `QUIET` times the slowest.
    """
    longest_s = QUIET * bounds.slowest_s
    at, left_s, waited_s = start, pace_s, 0.0
    while left_s > 0 and waited_s < longest_s:
        weight = weights.at(at)
        to_next_s = _HOUR_S - (at.timestamp() - 1800.0) % _HOUR_S  # Tehran's hours begin at half past those of UTC
        step_s = min(to_next_s, left_s / weight)
        at += timedelta(seconds=step_s)
        waited_s += step_s
        left_s -= step_s * weight
    return start + timedelta(seconds=min(longest_s, max(bounds.fastest_s, waited_s)))
