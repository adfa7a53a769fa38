"""A round: start the crawls that are due and for which there is room, and settle those that ended.

The daemon makes a round at every beat, `bayegan crawl --due` until nothing is due; the ledger is the memory of both.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from archive import coverage, ledger, yields
from archive.ledger import Report
from archive.store import Store
from crawler.agency import Agency
from scheduler import holes
from scheduler.desk import Desk
from scheduler.job import Errand
from scheduler.plan import Due, Plan, host


class Rounds:
    """Decides by a plan and the ledger what the desk does next; never two crawls of one agency or of one host."""

    def __init__(self, store: Store, desk: Desk, plan: Plan, agencies: Mapping[str, Agency]) -> None:
        """Have `desk` crawl `agencies` by `plan`; `store` holds the ledger."""
        self.plan, self.agencies = plan, dict(agencies)
        self._store, self._desk = store, desk

    def due(self, now: datetime) -> list[Due]:
        """Return the runs that are due and not under way, the longest waiting first."""
        idle = [key for key in self.agencies if key not in self._desk.running]
        return self.plan.due(idle, ledger.pasts(self._store.conn, idle, now), now)

    def start(self, due: list[Due], now: datetime) -> int:
        """Start what is `due` while there is room; return how many were started."""
        started = 0
        for one in due:
            agency = self.agencies[one.agency]
            if self._desk.free and host(agency) not in {host(self.agencies[key]) for key in self._running()}:
                past = ledger.past(self._store.conn, agency.key, now)
                errand = Errand(
                    planned=one.at,
                    requests=self.plan.requests_left(agency.key, past, now),
                    rechecks=self.plan.rechecks_left(agency.key, past, now),
                )
                self._desk.start(agency, errand)
                started += 1
        return started

    def fill(self, now: datetime, days: int) -> bool:
        """Start a walk through one past day whose holes are not known, if there is room and nothing else to do.

        Looked at are the last `days`; return whether one was started.
        """
        first = yields.first_crawls(self._store.conn)
        for key, agency in self.agencies.items():
            if not self._desk.free or key in self._desk.running or "{day}" not in agency.archive or key not in first:
                continue
            last = ledger.last_walk(self._store.conn, key)
            if last is not None and last <= now < last + holes.AGAIN:
                continue
            since = coverage.today(now) - timedelta(days=days)
            walked = coverage.walked(self._store.conn, key, since, coverage.today(now))
            past = ledger.past(self._store.conn, key, now)
            left = self.plan.requests_left(key, past, now)
            if (
                left != 0
                and not self.plan.hindered(key, past, now)
                and (wanted := holes.to_walk(first[key], walked, now, days))
            ):
                errand = Errand(
                    kind="backfill", planned=holes.over(wanted[0]), requests=left, rechecks=0, days=(wanted[0],)
                )
                self._desk.start(agency, errand)
                return True
        return False

    def settle(self, report: Report, now: datetime) -> None:
        """Note how often an agency is to be asked from now on, after a crawl of it has ended."""
        if report.agency in self.agencies and report.outcome == "ok":
            past = ledger.past(self._store.conn, report.agency, now)
            pace_s = self.plan.pace_after(report.agency, past, listed=report.listed, new=report.discovered)
            ledger.note_pace(self._store.conn, report.agency, pace_s)

    def next(self, now: datetime) -> datetime | None:
        """Return when the next run is due that is not under way; None when none ever is."""
        idle = [key for key in self.agencies if key not in self._desk.running]
        found = ledger.pasts(self._store.conn, idle, now)
        return min((self.plan.next(key, found[key], now).at for key in idle), default=None)

    def _running(self) -> list[str]:
        return [key for key in self._desk.running if key in self.agencies]
