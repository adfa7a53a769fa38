"""The supervisor's desk: starts crawls in child processes, answers them with the one writer, ends those that hang."""

import logging
import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from time import monotonic

from archive import ledger
from archive.errors import BayeganError, of_the_machine
from archive.intake import Intake
from archive.ledger import Ended, Report
from archive.raw.files import RawWriter, folder_of, open_raw
from archive.settings import AgencySettings, Settings
from archive.store import Store
from archive.turns import Turns
from archive.verdict import Stored, Verdict
from crawler.agency import Agency
from crawler.house import learn, with_lines
from scheduler.health.drift import judge
from scheduler.job import CALLS, Call, Errand, Reply, work
from scheduler.runs import Over, Run, send

LOG = logging.getLogger(__name__)


class Desk:
    """Runs crawls side by side, never two of one agency; all writing happens here, in the caller's thread."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        log_level: int,
        raw: RawWriter | None = None,
        *,
        turns: Turns | None = None,
    ) -> None:
        """Write through `store`, raw pages through `raw`; children log at `log_level`.

        Of a shared archive, agencies are crawled in `turns` with those who share it.
        """
        self._turns, self._kept = turns, monotonic()
        self._raw = raw
        self._store, self._settings, self._clock, self._log_level = store, settings, clock, log_level
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        # The command itself too: each child loads its parent's main module first.
        self._context.set_forkserver_preload(["scheduler.job", "crawler.fetch", "scheduler.cli"])
        self._runs: dict[str, Run] = {}
        self._over: dict[str, Over] = {}
        self.answered_s: deque[float] = deque(
            maxlen=10_000
        )  # seconds the last answers took, for whoever takes them out

    @property
    def running(self) -> frozenset[str]:
        """The agencies being crawled, and those whose crawl is still to be written down."""
        return frozenset((*self._runs, *self._over))

    @property
    def progress(self) -> dict[str, Counter[str]]:
        """The agencies being crawled, each with its stories so far by verdict."""
        return {key: run.brought for key, run in self._runs.items()}

    @property
    def free(self) -> bool:
        """Whether another crawl may start."""
        return len(self._runs) < self._settings.crawler.agencies_at_once

    def start(self, agency: Agency, errand: Errand = Errand()) -> bool:  # noqa: B008 - frozen
        """Start a crawl of `agency`, unless one is running, here or elsewhere; say whether it was started."""
        if agency.key in self.running:
            return False
        if self._turns is not None:
            if not self._turns.take(agency.key):
                LOG.info("%s: it is another's turn", agency.key)
                return False
            ledger.close_dead(self._store.conn, self._clock(), agency.key)
        crawler = self._settings.crawler
        if errand.requests is not None:
            crawler = replace(crawler, crawl_links=min(crawler.crawl_links, errand.requests))
        self._store.add_agency(agency.key, agency.name, agency.own_hosts)
        own = self._settings.agencies.get(agency.key, AgencySettings()).recheck_ages_s
        fresh = ledger.fresh(self._store.conn, agency.key, crawler.new_per_day, self._clock())
        ages_s = crawler.recheck_ages_s if own is None else own
        intake = Intake(
            store=self._store,
            agency=agency.key,
            recheck_ages_s=ages_s,
            rechecks=errand.rechecks,
            raw=self._raw,
            fresh=fresh if errand.fresh is None else errand.fresh,
        )
        intake.release(self._clock())
        number = ledger.begin(self._store.conn, agency.key, self._clock(), planned=errand.planned, kind=errand.kind)
        ours, theirs = self._context.Pipe()
        agency = with_lines(self._store.conn, agency)
        process = self._context.Process(target=work, args=(theirs, agency, crawler, self._log_level, errand.days))
        process.start()
        theirs.close()
        self._runs[agency.key] = Run(
            intake=intake,
            process=process,
            pipe=ours,
            number=number,
            began=monotonic(),
            deadline=monotonic() + crawler.crawl_s,
        )
        return True

    def settle(self, settings: Settings) -> None:
        """Go by other settings from the next crawl on."""
        self._settings = settings

    def serve(self, timeout_s: float) -> list[Report]:
        """Answer what the crawls ask within the next `timeout_s`; return the reports of those that ended.

        Raises sqlite3.Error when the end of a crawl cannot be written down; the next call tries again.
        """
        self._keep_turns()
        soonest = min((run.deadline for run in self._runs.values()), default=monotonic() + timeout_s)
        pause_s = max(0.0, min(timeout_s, soonest - monotonic()))
        ready = wait([run.pipe for run in self._runs.values()], pause_s) if self._runs else []
        for key, run in list(self._runs.items()):
            if run.pipe in ready:
                self._hear(key, run)
        for key, run in list(self._runs.items()):
            if run.deadline <= monotonic():
                self._end(key, "killed")
        return self._write_down()

    def stop(self, grace_s: float) -> list[Report]:
        """Ask every crawl to end, answer them meanwhile, and end by force what is left after `grace_s`."""
        for run in self._runs.values():
            send(run.process, signal.SIGTERM)
        reports: list[Report] = []
        until = monotonic() + grace_s
        while self._runs and monotonic() < until:
            reports += self.serve(0.2)
        for key in list(self._runs):
            self._end(key, "stopped")
        return reports + self._write_down()

    def _keep_turns(self) -> None:
        """Say that we live, three times as often as it must be; end crawls whose turn another has taken meanwhile."""
        if self._turns is not None and self.running and monotonic() - self._kept > self._turns.dead_s / 3:
            for key in self._turns.keep(self.running) & self._runs.keys():
                self._end(key, "lost")
            self._kept = monotonic()

    def _hear(self, key: str, run: Run) -> None:
        """Take one message of a crawl: answer a call, or close the crawl with its report."""
        try:
            message = run.pipe.recv()
            if isinstance(message, Report):
                self._close(key, message)
                return
            asked = monotonic()
            reply = _answer(run.intake, message)
            self.answered_s.append(monotonic() - asked)
            if isinstance(reply.value, Stored):
                run.brought[reply.value.verdict] += 1
            run.pipe.send(reply)
        except (EOFError, OSError):
            self._end(key, "died")

    def _end(self, key: str, outcome: str) -> None:
        """End a crawl that gives no report itself; the ledger has what is known of it."""
        run = self._runs[key]
        send(run.process, signal.SIGKILL)
        run.process.join()
        why = {
            "killed": f"longer than {self._settings.crawler.crawl_s:g} s",
            "died": f"its process ended with {run.process.exitcode}",
            "lost": "another worker has taken its turn",
        }
        self._close(key, Report(agency=key, outcome=outcome, error=why.get(outcome, "")))

    def _close(self, key: str, report: Report) -> None:
        run = self._runs.pop(key)
        run.process.join(timeout=5)
        send(run.process, signal.SIGKILL)  # whatever it started and left behind
        run.process.join()
        run.pipe.close()
        ended = Ended(exit=run.process.exitcode, seconds=round(monotonic() - run.began, 3))
        self._over[key] = Over(run=run, report=report, ended=ended)

    def _write_down(self) -> list[Report]:
        """Write down the crawls that are over, all of one in one transaction; return their reports."""
        reports = []
        for key, over in list(self._over.items()):
            with self._store.atomic():
                if over.report.outcome != "lost":  # else they are leased to another
                    over.run.intake.release(self._clock())
                ledger.end(self._store.conn, over.run.number, over.report, self._clock(), over.ended)
                over.run.intake.end(over.report)
            del self._over[key]
            if self._turns is not None:
                self._turns.give_back(key)
            reports.append(over.report)
            self._learn(key, over.run)
        return reports

    def _learn(self, key: str, run: Run) -> None:
        """See what the crawl's pages tell of its agency: house lines, and whether its layout has changed."""
        now = self._clock()
        if run.brought[Verdict.NEW]:
            for line in learn(self._store, key, now):
                LOG.warning("%s: house line learnt, and cut from now on: %s", key, line.printed)
        for alarm in judge(self._store, key, now):
            LOG.warning("%s: %s", key, alarm.evidence if alarm.until is None else f"{alarm.about} is found again")


