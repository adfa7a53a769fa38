"""A worker of many: what the broker hands on is done here, in the one thread that knows the archive."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from logging import WARNING
from queue import Empty, SimpleQueue
from typing import Any

from archive.errors import SettingsError
from archive.ledger import Report
from archive.settings import Settings
from archive.store import Store
from crawler.agency import Agency
from scheduler.asked import Job, NotNowError
from scheduler.desk import Desk
from scheduler.job import Errand
from scheduler.plan import plan
from scheduler.rereading import Rereading
from scheduler.rhythms import weights
from scheduler.rounds import Rounds

_BEAT_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    job: Job | None
    answer: "Future[Any]"


class Worker:
    """Does jobs of the cluster; `hand` may be called from any thread, all else belongs to one."""

    def __init__(
        self, store: Store, settings: Settings, agencies: Mapping[str, Agency], desk: Desk, log_level: int = WARNING
    ) -> None:
        """Have `desk` crawl `agencies` for whoever asks; who reads pages again logs at `log_level`."""
        timetable = plan(settings, agencies, weights(store.conn, agencies, _now()))
        self._rounds = Rounds(store, desk, timetable, agencies)
        self._desk, self._links = desk, settings.crawler.crawl_links
        self._rereading = Rereading(store, settings, log_level)
        self._rereading.note()
        self._asked: SimpleQueue[_Asked] = SimpleQueue()
        self._under_way: dict[str, _Asked] = {}

    @property
    def folder(self) -> str:
        """The folder of raw pages whose jobs are this worker's."""
        return self._rereading.folder

    def hand(self, job: Job | None) -> "Future[Any]":
        """Take a job, or a round (None); the future gives its report, or the jobs that are due."""
        asked = _Asked(job=job, answer=Future())
        self._asked.put(asked)
        return asked.answer

    def work(self, stopped: Callable[[], bool], on_report: Callable[[Report], None]) -> None:
        """Do what is handed until `stopped`; leave no crawl under way unanswered then."""
        while not stopped():
            self._take(0 if self._desk.running else _BEAT_S)
            self._rereading.serve()
            for report in self._desk.serve(_BEAT_S):
                on_report(report)
                self._end(report)

    def stop(self, grace_s: float, on_report: Callable[[Report], None]) -> None:
        """End the crawls under way calmly; their jobs, and what was handed too late, are tried again by others."""
        self._rereading.stop()
        for report in self._desk.stop(grace_s):
            on_report(report)
            self._end(report)
        while not self._asked.empty():
            self._asked.get().answer.set_exception(NotNowError())

    def _take(self, wait_s: float) -> None:
        """Take what was handed, all of it; wait for the first as long as said."""
        try:
            asked = self._asked.get(timeout=wait_s) if wait_s else self._asked.get_nowait()
            while True:
                self._answer(asked)
                asked = self._asked.get_nowait()
        except Empty:
            return

    def _answer(self, asked: _Asked) -> None:
        try:
            if asked.job is None:
                asked.answer.set_result(self._due())
            elif asked.job.kind == "reprocess":
                self._reread(asked.job, asked.answer)
            elif not self._start(asked.job):
                asked.answer.set_result(None)
            else:
                self._under_way[asked.job.agency] = asked
        except Exception as error:  # noqa: BLE001 - it is the asker's, who logs it
            asked.answer.set_exception(error)

    def _due(self) -> list[Job]:
        found = self._rounds.due(_now())
        return [Job(kind="crawl", agency=one.agency, planned=one.at.isoformat()) for one in found]

    def _agency(self, job: Job) -> Agency:
        if job.agency not in self._rounds.agencies:
            raise SettingsError("settings", f"agencies.{job.agency}", "no agency of this worker")
        return self._rounds.agencies[job.agency]

    def _reread(self, job: Job, answer: "Future[Any]") -> None:
        """Start to read pages again. NotNowError: a crawl of their agency is due or under way, and goes first."""
        agency = self._agency(job)
        due = agency.key in {one.agency for one in self._rounds.due(_now())}
        if due or not self._rereading.start(job, agency, answer):
            raise NotNowError

    def _start(self, job: Job) -> bool:
        """Start the crawl a job asks for; say whether there was anything to do. NotNowError: it cannot be done yet."""
        agency = self._agency(job)
        if job.agency in self._desk.running or not self._desk.free:
            raise NotNowError
        if job.planned:
            due = [one for one in self._rounds.due(_now()) if one.agency == job.agency]
            if not due:  # it was crawled since
                return False
            if not self._rounds.start(due, _now()):
                raise NotNowError
        elif not self._desk.start(*_errand(job, agency)):
            raise NotNowError
        if job.agency not in self._desk.running:
            raise NotNowError
        return True

    def _end(self, report: Report) -> None:
        self._rereading.note()
        asked = self._under_way.pop(report.agency, None)
        if asked is None or asked.job is None:
            return
        if asked.job.kind == "crawl":  # others tell nothing of the agency's pace
            self._rounds.settle(report, _now())
        if report.outcome in ("stopped", "lost"):
            asked.answer.set_exception(NotNowError())
        elif (
            asked.job.kind != "crawl" and report.well and report.fetched >= self._links
        ):  # more than one crawl may fetch
            self._asked.put(asked)
        else:
            asked.answer.set_result(report.as_json())


def _errand(job: Job, agency: Agency) -> tuple[Agency, Errand]:
    """Return what the desk is to start; to a re-check its agency has nothing in which something new could stand."""
    if job.kind == "backfill":
        return agency, Errand(kind="backfill", rechecks=0, days=(date.fromisoformat(job.day),))
    if job.kind == "recheck":
        return replace(agency, feeds=(), sitemaps=()), Errand(kind="recheck", fresh=0)
    return agency, Errand()


def _now() -> datetime:
    return datetime.now(UTC)
