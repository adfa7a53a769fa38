"""The only module that knows APScheduler: a bell that rings when something is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

# How often, besides when a crawl comes due, the loop looks whether one has: nothing is later than this by any mishap.
ROUND_S = 30.0
_SOON = timedelta(milliseconds=50)


class Bell:
    """Sets an event at a moment, and every half minute besides."""

    def __init__(self, scheduler: BackgroundScheduler, wake: Event) -> None:
        """Ring `wake`."""
        self._scheduler, self._wake = scheduler, wake
        every = IntervalTrigger(seconds=ROUND_S, timezone=UTC)
        scheduler.add_job(wake.set, every, id="round", coalesce=True, misfire_grace_time=None)

    def after(self, wait: timedelta) -> None:
        """Ring once after `wait`, in place of the ring asked for before."""
        trigger = DateTrigger(run_date=datetime.now(UTC) + max(wait, _SOON), timezone=UTC)
        self._scheduler.add_job(self._wake.set, trigger, id="next", replace_existing=True, misfire_grace_time=None)


@contextmanager
def bell(wake: Event) -> Iterator[Bell]:
    """Give a bell that rings until the block is left; its jobs live in memory, nothing is unpickled."""
    scheduler = BackgroundScheduler(timezone=UTC)
    made = Bell(scheduler, wake)
    scheduler.start()
    try:
        yield made
    finally:
        scheduler.shutdown(wait=False)
