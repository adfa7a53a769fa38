"""The changes of the index, in order: what an index beside the archive follows by position; none while none does."""

import sqlite3
from itertools import batched

_AT_ONCE = 500


def note(conn: sqlite3.Connection, story: int) -> None:
    """Note that what the index holds of a story has changed, if anybody follows; within the caller's transaction."""
    if conn.execute("SELECT 1 FROM followers LIMIT 1").fetchone():
        conn.execute("INSERT INTO changes (story) VALUES (?)", (story,))


def begin(conn: sqlite3.Connection, name: str) -> int:
    """Let changes be noted for the follower `name` from now on; return the position it begins at."""
    position = last(conn)
    conn.execute(
        "INSERT INTO followers (name, since) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET since = excluded.since",
        (name, position),
    )
    return position


def end(conn: sqlite3.Connection, name: str) -> None:
    """Let nothing be noted any more for the follower `name`."""
    conn.execute("DELETE FROM followers WHERE name = ?", (name,))


def follows(conn: sqlite3.Connection, name: str) -> bool:
    """Whether changes are noted for the follower `name`."""
    return conn.execute("SELECT 1 FROM followers WHERE name = ?", (name,)).fetchone() is not None


def last(conn: sqlite3.Connection) -> int:
    """Return the position of the last change; 0 when there was none."""
    return int(conn.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0])


def since(conn: sqlite3.Connection, position: int) -> list[int]:
    """Return the stories that changed behind `position`, each once, in the order of their numbers."""
    rows = conn.execute("SELECT DISTINCT story FROM changes WHERE number > ? ORDER BY story", (position,))
    return [story for (story,) in rows]


def forget(conn: sqlite3.Connection, position: int) -> None:
    """Take away the changes up to `position`, which the only follower has; the last of all stays, so numbers rise."""
    found = conn.execute(
        "SELECT number FROM changes WHERE number <= ? AND number < ?", (position, last(conn))
    ).fetchall()
    for some in batched(found, _AT_ONCE):
        conn.executemany("DELETE FROM changes WHERE number = ?", some)
