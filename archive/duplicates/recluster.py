"""Compare the stories of some days anew, by today's rules."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.duplicates import filing, shelf
from archive.duplicates.candidates import REACH
from archive.duplicates.clusters import regroup

# The shelves of a fortnight fit into memory, so that a long run writes each page once.
_CACHE_KIB = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A story whose cluster changed; the story itself where it was or is alone."""

    story: int
    before: int
    after: int


def recluster(conn: sqlite3.Connection, first: date, last: date) -> tuple[int, list[Moved]]:
    """Compare the stories from the day `first` to the day `last` anew; return how many, and whose cluster changed.

    For one transaction, which the caller commits or rolls back. Later stories keep what they are to these.
    """
    conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    days = [int(day.strftime("%Y%m%d")) for day in _days(first, last)]
    stories = [story for day in days for story in _stories(conn, day)]
    before = _clusters(conn, days)
    for earlier in _days(first - REACH, first - timedelta(days=1)):
        filing.restock(conn, int(earlier.strftime("%Y%m%d")))
    conn.executemany("DELETE FROM edges WHERE story = ?", [(story,) for story in stories])
    for day in days:
        shelf.clear(conn, day)
    regroup(conn, before)
    for story in stories:
        filing.file_again(conn, story)
    filing.restock_last(conn)
    after = _clusters(conn, days)
    moved = (
        Moved(story=story, before=before.get(story, story), after=after.get(story, story))
        for story in sorted(before.keys() | after.keys())
    )
    return len(stories), [one for one in moved if one.before != one.after]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=at) for at in range((last - first).days + 1))


def _stories(conn: sqlite3.Connection, day: int) -> list[int]:
    """Return the stories of a day (yyyymmdd) in the order they were published in."""
    rows = conn.execute(
        "SELECT id FROM stories WHERE id BETWEEN ? AND ? ORDER BY coalesce(published, first_seen), id",
        shelf.numbers(day),
    )
    return [story for (story,) in rows]


def _clusters(conn: sqlite3.Connection, days: list[int]) -> dict[int, int]:
    between = shelf.numbers(days[0])[0], shelf.numbers(days[-1])[1]
    return dict(conn.execute("SELECT story, cluster FROM clusters WHERE story BETWEEN ? AND ?", between).fetchall())
