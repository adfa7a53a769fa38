"""The status page: whether each agency is crawled, and what the archive holds, as read from the archive alone."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.browse.page import Recent, respond

_CRAWLS = 20
_recent = Recent(keep_s=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Each agency's newest crawl, the newest crawls of all, and how many links wait in which state."""

    agencies: Sequence[Mapping[str, Any]]
    crawls: Sequence[Mapping[str, Any]]
    links: Sequence[Mapping[str, Any]]


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/status`."""
    found = await _recent.get(datasette, "status", load)
    return await respond(datasette, request, "status.html", status=found)


def load(conn: sqlite3.Connection) -> Status:
    """Return what the status page shows."""
    agencies = conn.execute(
        "SELECT a.key, coalesce(nullif(a.name, ''), a.key) AS name, c.* FROM agencies a LEFT JOIN crawls c"
        " ON c.id = (SELECT max(id) FROM crawls WHERE agency = a.key) ORDER BY a.key"
    ).fetchall()
    crawls = conn.execute("SELECT * FROM crawls ORDER BY id DESC LIMIT ?", (_CRAWLS,)).fetchall()
    links = conn.execute(
        "SELECT agency, sum(next_look IS NOT NULL) AS waiting FROM links WHERE next_look IS NOT NULL GROUP BY agency"
    ).fetchall()
    return Status(
        agencies=[dict(row) for row in agencies],
        crawls=[dict(row) for row in crawls],
        links=[dict(row) for row in links],
    )
