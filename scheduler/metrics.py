"""Figures for Prometheus on 127.0.0.1, if the settings give a port; the only module that knows prometheus_client."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from archive import alarms, standing, yields
from archive.frontier import LinkState
from archive.ledger import Report

_LINKS = ("new", "revised", "unchanged", "empty", "blocked", "missing", "failed")
_STORIES = ("new", "revised", "unchanged")
_DAY = timedelta(days=1)


class Metrics:
    """What the daemon counts; each metric's own text says what it is."""

    def __init__(self) -> None:
        """Begin to count, at nothing."""
        self.registry = CollectorRegistry()
        self._runs = self._counter("bayegan_runs", "Crawls that ended", "agency", "outcome")
        self._fetches = self._counter("bayegan_fetches", "Links fetched, by what came of them", "agency", "status")
        self._stories = self._counter("bayegan_stories", "Stories brought home, by verdict", "agency", "verdict")
        self._requests = self._counter("bayegan_requests", "All that was asked of a site", "agency")
        self._bytes = self._counter("bayegan_bytes", "Bytes of answers, unpacked", "agency")
        self._lag = self._gauge("bayegan_lag_seconds", "From publication to archive, of a day", "agency", "quantile")
        self._queue = self._gauge("bayegan_links", "Links of the frontier, by state", "agency", "state")
        self._running = self._gauge("bayegan_running", "Crawls under way")
        self._wal = self._gauge("bayegan_wal_bytes", "Size of the write-ahead log")
        self._alarms = self._gauge("bayegan_alarms", "Alarms that go on", "kind", "agency")
        self._writes = self._gauge("bayegan_writer_answers", "Questions of crawls that the writer has answered")
        self._write_s = self._gauge("bayegan_writer_seconds", "Seconds the writer took for them")

    def serve(self, port: int) -> None:
        """Answer http://127.0.0.1:`port`/metrics from a thread of its own."""
        start_http_server(port, addr="127.0.0.1", registry=self.registry)

    def ended(self, report: Report) -> None:
        """Count a crawl that ended."""
        self._runs.labels(report.agency, report.outcome).inc()
        self._requests.labels(report.agency).inc(report.requests)
        self._bytes.labels(report.agency).inc(report.bytes)
        for name in _LINKS:
            self._fetches.labels(report.agency, name).inc(getattr(report, name))
        for name in _STORIES:
            self._stories.labels(report.agency, name).inc(getattr(report, name))

    def beat(self, running: int, answers: int, answers_s: float) -> None:
        """Note how many crawls are under way, and what the writer has done in all."""
        self._running.set(running)
        self._writes.set(answers)
        self._write_s.set(answers_s)

    def look(self, conn: sqlite3.Connection, archive: Path, now: datetime) -> None:
        """Read what the archive and its files tell."""
        for agency, lags_s in yields.lags(conn, now - _DAY, now).items():
            self._lag.labels(agency, "0.5").set(median(lags_s))
            self._lag.labels(agency, "0.95").set(quantiles([*lags_s, lags_s[-1]], n=20)[-1])
        for agency, states in standing.tally(conn, standing.Which()).items():
            for state in LinkState:
                self._queue.labels(agency, str(state)).set(states.get(state, 0))
        wal = Path(f"{archive}-wal")
        self._wal.set(wal.stat().st_size if wal.exists() else 0)
        self._alarms.clear()
        for alarm in alarms.alarms(conn, going_on=True):
            self._alarms.labels(alarm.kind, alarm.agency).set(1)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(name, told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(name, told, labels, registry=self.registry)
