"""The house itself: room on the disk, a clock that can be trusted, dates that make sense."""

from datetime import datetime, timedelta

from archive.alarms import Alarm
from archive.story import iso

# A jump of the clock is told of for so long after the last one.
CLOCK_FOR = timedelta(hours=1)
# So many of the newest stories are looked at for dates; so many of them odd, and at least so many more than before.
DATED, ODD, MORE = 12, 0.5, 0.3


def disk(free: int, least: int, now: datetime, *, raised: bool) -> Alarm | None:
    """Return the alarm when less than `least` bytes are free; once raised, a tenth more must be free to end it."""
    if free >= (least * 11 // 10 if raised else least):
        return None
    evidence = f"{free / 2**30:.1f} GiB free where the archive is; {least / 2**30:.1f} GiB are wanted"
    return Alarm(kind="disk", agency="", since=iso(now), evidence=evidence)


def clock(jumped: datetime | None, why: str, now: datetime) -> Alarm | None:
    """Return the alarm for an hour after the clock jumped at `jumped`, for the reason `why`."""
    if jumped is None or abs(now - jumped) > CLOCK_FOR:
        return None
    return Alarm(kind="clock", agency="", since=iso(jumped), evidence=why)


def dates_odd(agency: str, lately: tuple[int, int], before: tuple[int, int], since: datetime) -> Alarm | None:
    """Return the alarm when an agency's newest stories have dates that are missing, contradicted or in the future.

    `lately` and `before` are how many stories were looked at and how many of them were odd.
    """
    (seen, odd), (known, usual) = lately, before
    share, was = odd / max(1, seen), usual / max(1, known)
    if seen < DATED or known < DATED or share < ODD or share < was + MORE:
        return None
    evidence = f"dates of {odd} of the last {seen} stories are missing, contradicted or in the future; {was:.0%} before"
    return Alarm(kind="dates", agency=agency, since=iso(since), evidence=evidence)
