"""Days of Tehran as numbers of stories, and as moments of the archive."""

import sqlite3
from datetime import date, timedelta

from archive.story import iso
from archive.text.jalali import midnight

_DAY = 1_000_000  # ids of one day (see the table stories)


def first_id(day: date) -> int:
    """Return the first id that a story of `day` (Tehran) can have."""
    return (day.year * 10_000 + day.month * 100 + day.day) * _DAY


def day_of(story: int) -> date:
    """Return the day (Tehran) that a story's id carries."""
    return date.fromisoformat(str(story // _DAY))


def moments(day: date) -> tuple[str, str]:
    """Return between which moments, as the archive writes them, a day of Tehran lies."""
    return iso(midnight(day)), iso(midnight(day + timedelta(days=1)))


def newest_day(conn: sqlite3.Connection, last: date) -> date | None:
    """Return the newest day up to `last` under which a story is filed; None when there is none."""
    after = first_id(last + timedelta(days=1))
    (newest,) = conn.execute("SELECT max(id) FROM stories WHERE id < ?", (after,)).fetchone()
    return None if newest is None else day_of(newest)


def next_day(conn: sqlite3.Connection, day: date) -> date | None:
    """Return the first day after `day` under which a story is filed."""
    after = first_id(day + timedelta(days=1))
    (oldest,) = conn.execute("SELECT min(id) FROM stories WHERE id >= ?", (after,)).fetchone()
    return None if oldest is None else day_of(oldest)
