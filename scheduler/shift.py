"""The supervisor's own time: when it was at work, when nobody was and why, and whether the clock can be trusted."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import shifts
from archive.shifts import LastShift, Pause
from archive.text.jalali import TEHRAN
from scheduler.plan import Plan, missed

# Wall clock and monotonic clock may drift apart by NTP's slewing (500 ppm), never by this in one beat.
JUMP_S = 60.0
# A supervisor says so often that it is there; a shorter gap explains nothing.
SEEN_S = 60.0
_SHORT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Three clocks at one moment: the wall's, one that stops while the machine sleeps, one that does not."""

    wall_s: float
    awake_s: float
    alive_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The wall clock moved by `by_s` more than time went by; `slept` = the machine was asleep meanwhile."""

    by_s: float
    slept: bool

    @property
    def why(self) -> str:
        """What happened, for a person."""
        told = f"{abs(self.by_s):.0f} s"
        if self.slept:
            return f"the machine slept for {told}"
        return f"the clock was set {'forward' if self.by_s > 0 else 'back'} by {told}"


class Clock:
    """Watches for jumps of the wall clock from one look to the next."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """Begin to watch the clock `wall`, in seconds."""
        self._wall = wall
        self._last = ticks(wall())

    def jump(self) -> Jump | None:
        """Return the jump since the last look, if there was one."""
        before, self._last = self._last, ticks(self._wall())
        return jumped(before, self._last)


class Shift:
    """A supervisor at work: it notes that it is there, and explains the time in which nobody was."""

    def __init__(self, conn: sqlite3.Connection, plan: Plan, now: datetime) -> None:
        """Begin a shift at `now`, after explaining the pause since the last one ended."""
        self._conn, self._plan = conn, plan
        last = shifts.last(conn)
        if last is not None and (pause := explain(last, now, booted(), plan)) is not None:
            shifts.note_pause(conn, pause)
        self._number, self._seen = shifts.begin(conn, now), now

    def seen(self, now: datetime) -> None:
        """Note, once a minute, that the supervisor is at work."""
        if abs((now - self._seen).total_seconds()) >= SEEN_S:
            shifts.seen(self._conn, self._number, now)
            self._seen = now

    def skip(self, now: datetime, jump: Jump) -> None:
        """Explain a jump of the clock: time that was skipped is a pause."""
        since = now - timedelta(seconds=jump.by_s)
        if jump.by_s > 0 and (count := _missed(self._plan, since, now)):
            shifts.note_pause(self._conn, Pause(since=since, until=now, why=jump.why, missed=count))

    def end(self, now: datetime) -> None:
        """End the shift calmly."""
        shifts.end(self._conn, self._number, now)


def ticks(wall_s: float) -> Ticks:
    """Read the clocks; the wall's says `wall_s`."""
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Ticks(wall_s=wall_s, awake_s=time.monotonic(), alive_s=time.clock_gettime(boot))


def jumped(before: Ticks, after: Ticks) -> Jump | None:
    """Return how the wall clock jumped between two moments; None when it went as time did, within a minute."""
    gap_s = (after.wall_s - before.wall_s) - (after.awake_s - before.awake_s)
    asleep_s = (after.alive_s - before.alive_s) - (after.awake_s - before.awake_s)
    if abs(gap_s) <= JUMP_S:
        return None
    return Jump(by_s=gap_s, slept=abs(gap_s - asleep_s) <= JUMP_S)


def explain(last: LastShift, now: datetime, boot: datetime | None, plan: Plan) -> Pause | None:
    """Return the pause between the `last` shift and `now`, and why nobody worked; None when no run fell into it.

    `boot` is when the machine was started.
    """
    since = last.ended or last.seen
    if now - since < _SHORT or not (count := _missed(plan, since, now)):
        return None
    if boot is not None and boot > last.seen + timedelta(seconds=SEEN_S):
        why = f"machine was off {_clock(since)}\N{EN DASH}{_clock(boot)}"
        if now - boot > _SHORT:
            why += f", bayegan was not started before {_clock(now)}"
    elif last.ended is not None:
        why = f"bayegan was stopped {_clock(since)}\N{EN DASH}{_clock(now)}"
    else:
        why = f"bayegan was killed, and not started again before {_clock(now)}"
    return Pause(since=since, until=now, why=why, missed=count)


def booted() -> datetime | None:
    """Return when this machine was started, by the kernel's word (proc(5)); None where it does not say."""
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        return datetime.fromtimestamp(int(next(line for line in lines if line.startswith("btime"))[6:]), UTC)
    return None


def _missed(plan: Plan, since: datetime, until: datetime) -> int:
    return sum(missed(table, since, until) for table in plan.timetables.values())


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(TEHRAN):%H:%M}"
