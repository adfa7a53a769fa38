"""The ledger of crawls: one row each, begun when it starts, so that a crawl that died is seen."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from archive.story import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one crawl of one agency did. `outcome` is ok, failed, killed or stopped; counts are of links and stories."""

    agency: str
    outcome: str = "ok"
    listed: int = 0
    fetched: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    empty: int = 0
    blocked: int = 0
    missing: int = 0
    failed: int = 0
    bytes: int = 0
    error: str = ""

    @property
    def well(self) -> bool:
        """Whether the crawl ended as it should."""
        return self.outcome in ("ok", "stopped")

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


def begin(conn: sqlite3.Connection, agency: str, now: datetime) -> int:
    """Open a row for a crawl that starts now; return its number."""
    cursor = conn.execute("INSERT INTO crawls (agency, started) VALUES (?, ?)", (agency, iso(now)))
    return int(cursor.lastrowid or 0)


def end(conn: sqlite3.Connection, number: int, report: Report, now: datetime) -> None:
    """Close the row of a crawl with its report."""
    values = {**report.as_json(), "ended": iso(now), "number": number}
    columns = ", ".join(f"{name} = :{name}" for name in values if name not in ("agency", "number"))
    conn.execute(f"UPDATE crawls SET {columns} WHERE id = :number", values)


def close_dead(conn: sqlite3.Connection, now: datetime) -> int:
    """Close the rows of crawls that were running when their supervisor died; return how many."""
    return conn.execute(
        "UPDATE crawls SET outcome = 'killed', ended = ?, error = 'the supervisor died' WHERE outcome = 'running'",
        (iso(now),),
    ).rowcount


def last_started(conn: sqlite3.Connection) -> dict[str, datetime]:
    """Return when each agency was last crawled (aware UTC)."""
    rows = conn.execute("SELECT agency, max(started) FROM crawls GROUP BY agency")
    return {agency: datetime.fromisoformat(started) for agency, started in rows}