@contextmanager
def open_desk(store: Store, settings: Settings, clock: Callable[[], datetime], log_level: int) -> Iterator[Desk]:
    """Give a desk whose crawls are ended when the block is left, however it is left."""
    with ExitStack() as stack:
        raw = stack.enter_context(open_raw(folder_of(store.path))) if settings.crawler.raw_pages else None
        turns = getattr(store.conn, "turns", None)  # the connection to a shared archive brings them
        shared = None if turns is None else turns(settings.cluster.dead_s)
        desk = Desk(store, settings, clock, log_level, raw, turns=shared)
        if turns is None:
            ledger.close_dead(store.conn, clock())
        try:
            yield desk
        finally:
            desk.stop(settings.scheduler.stop_s)


def _answer(intake: Intake, call: Call) -> Reply:
    if call.method not in CALLS:
        return Reply(error=f"no such call: {call.method}")
    try:
        return Reply(value=getattr(intake, call.method)(*call.arguments))
    except BayeganError as error:
        return Reply(error=str(error))
    except Exception as error:
        if told := of_the_machine("archive", error):
            LOG.error("%s: %s: %s", intake.agency, call.method, told)  # noqa: TRY400 - the disk's fault, no bug of ours
            return Reply(error=str(told))
        LOG.exception("%s: %s failed", intake.agency, call.method)
        return Reply(error=f"{type(error).__name__}: {error}")
