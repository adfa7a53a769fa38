"""Hold one story against many queries: an index of that story alone, in memory, is asked each of them.

The same FTS5 with the same words and expressions as a search, so that both agree on what matches. Queries none of whose
needed words stands in the story are not asked at all.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from archive.search.expression import Fts, leaves
from archive.search.index import COLUMNS, TOKENIZE, Entry
from archive.search.query import Meant, Query, meant
from archive.text.jalali import TEHRAN


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A query ready to be asked: one of `needed` must stand in a story (None = it cannot be said)."""

    expression: str
    first: int
    last: int
    needed: frozenset[str] | None


class Percolator:
    """Queries by name, and an index that holds one story at a time."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        """Ask `queries`; one that asks for nothing matches nothing."""
        self._queries = dict(queries)
        self._asked: dict[str, _Asked] = {}
        self._day: date | None = None
        self._conn = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._conn.execute(
            f"CREATE VIRTUAL TABLE story_index USING fts5({COLUMNS}, content='', tokenize=\"{TOKENIZE}\")"
        )

    def close(self) -> None:
        """Let go of the memory."""
        self._conn.close()

    def matching(self, story: int, entry: Entry, now: datetime) -> list[str]:
        """Return the names of the queries that the story with this id matches, all words and days included."""
        self._read(now)
        there = frozenset(entry.terms.split())
        likely = [
            (name, asked)
            for name, asked in self._asked.items()
            if asked.first <= story <= asked.last and (asked.needed is None or not asked.needed.isdisjoint(there))
        ]
        if not likely:
            return []
        marks = ", ".join("?" * len(entry.columns))
        self._conn.execute(f"INSERT INTO story_index (rowid, {COLUMNS}) VALUES (1, {marks})", entry.columns)
        try:
            return [name for name, asked in likely if self._matches(asked)]
        finally:
            self._conn.execute("INSERT INTO story_index (story_index) VALUES ('delete-all')")

    def _matches(self, asked: _Asked) -> bool:
        sql = "SELECT 1 FROM story_index WHERE story_index MATCH ?"
        return self._conn.execute(sql, (asked.expression,)).fetchone() is not None

    def _read(self, now: datetime) -> None:
        """Understand the queries anew on each day, since «امروز» is another one."""
        today = now.astimezone(TEHRAN).date()
        if self._day != today:
            understood = {name: meant(Query(text=text, now=now)) for name, text in self._queries.items()}
            self._asked = {name: _asked(one) for name, one in understood.items() if one is not None}
            self._day = today


def _asked(understood: Meant) -> _Asked:
    first, last = understood.days.ids
    wanted = (*understood.wish.words, *understood.wish.filters)
    needed = [one for node in wanted if (one := _needed(node)) is not None]
    return _Asked(
        expression=str(understood.wish.matching()),
        first=first,
        last=last,
        needed=min(needed, key=len, default=None),
    )


def _needed(node: Fts) -> frozenset[str] | None:
    """Return words one of which stands in every story that matches; None when a beginning will do."""
    found = list(leaves(node))
    if any(leaf.prefix and len(leaf.phrase) == 1 for leaf in found):
        return None
    return frozenset(leaf.phrase[0] for leaf in found)
