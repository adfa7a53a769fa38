"""The ledger of crawls: one row each, begun when it starts, so that a crawl that died is seen."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from archive.story import iso
from archive.text.jalali import TEHRAN, midnight

# Failures in a row are counted no further: the back-off has long come to its bound.
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one crawl of one agency did; `outcome`: ok, failed, killed, died, stopped, lost. Counts: links and stories.

    `discovered` are links that were new, `requests` all that was asked of the site, `answer_s` the median time of an
    answer (None = there was none), `pause_s` how long the site asked to be left alone, `statuses` the answers by their
    HTTP status and, as "none", the requests that had no answer.
    """

    agency: str
    outcome: str = "ok"
    listed: int = 0
    discovered: int = 0
    requests: int = 0
    fetched: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    empty: int = 0
    blocked: int = 0
    missing: int = 0
    failed: int = 0
    bytes: int = 0
    answer_s: float | None = None
    pause_s: float = 0.0
    error: str = ""
    statuses: Mapping[str, int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether the crawl ended as it should."""
        return self.outcome in ("ok", "stopped")

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the process of a crawl ended: its exit code (negative = the signal), and the seconds it took."""

    exit: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the ledger knows of an agency's crawls, as far as the next one depends on it. Times are aware.

    `failures` are those in a row since the last that went well; `requests`, `new` stories and looks
    at known ones (`again`) are those of `day` (Tehran's).
    """

    started: datetime | None = None
    ended: datetime | None = None
    outcome: str = ""
    failures: int = 0
    pace_s: float | None = None
    pause_s: float = 0.0
    requests: int = 0
    new: int = 0
    again: int = 0
    day: date | None = None


def begin(
    conn: sqlite3.Connection, agency: str, now: datetime, *, planned: datetime | None = None, kind: str = "crawl"
) -> int:
    """Open a row for a crawl that starts now; return its number."""
    cursor = conn.execute(
        "INSERT INTO crawls (agency, started, planned, kind) VALUES (?, ?, ?, ?)",
        (agency, iso(now), None if planned is None else iso(planned), kind),
    )
    return int(cursor.lastrowid or 0)


def end(
    conn: sqlite3.Connection,
    number: int,
    report: Report,
    now: datetime,
    ended: Ended = Ended(),
) -> None:
    """Close the row of a crawl with its report; answers by status are for who watches, not for the ledger."""
    values = {**report.as_json(), **asdict(ended), "ended": iso(now), "number": number}
    del values["statuses"]
    columns = ", ".join(f"{name} = :{name}" for name in values if name not in ("agency", "number"))
    conn.execute(f"UPDATE crawls SET {columns} WHERE id = :number", values)


def note_pace(conn: sqlite3.Connection, agency: str, pace_s: float | None) -> None:
    """Note the pause before an agency's next crawl in the row of its last."""
    conn.execute(
        "UPDATE crawls SET pace_s = ? WHERE id = (SELECT max(id) FROM crawls WHERE agency = ? AND kind = 'crawl')",
        (pace_s, agency),
    )


def close_dead(conn: sqlite3.Connection, now: datetime, agency: str = "") -> int:
    """Close the rows of crawls (of an agency; empty = of all) that were running when their supervisor died.

    Return how many those were.
    """
    return conn.execute(
        "UPDATE crawls SET outcome = 'killed', ended = :now, error = 'the supervisor died'"
        " WHERE outcome = 'running' AND (:agency = '' OR agency = :agency)",
        {"now": iso(now), "agency": agency},
    ).rowcount


def pasts(conn: sqlite3.Connection, agencies: Iterable[str], now: datetime) -> dict[str, Past]:
    """Return the past of each of `agencies`; an agency that never ran has an empty one."""
    return {agency: past(conn, agency, now) for agency in agencies}


def past(conn: sqlite3.Connection, agency: str, now: datetime) -> Past:
    """Return what the next crawl of an agency depends on; others than crawls count for the day's requests only."""
    rows = conn.execute(
        "SELECT started, ended, outcome, pace_s, pause_s FROM crawls WHERE agency = ? AND kind = 'crawl'"
        " ORDER BY id DESC LIMIT ?",
        (agency, _LOOKED_AT),
    ).fetchall()
    today = now.astimezone(TEHRAN).date()
    requests, new, again = conn.execute(
        "SELECT coalesce(sum(requests), 0), coalesce(sum(new), 0), coalesce(sum(revised + unchanged), 0)"
        " FROM crawls WHERE agency = ? AND started >= ?",
        (agency, iso(midnight(today))),
    ).fetchone()
    if not rows:
        return Past(requests=requests, new=new, again=again, day=today)
    started, ended, outcome, _, pause_s = rows[0]
    well = [n for n, row in enumerate(rows) if row[2] in ("ok", "running")]
    return Past(
        started=datetime.fromisoformat(started),
        ended=None if ended is None else datetime.fromisoformat(ended),
        outcome=outcome,
        failures=sum(row[2] not in ("stopped", "lost") for row in rows[: well[0] if well else len(rows)]),
        pace_s=next((row[3] for row in rows if row[3] is not None), None),
        pause_s=pause_s,
        requests=requests,
        new=new,
        again=again,
        day=today,
    )


def last_walk(conn: sqlite3.Connection, agency: str) -> datetime | None:
    """Return when a back-fill of an agency last failed; None when the last one went well, or there was none."""
    row = conn.execute(
        "SELECT coalesce(ended, started), outcome FROM crawls WHERE agency = ? AND kind = 'backfill' ORDER BY id DESC",
        (agency,),
    ).fetchone()
    return None if row is None or row[1] == "ok" else datetime.fromisoformat(row[0])


def looks(conn: sqlite3.Connection, since: datetime) -> list[tuple[Any, ...]]:
    """Return agency, start, outcome, links fetched and blocked, time of an answer and error of each crawl, in order."""
    return conn.execute(
        "SELECT agency, started, outcome, fetched, blocked, answer_s, error FROM crawls"
        " WHERE kind = 'crawl' AND id >= coalesce((SELECT min(id) FROM crawls WHERE started >= ?), 0) ORDER BY id",
        (iso(since),),
    ).fetchall()


def last_started(conn: sqlite3.Connection) -> dict[str, datetime]:
    """Return when each agency was last crawled (aware UTC)."""
    rows = conn.execute("SELECT agency, max(started) FROM crawls GROUP BY agency")
    return {agency: datetime.fromisoformat(started) for agency, started in rows}


@dataclass(frozen=True, slots=True)
class LastCrawl:
    """How an agency's last crawl went; `started` is UTC ISO 8601, the outcome also «running»."""

    agency: str
    started: str
    outcome: str
    error: str


def last_crawls(conn: sqlite3.Connection) -> list[LastCrawl]:
    """Return the last crawl of each agency, by its key."""
    rows = conn.execute(
        "SELECT agency, started, outcome, error FROM crawls"
        " WHERE id IN (SELECT max(id) FROM crawls GROUP BY agency) ORDER BY agency"
    )
    return [LastCrawl(*row) for row in rows]


def brought(conn: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """Return how many new stories the crawls that started after `since` brought, by agency."""
    rows = conn.execute("SELECT agency, sum(new) FROM crawls WHERE started > ? GROUP BY agency", (iso(since),))
    return dict(rows.fetchall())


def fresh(conn: sqlite3.Connection, agency: str, a_day: int, now: datetime) -> int | None:
    """Return how many of `a_day` links of an agency may still be fetched first today (Tehran); 0 a day = any (None)."""
    if not a_day:
        return None
    today = midnight(now.astimezone(TEHRAN).date())
    return max(0, a_day - brought(conn, today).get(agency, 0))
