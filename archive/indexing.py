"""What follows from a story being stored: its index entry, the counts of its words, the saved searches it matches."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import rows
from archive.alerts.watch import Watch
from archive.search import frequencies, index
from archive.search.engine import index_of, refresh
from archive.search.span import DAY


class Indexing:
    """Writes the index within the transactions of the store, and what may lag behind it after them."""

    def __init__(self, conn: sqlite3.Connection, alerts: Path | None, cache_kib: int) -> None:
        """Write through `conn`; hold stories against the saved searches of the folder `alerts`, None = none.

        What is kept in memory is in proportion to `cache_kib`, what SQLite may keep.
        """
        self._conn = conn
        self._counts = frequencies.Counts(cache_kib)
        self._watch = None if alerts is None else Watch(conn, alerts)

    def add(self, story: int, entry: index.Entry, now: str) -> None:
        """Put a new story into the index; the caller holds the transaction."""
        frequencies.file(self._conn, story // DAY)
        self._put(story, entry, now)

    def change(self, known: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        """Put into the index what a story says now, given its row before and after; within the transaction."""
        if any(row[name] != known[name] for name in index.FROM):
            before, after = (index.entry(rows.story(one)) for one in (known, row))
            index_of(self._conn).remove(known["id"], before)
            self._counts.remove(before)
            self._put(known["id"], after, row["last_seen"])

    def refresh(self) -> bool:
        """Write the whole index anew if another analysis made it; say whether that was so; within a transaction."""
        if not refresh(self._conn):
            return False
        frequencies.recount(self._conn)
        return True

    def count(self) -> None:
        """Count the words of what was stored; no transaction is needed."""
        self._counts.count()

    def write_counts(self) -> None:
        """Write how often words occurred in what was stored since the last time; within a transaction."""
        self._counts.write(self._conn)

    def publish(self) -> None:
        """Write the feeds of saved searches that matched something, unless a transaction is still under way."""
        if self._watch is not None:
            self._watch.publish()

    def close(self) -> None:
        """Write the feeds that are not written yet."""
        if self._watch is not None:
            self._watch.close()

    def _put(self, story: int, entry: index.Entry, now: str) -> None:
        index_of(self._conn).put(story, entry)
        self._counts.add(entry)
        if self._counts.due:
            self._counts.write(self._conn)
        if self._watch is not None:
            self._watch.look(story, entry, datetime.fromisoformat(now))
