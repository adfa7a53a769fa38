"""The page of edits: what agencies changed in what they had printed, and what they took down, newest first."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.browse.days import Days, asked_days
from archive.browse.front import agency_names
from archive.browse.page import Recent, reader, respond
from archive.history import Event, Window, edits, withdrawals
from archive.story import iso
from archive.text.jalali import midnight

_SHOWN = 60
_recent = Recent(keep_s=20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Stories changed and stories withdrawn within some days."""

    changed: Sequence[Event]
    withdrawn: Sequence[Event]
    names: Mapping[str, str]


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/edits`, narrowed by `?agency=`, `?from=` and `?to=`."""
    agency = (request.args.get("agency") or "").strip()
    days = asked_days(request, datetime.now(UTC), reader(request))
    window = window_of(agency, days)
    found = await _recent.get(datasette, window, lambda conn: load(conn, window))
    return await respond(datasette, request, "edits.html", edits=found, agency=agency, days=days)


def window_of(agency: str, days: Days) -> Window:
    """Return which events are meant by an agency (empty = all) and days of Tehran."""
    return Window(
        agency=agency,
        since=iso(midnight(days.first)) if days.first else "",
        until=iso(midnight(days.last + timedelta(days=1))) if days.last else "",
        limit=_SHOWN,
    )


def load(conn: sqlite3.Connection, window: Window) -> Edits:
    """Return what the page of edits shows."""
    return Edits(changed=list(edits(conn, window)), withdrawn=list(withdrawals(conn, window)), names=agency_names(conn))
