"""The front page: today's stories by agency, what many ran, what was changed, and whether the crawls are well."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.alarms import Alarm, alarms
from archive.browse.calendar import first_id, moments, newest_day, next_day
from archive.browse.cluster import most_run
from archive.browse.page import Recent, respond
from archive.errors import QueryError
from archive.story import iso
from archive.text.dates import parse_days
from archive.text.jalali import TEHRAN

_SHOWN = 6  # stories of one agency
_EDITS = 8
_CLUSTERS = 6
_TROUBLED = timedelta(days=1)  # how long ago a crawl that failed is still news
_recent = Recent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one agency printed on the day: its newest stories, and how many there are."""

    agency: str
    name: str
    total: int
    stories: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The front page of one day (Tehran); `day` is None in an empty archive."""

    day: date | None = None
    before: date | None = None  # neighbours that have stories
    after: date | None = None
    columns: Sequence[Column] = ()
    edits: Sequence[Mapping[str, Any]] = ()
    withdrawn: Sequence[Mapping[str, Any]] = ()
    clusters: Sequence[Mapping[str, Any]] = ()
    alarms: Sequence[Alarm] = ()
    crawls: Mapping[str, Any] = field(default_factory=lambda: {"agencies": 0, "troubled": ()})

    @property
    def total(self) -> int:
        """How many stories the day has."""
        return sum(column.total for column in self.columns)


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/`."""
    now = datetime.now(UTC)
    today = now.astimezone(TEHRAN).date()
    asked = _asked(request.args.get("date") or "", now)
    found = await _recent.get(datasette, asked, lambda conn: front(conn, now, asked))
    return await respond(datasette, request, "front.html", front=found, today=today)


def _asked(text: str, now: datetime) -> date:
    try:
        return parse_days(text.strip(), now)[1]
    except QueryError:
        return now.astimezone(TEHRAN).date()


def front(conn: sqlite3.Connection, now: datetime, asked: date) -> Front:
    """Return the front page of the day `asked`, or of the newest day before it that has stories."""
    day = newest_day(conn, asked)
    if day is None:
        return Front(crawls=_crawls(conn, now))
    return Front(
        day=day,
        before=newest_day(conn, day - timedelta(days=1)),
        after=next_day(conn, day),
        columns=_columns(conn, day),
        edits=_edits(conn, day),
        withdrawn=_withdrawn(conn, day),
        clusters=most_run(conn, day, day, _CLUSTERS),
        alarms=alarms(conn, going_on=True),
        crawls=_crawls(conn, now),
    )


def agency_names(conn: sqlite3.Connection) -> dict[str, str]:
    """Return what each agency calls itself, by its key."""
    return {key: name or key for key, name in conn.execute("SELECT key, name FROM agencies")}


def _columns(conn: sqlite3.Connection, day: date) -> list[Column]:
    rows = conn.execute(
        "SELECT id, agency, title, kicker, published, revision, total FROM"
        " (SELECT id, agency, title, kicker, published, revision,"
        "  row_number() OVER (PARTITION BY agency ORDER BY published DESC, id DESC) AS place,"
        "  count(*) OVER (PARTITION BY agency) AS total FROM stories WHERE id >= ? AND id < ?)"
        " WHERE place <= ? ORDER BY total DESC, agency, place",
        (first_id(day), first_id(day + timedelta(days=1)), _SHOWN),
    )
    names = agency_names(conn)
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["agency"], []).append(dict(row))
    return [
        Column(agency=agency, name=names.get(agency, agency), total=stories[0]["total"], stories=stories)
        for agency, stories in grouped.items()
    ]


def _edits(conn: sqlite3.Connection, day: date) -> list[dict[str, Any]]:
    rows = conn.execute(
        "SELECT id, agency, title, revised, revision FROM stories WHERE revised >= ? AND revised < ?"
        " ORDER BY revised DESC LIMIT ?",
        (*moments(day), _EDITS),
    )
    return [dict(row) for row in rows]


def _withdrawn(conn: sqlite3.Connection, day: date) -> list[dict[str, Any]]:
    rows = conn.execute(
        "SELECT s.id, s.agency, s.title, w.withdrawn FROM withdrawals w JOIN stories s ON s.id = w.story"
        " WHERE w.withdrawn >= ? AND w.withdrawn < ? AND w.reappeared IS NULL ORDER BY w.withdrawn DESC LIMIT ?",
        (*moments(day), _EDITS),
    )
    return [dict(row) for row in rows]


def _crawls(conn: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """Return when the last crawl ended, and which agencies' newest crawl did not end well."""
    rows = conn.execute(
        "SELECT coalesce(nullif(a.name, ''), c.agency) AS name, c.outcome, c.ended FROM crawls c"
        " LEFT JOIN agencies a ON a.key = c.agency"
        " WHERE c.id IN (SELECT max(id) FROM crawls WHERE outcome <> 'running' GROUP BY agency)"
    ).fetchall()
    troubled = [dict(row) for row in rows if row["outcome"] != "ok" and (row["ended"] or "") >= iso(now - _TROUBLED)]
    return {"last": max((row["ended"] or "" for row in rows), default=""), "troubled": troubled, "agencies": len(rows)}
