"""The only module that knows APScheduler: it says when, the desk does the work, a signal ends both calmly."""

import logging
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from archive import ledger
from archive.ledger import Report
from archive.settings import Settings
from archive.store import Store
from crawler.agency import Agency
from scheduler.desk import open_desk
from scheduler.plan import interval_s, next_run

LOG = logging.getLogger(__name__)

# How long the desk listens before it looks for agencies that have come due, and for a signal.
BEAT_S = 0.5


def run(
    store: Store,
    settings: Settings,
    agencies: Mapping[str, Agency],
    *,
    on_report: Callable[[Report], None],
    log_level: int,
) -> None:
    """Crawl each of `agencies` on its interval until SIGTERM or SIGINT; returns after a calm stop.

    The scheduler's thread only puts names on a queue; this thread starts the crawls and does all the writing.
    """
    wanted: SimpleQueue[str] = SimpleQueue()
    waiting: list[str] = []
    with (
        stop_signals() as stopped,
        _timer(settings, agencies, ledger.last_started(store.conn), wanted.put),
        open_desk(store, settings, _now, log_level) as desk,
    ):
        while not stopped.is_set():
            waiting += [key for key in _drain(wanted) if key not in waiting]
            for key in [key for key in waiting if key not in desk.running]:
                if desk.free:
                    waiting.remove(key)
                    desk.start(agencies[key])
            for report in desk.serve(BEAT_S):
                on_report(report)
            if not desk.running:
                stopped.wait(BEAT_S)
        for report in desk.stop(settings.scheduler.stop_s):
            on_report(report)


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Give an event that SIGTERM and SIGINT set, in place of what they did before."""
    stopped = Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        LOG.info("%s: stopping", signal.Signals(number).name)
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _timer(
    settings: Settings, agencies: Iterable[str], last: Mapping[str, datetime], ring: Callable[[str], None]
) -> Iterator[None]:
    """Ring with an agency's name whenever it is due; one job each, so that none waits for another."""
    scheduler = BackgroundScheduler(timezone=UTC)
    now = _now()
    for key in agencies:
        scheduler.add_job(
            ring,
            IntervalTrigger(seconds=interval_s(settings, key), jitter=settings.scheduler.jitter_s, timezone=UTC),
            args=[key],
            id=key,
            next_run_time=next_run(settings, key, last.get(key), now),
            coalesce=True,  # runs missed while the machine slept are made up once
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _drain(queue: "SimpleQueue[str]") -> Iterator[str]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


def _now() -> datetime:
    return datetime.now(UTC)
