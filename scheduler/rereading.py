"""Raw pages read again for the jobs of a worker: in a child process beside its crawls, one job at a time.

The child writes by a connection of its own, each page in a transaction: whoever does a job again finds it half done.
"""

import asyncio
import logging
import multiprocessing
import signal
import traceback
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from time import monotonic
from typing import Any

from archive import holdings
from archive.errors import ArchiveError, BayeganError
from archive.pages import Span
from archive.place import Shared, shared_at
from archive.raw.files import folder_of
from archive.settings import CrawlerSettings, Settings
from archive.store import Store, open_store
from archive.turns import Turns
from crawler.agency import Agency
from scheduler.asked import Job, NotNowError
from scheduler.job import live_apart
from scheduler.runs import send

LOG = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Run:
    """A job under way; `counts` are its pages so far, by what came of them, `deadline` is that of the next one."""

    job: Job
    answer: "Future[Any]"
    process: ForkServerProcess
    pipe: Connection
    deadline: float  # on the monotonic clock
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the child process is to do, and within what limits."""

    place: Shared
    agency: Agency
    settings: CrawlerSettings
    span: Span
    log_level: int


class Rereading:
    """Reads again what lies in the folder of one worker; never beside a crawl of the same agency."""

    def __init__(self, store: Store, settings: Settings, log_level: int) -> None:
        """Do so for the shared archive of `store`; children log at `log_level`."""
        self._store, self._settings, self._log_level = store, settings, log_level
        self._raw = folder_of(store.path)
        self.folder = holdings.name_of(self._raw, settings.cluster.machine)
        # As somebody else than the crawls of this worker.
        self._turns: Turns = store.conn.turns(settings.cluster.dead_s)  # type: ignore[attr-defined]
        self._kept = monotonic()
        self._run: _Run | None = None
        self._noted: set[str] | None = None

    def note(self) -> None:
        """Note of which months there are raw pages here, if that has changed."""
        months = {file.stem for file in self._raw.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].db")}
        if months != self._noted:
            holdings.note(self._store.conn, self.folder, months)
            self._noted = months

    def start(self, job: Job, agency: Agency, answer: "Future[Any]") -> bool:
        """Start a job, whose `answer` is how many pages were what; say whether it can be done now."""
        if self._run is not None or not self._turns.take(agency.key):
            return False
        context, crawler = multiprocessing.get_context("forkserver"), self._settings.crawler
        ours, theirs = context.Pipe()
        order = Order(
            place=_shared(self._store), agency=agency, settings=crawler, span=span_of(job), log_level=self._log_level
        )
        process = context.Process(target=work, args=(theirs, order))
        process.start()
        theirs.close()
        self._run = _Run(job=job, answer=answer, process=process, pipe=ours, deadline=monotonic() + crawler.crawl_s)
        return True

    def serve(self) -> None:
        """Hear how far the job under way is, and answer it when it is over."""
        run = self._run
        if run is None:
            return
        if monotonic() - self._kept > self._turns.dead_s / 3:
            self._kept = monotonic()
            if self._turns.keep({run.job.agency}):
                self._end(NotNowError(), "another worker has taken its turn")
                return
        try:
            while run.pipe.poll():
                said = run.pipe.recv()
                if isinstance(said, str):
                    self._end(ArchiveError("archive", f"{run.job.agency} read again", said) if said else None, said)
                    return
                run.counts, run.deadline = said, monotonic() + self._settings.crawler.crawl_s
        except (EOFError, OSError):
            self._end(NotNowError(), "its process died")
            return
        if run.deadline < monotonic():
            self._end(NotNowError(), f"nothing came of it for {self._settings.crawler.crawl_s:g} s")

    def stop(self) -> None:
        """End the job under way; it is tried again."""
        if self._run is not None:
            self._end(NotNowError(), "stopped")

    def _end(self, error: Exception | None, why: str) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        send(run.process, signal.SIGKILL)
        run.process.join()
        run.pipe.close()
        self._turns.give_back(run.job.agency)
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(run.counts.items())) or "no page"
        LOG.info("%s: read again: %s%s", run.job.told, told, f": {why}" if why else "")
        if error is None:
            run.answer.set_result(dict(run.counts))
        else:
            run.answer.set_exception(error)


def span_of(job: Job) -> Span:
    """Return which pages a job means."""
    first, last = (date.fromisoformat(day) if day else None for day in (job.day, job.until))
    return Span.of(job.agency, first, last)


def work(pipe: Connection, order: Order) -> None:
    """Be the child process: after each page tell how many were what, in the end what went wrong (empty = nothing)."""
    live_apart(order.settings, order.log_level)
    why = ""
    try:
        asyncio.run(_read(pipe, order))
    except ConnectionError:  # the worker is gone, and the next one does the job again
        return
    except BayeganError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - a bug costs the job, not the worker
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}"
    with suppress(OSError):
        pipe.send(why)
    pipe.close()


async def _read(pipe: Connection, order: Order) -> None:
    # What extraction needs is loaded by the fork server; the worker, which imports this module too, never needs it.
    from crawler.reader import open_reader  # noqa: PLC0415
    from crawler.reprocess import put, reread  # noqa: PLC0415

    limits, folder, agencies = order.settings, folder_of(order.place), {order.agency.key: order.agency}
    counts: Counter[str] = Counter()
    with open_reader(limits.extract_s, limits.extract_bytes) as reader, open_store(order.place) as store:
        async for one in reread(store.conn, folder, order.span, agencies, reader, shared=True):
            put(store, one, datetime.now(UTC))
            counts[str(one.outcome)] += 1
            pipe.send(dict(counts))


def _shared(store: Store) -> Shared:
    place = shared_at(store.path)
    if place is None:
        raise ArchiveError(store.path, "no shared archive", "workers need one; see docs/scale.md")
    return place
