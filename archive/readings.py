"""What was found on the pages of the last fortnight, field by field."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.story import iso
from archive.visit import Visit

FORTNIGHT = timedelta(days=14)
# The busiest agency has some 500 stories a day; what is usual for it shows in fewer.
MOST = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One reading of a page: its number, when (UTC ISO 8601), and the fields that were there or not."""

    id: int
    at: str
    found: frozenset[str]
    missing: frozenset[str]


def note(conn: sqlite3.Connection, agency: str, visit: Visit, now: datetime) -> None:
    """Note what was found on a page that was read for the first time; nothing when nothing was looked for."""
    if visit.found or visit.missing:
        conn.execute(
            "INSERT INTO readings (agency, at, found, missing) VALUES (?, ?, ?, ?)",
            (agency, iso(now), " ".join(visit.found), " ".join(visit.missing)),
        )


def seen(conn: sqlite3.Connection, agency: str, now: datetime) -> list[Seen]:
    """Return the readings of an agency's last fortnight, the newest `MOST` at most, in their order."""
    found = conn.execute(
        "SELECT id, at, found, missing FROM readings WHERE agency = ? AND at >= ? ORDER BY id DESC LIMIT ?",
        (agency, iso(now - FORTNIGHT), MOST),
    ).fetchall()
    return [
        Seen(id=number, at=at, found=frozenset(there.split()), missing=frozenset(not_there.split()))
        for number, at, there, not_there in reversed(found)
    ]


def judged(conn: sqlite3.Connection, agency: str) -> int:
    """Return the number of the agency's last reading that was judged."""
    row = conn.execute("SELECT judged FROM agencies WHERE key = ?", (agency,)).fetchone()
    return 0 if row is None else int(row[0])


def settle(conn: sqlite3.Connection, agency: str, last: int, now: datetime) -> None:
    """Note that all readings of an agency up to the number `last` were judged, and forget those of long ago."""
    conn.execute("UPDATE agencies SET judged = max(judged, ?) WHERE key = ?", (last, agency))
    conn.execute("DELETE FROM readings WHERE agency = ? AND at < ?", (agency, iso(now - 2 * FORTNIGHT)))
