"""The daemon: a bell rings when something is due, and a loop in this thread does the work."""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from archive.errors import of_the_machine
from archive.ledger import Report
from archive.settings import Settings
from archive.store import Store
from crawler.agency import Agency
from scheduler import service
from scheduler.bell import Bell, bell
from scheduler.desk import Desk, open_desk
from scheduler.plan import plan
from scheduler.rhythms import rhythms
from scheduler.rounds import Rounds
from scheduler.service import Signals
from scheduler.shift import Clock, Shift
from scheduler.tell import Teller
from scheduler.watch import Watch

if TYPE_CHECKING:
    from scheduler.metrics import Metrics

LOG = logging.getLogger(__name__)

# How long the desk listens before the loop looks at signals, the clock and the bell.
BEAT_S = 0.5
# How long it rests after the archive could not be written.
REST_S = 10.0
# How often the agencies' rhythms are learnt anew.
LEARN_S = 6 * 3600.0
# How often all is looked over for troubles.
WATCH_S = 60.0
# What is opened once, at the start.
AT_START = ("settings.archive.", "settings.log.", "settings.watch.metrics_port", "settings.crawler.raw_pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the daemon runs with, as the settings say; SIGHUP makes it anew."""

    settings: Settings
    agencies: Mapping[str, Agency]


def run(
    store: Store,
    house: House,
    archive: Path,
    *,
    reread: Callable[[], House],
    on_report: Callable[[Report], None],
    log_level: int,
    now: Callable[[], datetime] = lambda: _now(),  # noqa: PLW0108 - defined below
) -> None:
    """Crawl each agency at its pace until SIGTERM or SIGINT; returns after a calm stop.

    SIGHUP asks `reread` for the settings anew; when it raises, the old ones stay. `now` is the wall's clock.
    """
    with (
        service.signals() as signals,
        bell(signals.wake) as ringing,
        open_desk(store, house.settings, now, log_level) as desk,
    ):
        loop = Loop(store, house, desk, bell=ringing, archive=archive, now=now)
        service.notify("READY=1")
        while not signals.stop.is_set():
            if signals.reload.is_set():
                signals.reload.clear()
                loop.reread(reread)
            for report in loop.try_beat(signals):
                on_report(report)
        service.notify("STOPPING=1")
        for report in desk.stop(loop.house.settings.scheduler.stop_s):
            on_report(report)
        loop.end()


class Loop:
    """One beat after the other: serve the crawls, start what is due, ring again for the next, watch the clock."""

    _rounds: Rounds

    def __init__(
        self, store: Store, house: House, desk: Desk, *, bell: Bell, archive: Path, now: Callable[[], datetime]
    ) -> None:
        """Run `house` with `desk` on the clock `now`; the bell wakes whoever waits between two beats."""
        self.house, self._now = house, now
        self._store, self._desk, self._bell, self._archive = store, desk, bell, archive
        self._clock, self._watchdog = Clock(lambda: now().timestamp()), service.Watchdog()
        self._metrics = _metrics(house.settings.watch.metrics_port)
        self._round, self._watched = True, monotonic()
        self._watch = Watch(archive, house.settings.watch, house.agencies)
        self._teller = Teller(house.settings.watch)
        self._learn()
        if self._metrics is not None:
            self._metrics.look(store.conn, archive, now())
        self.shift = Shift(store.conn, self._rounds.plan, now())

    def try_beat(self, signals: Signals) -> list[Report]:
        """Do what `beat` does; when the archive cannot be written (the disk is full, say), say so and rest a little."""
        try:
            return self.beat(signals)
        except sqlite3.Error as error:
            told = of_the_machine(self._archive, error)
            if told is None:
                raise
            LOG.error("%s; the next try is in %g s", told, REST_S)  # noqa: TRY400 - the disk's fault, no bug of ours
        self._round = True
        self._watchdog.pat()
        signals.wait(REST_S)
        return []

    def beat(self, signals: Signals) -> list[Report]:
        """Do what there is to do now, or wait for a beat; return the reports of crawls that ended."""
        now = self._now()
        self._mind_the_clock(now)
        if signals.wake.is_set() or self._round:
            signals.wake.clear()
            self._start(now)
        if monotonic() - self._watched > WATCH_S:
            self._look_over(now)
        self._teller.note(self._store.conn)
        self.shift.seen(now)
        self._watchdog.pat()
        reports = self._desk.serve(BEAT_S)
        for report in reports:
            self._rounds.settle(report, self._now())
            self._round = True
            if self._metrics is not None:
                self._metrics.ended(report)
        if self._metrics is not None:
            self._metrics.beat(len(self._desk.running), self._desk.answered_s)
        if not self._desk.running:
            signals.wait(BEAT_S)
        return reports

    def _mind_the_clock(self, now: datetime) -> None:
        """Plan and judge everything anew when the clock has jumped; learn what has grown old."""
        if (jump := self._clock.jump()) is not None:
            LOG.warning("%s", jump.why)
            self.shift.skip(now, jump)
            self._round = True
            if not jump.slept:
                self._watch.jumped(now, jump.why)
                self._look_over(now)
        if monotonic() - self._learnt > LEARN_S:
            self._learn()

    def _start(self, now: datetime) -> None:
        """Start what is due, or else fill a hole; have the bell rung for what is due next."""
        self._round = False
        due = self._rounds.due(now)
        self._rounds.start(due, now)
        if not due and self.house.settings.scheduler.walk_days:
            self._rounds.fill(now, self.house.settings.scheduler.walk_days)
        following = self._rounds.next(now)
        if following is not None:
            self._bell.after(following - now)

    def _look_over(self, now: datetime) -> None:
        """Look for troubles, tell of them, and bring the figures up to date."""
        self._watched = monotonic()
        self._watch.check(self._store.conn, now)
        self._teller.tell(self._store.conn, now)
        if self._metrics is not None:
            self._metrics.look(self._store.conn, self._archive, now)

    def reread(self, reread: Callable[[], House]) -> None:
        """Go on with new settings, saying what changed; with the old ones when the new are wrong."""
        changed = service.reload(self.house, reread, AT_START)
        if changed is not None:
            self.house = changed
            self._desk.settle(changed.settings)
            self._watch.settle(changed.settings.watch, changed.agencies)
            self._teller.settle(changed.settings.watch)
            self._learn()
            self._round = True
            self._look_over(self._now())

    def end(self) -> None:
        """Note what has been done to the last."""
        self._teller.note(self._store.conn)
        self.shift.end(self._now())

    def _learn(self) -> None:
        """Plan, and judge silence, by the rhythms the agencies have had of late."""
        house, self._learnt = self.house, monotonic()
        known = rhythms(self._store.conn, house.agencies, self._now())
        busy = {key: rhythm.weights() for key, rhythm in known.items()}
        self._rounds = Rounds(self._store, self._desk, plan(house.settings, house.agencies, busy), house.agencies)
        self._watch.learn(known)


def _metrics(port: int) -> "Metrics | None":
    """Serve figures on `port`; 0 = load nothing of that."""
    if not port:
        return None
    from scheduler.metrics import Metrics  # noqa: PLC0415 - most houses want none, and need not hold it in memory

    metrics = Metrics()
    metrics.serve(port)
    return metrics


def _now() -> datetime:
    return datetime.now(UTC)
