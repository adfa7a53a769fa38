"""Compare the stories of some days anew, by today's rules."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.duplicates import filing
from archive.duplicates.candidates import REACH
from archive.duplicates.clusters import regroup
from archive.duplicates.shelf import Shelves, numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A story whose cluster changed; the story itself where it was or is alone."""

    story: int
    before: int
    after: int


def recluster(shelves: Shelves, first: date, last: date) -> tuple[int, list[Moved]]:
    """Compare the stories from the day `first` to the day `last` anew; return how many, and whose cluster changed.

    For one transaction, which the caller commits or rolls back. Later stories keep what they are to these.
    """
    conn = shelves.conn
    days = [int(day.strftime("%Y%m%d")) for day in _days(first, last)]
    stories = [story for day in days for story in _stories(conn, day)]
    before = _clusters(conn, days)
    for earlier in _days(first - REACH, first - timedelta(days=1)):
        filing.restock(shelves, int(earlier.strftime("%Y%m%d")))
    conn.executemany("DELETE FROM edges WHERE story = ?", [(story,) for story in stories])
    for day in days:
        shelves.clear(day)
    regroup(conn, before)
    for story in stories:
        filing.file_again(shelves, story)
    filing.restock_last(shelves)
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
        numbers(day),
    )
    return [story for (story,) in rows]


def _clusters(conn: sqlite3.Connection, days: list[int]) -> dict[int, int]:
    between = numbers(days[0])[0], numbers(days[-1])[1]
    return dict(conn.execute("SELECT story, cluster FROM clusters WHERE story BETWEEN ? AND ?", between).fetchall())
