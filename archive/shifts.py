"""The supervisor's shifts and the pauses between them, as the archive remembers them."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from archive.story import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class LastShift:
    """The last time a supervisor was at work: last `seen`, and `ended` if it ended calmly. Times are aware."""

    seen: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which nobody crawled, why, and how many runs fell into it."""

    since: datetime
    until: datetime
    why: str
    missed: int


def begin(conn: sqlite3.Connection, now: datetime) -> int:
    """Open the row of a shift; return its number."""
    return int(conn.execute("INSERT INTO shifts (started, seen) VALUES (?, ?)", (iso(now), iso(now))).lastrowid or 0)


def seen(conn: sqlite3.Connection, number: int, now: datetime) -> None:
    """Note that the supervisor of a shift is at work."""
    conn.execute("UPDATE shifts SET seen = ? WHERE id = ?", (iso(now), number))


def end(conn: sqlite3.Connection, number: int, now: datetime) -> None:
    """Close the row of a shift that ends calmly."""
    conn.execute("UPDATE shifts SET seen = ?, ended = ? WHERE id = ?", (iso(now), iso(now), number))


def last(conn: sqlite3.Connection) -> LastShift | None:
    """Return the last shift; None when there was none yet."""
    row = conn.execute("SELECT seen, ended FROM shifts ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    return LastShift(
        seen=datetime.fromisoformat(row[0]), ended=None if row[1] is None else datetime.fromisoformat(row[1])
    )


def note_pause(conn: sqlite3.Connection, pause: Pause) -> None:
    """Note a pause."""
    conn.execute(
        "INSERT INTO pauses (since, until, why, missed) VALUES (?, ?, ?, ?)",
        (iso(pause.since), iso(pause.until), pause.why, pause.missed),
    )


def pauses(conn: sqlite3.Connection, since: datetime) -> list[Pause]:
    """Return the pauses that ended after `since`, the earliest first."""
    rows = conn.execute("SELECT since, until, why, missed FROM pauses WHERE until > ? ORDER BY id", (iso(since),))
    return [
        Pause(since=datetime.fromisoformat(a), until=datetime.fromisoformat(b), why=why, missed=missed)
        for a, b, why, missed in rows
    ]
