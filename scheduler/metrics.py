"""Figures for Prometheus on 127.0.0.1, if the settings give a port; the only module that knows prometheus_client."""

import sqlite3
from collections.abc import MutableSequence
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from statistics import median

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from archive import alarms, standing, yields
from archive.ledger import Report
from archive.link import LinkState

_LINKS = ("new", "revised", "unchanged", "empty", "blocked", "missing", "failed")
_STORIES = ("new", "revised", "unchanged")
_DAY = timedelta(days=1)


class Metrics:
    """What the daemon counts; each metric's own text says what it is."""

    def __init__(self) -> None:
        """Begin to count, at nothing."""
        self.registry = CollectorRegistry()
        self._runs = self._counter("bayegan_runs", "Crawls that ended", "agency", "outcome")
        self._links = self._counter("bayegan_links", "Links fetched, by what came of them", "agency", "result")
        self._fetches = self._counter(
            "bayegan_fetches", "Requests, by the HTTP status of their answers", "agency", "status"
        )
        self._stories = self._counter("bayegan_stories", "Stories brought home, by verdict", "agency", "verdict")
        self._requests = self._counter("bayegan_requests", "All that was asked of a site", "agency")
        self._bytes = self._counter("bayegan_bytes", "Bytes of answers, unpacked", "agency")
        self._lag = self._gauge("bayegan_lag_seconds", "From publication to archive, of a day", "agency", "quantile")
        self._queue = self._gauge("bayegan_queue", "Links of the frontier, by state", "agency", "state")
        self._running = self._gauge("bayegan_running", "Crawls under way")
        self._wal = self._gauge("bayegan_wal_bytes", "Size of the write-ahead log")
        self._alarms = self._gauge("bayegan_alarms", "Alarms that go on", "kind", "agency")
        self._writer = Histogram(
            "bayegan_writer_seconds",
            "What the writer took to answer a crawl, most often with a commit",
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
        )

    def serve(self, port: int) -> None:
        """Answer http://127.0.0.1:`port`/metrics from a thread of its own."""
        start_http_server(port, addr="127.0.0.1", registry=self.registry)

    def ended(self, report: Report) -> None:
        """Count a crawl that ended."""
        self._runs.labels(report.agency, report.outcome).inc()
        self._requests.labels(report.agency).inc(report.requests)
        self._bytes.labels(report.agency).inc(report.bytes)
        for status, count in report.statuses.items():
            self._fetches.labels(report.agency, status).inc(count)
        for name in _LINKS:
            self._links.labels(report.agency, name).inc(getattr(report, name))
        for name in _STORIES:
            self._stories.labels(report.agency, name).inc(getattr(report, name))

    def beat(self, running: int, answered_s: MutableSequence[float]) -> None:
        """Note how many crawls are under way, and take out of `answered_s` how long the writer's answers took."""
        self._running.set(running)
        while answered_s:
            self._writer.observe(answered_s.pop())

    def look(self, conn: sqlite3.Connection, archive: Path, now: datetime) -> None:
        """Read what the archive and its files tell."""
        self._lag.clear()
        for agency, lags_s in yields.lags(conn, now - _DAY, now).items():
            self._lag.labels(agency, "0.5").set(median(lags_s))
            self._lag.labels(agency, "0.95").set(sorted(lags_s)[ceil(0.95 * len(lags_s)) - 1])
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
