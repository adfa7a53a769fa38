"""The status page: whether each agency is crawled, and what the archive holds, as read from the archive alone."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.alarms import Alarm, alarms
from archive.browse.page import Recent, respond
from archive.shifts import Pause, pauses

_CRAWLS = 20
_PAST = 20  # alarms that are over
_PAUSES_DAYS = 30
_recent = Recent(keep_s=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Alarms, each agency's newest crawl, the newest of all, waiting links, times in which nobody crawled."""

    agencies: Sequence[Mapping[str, Any]]
    crawls: Sequence[Mapping[str, Any]]
    links: Sequence[Mapping[str, Any]]
    alarms: Sequence[Alarm]
    past: Sequence[Alarm]
    pauses: Sequence[Pause]
    stories: int
    newest: str | None

    @property
    def names(self) -> Mapping[str, str]:
        """What agencies are called, by their keys."""
        return {one["key"]: one["name"] for one in self.agencies}


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/status`."""
    found = await _recent.get(datasette, "status", lambda conn: load(conn, datetime.now(UTC)))
    return await respond(datasette, request, "status.html", status=found)


def load(conn: sqlite3.Connection, now: datetime) -> Status:
    """Return what the status page shows."""
    agencies = conn.execute(
        "SELECT a.key, coalesce(nullif(a.name, ''), a.key) AS name, c.* FROM agencies a LEFT JOIN crawls c"
        " ON c.id = (SELECT max(id) FROM crawls WHERE agency = a.key) ORDER BY a.key"
    ).fetchall()
    crawls = conn.execute("SELECT * FROM crawls ORDER BY id DESC LIMIT ?", (_CRAWLS,)).fetchall()
    links = conn.execute(
        "SELECT agency, sum(next_look IS NOT NULL) AS waiting FROM links WHERE next_look IS NOT NULL GROUP BY agency"
    ).fetchall()
    known = alarms(conn)
    (stories,) = conn.execute("SELECT coalesce(sum(stories), 0) FROM days").fetchone()
    return Status(
        agencies=[dict(row) for row in agencies],
        crawls=[dict(row) for row in crawls],
        links=[dict(row) for row in links],
        alarms=[one for one in known if one.until is None],
        past=[one for one in reversed(known) if one.until is not None][:_PAST],
        pauses=pauses(conn, now - timedelta(days=_PAUSES_DAYS)),
        stories=stories,
        newest=max((row["ended"] for row in crawls if row["ended"]), default=None),
    )
