"""What a search needs of an index, whichever engine holds it; and FTS5, the one that stands in the archive's own file.

An engine holds what `archive.search.index.Entry` says of each story under the story's number, and answers expressions
(`archive.search.expression`): equal words, equal expressions, equal stories. Only the order of the best may differ.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from archive.search import changes
from archive.search.expression import Fts
from archive.search.index import COLUMNS, Entry
from archive.search.span import ENDLESS
from archive.text.words import ANALYSIS_VERSION

_PART = "index"

# A word of the title says more than one of the lead, that more than one of the body. The column of stems holds the
# words of all three; it speaks louder than a body's spelling (docs/design.md, "Columns of the index").
WEIGHTS = {"body": 1.0, "lead": 2.0, "title": 4.0, "stems": 2.0, "meta": 0.0}
_BM25 = f"bm25(story_index, {', '.join(map(str, WEIGHTS.values()))})"
_ORDERS = {False: "DESC", True: "ASC"}

type Ranked = list[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The ids from `first` to `last`, both belonging to them."""

    first: int = 0
    last: int = ENDLESS

    def below(self, story: int) -> "Ids":
        """Return those of lower number than `story`."""
        return Ids(first=self.first, last=min(self.last, story - 1))

    def above(self, story: int) -> "Ids":
        """Return those of higher number than `story`."""
        return Ids(first=max(self.first, story + 1), last=self.last)


class SearchIndex(Protocol):
    """An index of stories. An engine may end a question at the search's deadline by sqlite3.OperationalError."""

    def put(self, story: int, new: Entry) -> None:
        """Write a story into the index, within the transaction of whoever calls."""

    def remove(self, story: int, old: Entry) -> None:
        """Take a story out of the index; `old` is what was put."""

    def rebuild(self) -> None:
        """Write the whole index anew from the stories."""

    def recount(self) -> None:
        """Put into the empty table `frequencies` how many stories hold each word of the index."""

    def walk(self, wanted: Fts, ids: Ids, limit: int, *, oldest: bool) -> Iterator[int]:
        """Yield the newest (or oldest) `limit` stories that match."""

    def among(self, wanted: Fts, ids: Sequence[int]) -> list[int]:
        """Return which of `ids` (newest first, not empty) match."""

    def every(self, wanted: Fts, ids: Ids) -> Sequence[int]:
        """Return all stories that match."""

    def count(self, wanted: Fts, ids: Ids) -> int:
        """Return how many stories match, every one counted."""

    def best(self, wanted: Fts, ids: Ids, limit: int) -> Ranked:
        """Return the best `limit` of all stories that match, with their scores; equally good ones newest first."""

    def best_of(self, wanted: Fts, ids: Sequence[int], limit: int) -> Ranked:
        """Return the same of those of `ids` (newest first, not empty) that match."""


class Reader(sqlite3.Connection):
    """A connection for reading that may bring another index than that of its file."""

    index: SearchIndex | None = None


def index_of(conn: sqlite3.Connection) -> SearchIndex:
    """Return the index to ask or to write through `conn`: the one it brings with it, else that of its own file."""
    brought: SearchIndex | None = getattr(conn, "index", None)
    return Fts5(conn) if brought is None else brought


def refresh(conn: sqlite3.Connection) -> bool:
    """Write the whole index anew if another version of the analysis made it; say whether that was so."""
    row = conn.execute("SELECT version FROM versions WHERE part = ?", (_PART,)).fetchone()
    if row is not None and row[0] == ANALYSIS_VERSION:
        return False
    index_of(conn).rebuild()
    conn.execute("INSERT OR REPLACE INTO versions (part, version) VALUES (?, ?)", (_PART, ANALYSIS_VERSION))
    return True


class Fts5:
    """The index as a table of the archive's own file (https://sqlite.org/fts5.html)."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Ask and write through `conn`."""
        self._conn = conn

    def put(self, story: int, new: Entry) -> None:
        """See `SearchIndex.put`."""
        self._conn.execute(
            f"INSERT INTO story_index (rowid, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", (story, *new.columns)
        )
        changes.note(self._conn, story)

    def remove(self, story: int, old: Entry) -> None:
        """See `SearchIndex.remove`; FTS5 takes away just what it is told (4.4.3)."""
        self._conn.execute(
            f"INSERT INTO story_index (story_index, rowid, {COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            (story, *old.columns),
        )

    def rebuild(self) -> None:
        """See `SearchIndex.rebuild`; the view `story_terms` says what belongs in it."""
        self._conn.execute("INSERT INTO story_index (story_index) VALUES ('rebuild')")

    def recount(self) -> None:
        """See `SearchIndex.recount`."""
        conn = self._conn
        conn.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_terms USING fts5vocab('main', 'story_index', 'row')"
        )
        conn.execute("INSERT INTO frequencies (term, stories) SELECT term, doc FROM temp.index_terms")
        conn.execute("DROP TABLE temp.index_terms")

    def walk(self, wanted: Fts, ids: Ids, limit: int, *, oldest: bool) -> Iterator[int]:
        """See `SearchIndex.walk`; row ids are walked in either order without reading the rest."""
        sql = (
            "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
            f" ORDER BY rowid {_ORDERS[oldest]} LIMIT ?"
        )
        cursor = self._conn.cursor()
        cursor.row_factory = None  # bare tuples are made in two thirds of the time
        for row in cursor.execute(sql, (str(wanted), ids.first, ids.last, limit)):
            yield row[0]

    def among(self, wanted: Fts, ids: Sequence[int]) -> list[int]:
        """See `SearchIndex.among`."""
        sql = (
            "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
            " AND +rowid IN (SELECT value FROM json_each(?))"
        )
        return [row[0] for row in self._conn.execute(sql, (str(wanted), ids[-1], ids[0], json.dumps(list(ids))))]

    def every(self, wanted: Fts, ids: Ids) -> Sequence[int]:
        """See `SearchIndex.every`; one row instead of one for each story takes half the time."""
        sql = "SELECT json_group_array(rowid) FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        (found,) = self._conn.execute(sql, (str(wanted), ids.first, ids.last)).fetchone()
        return cast("list[int]", json.loads(found))

    def count(self, wanted: Fts, ids: Ids) -> int:
        """See `SearchIndex.count`."""
        sql = "SELECT count(*) FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        (count,) = self._conn.execute(sql, (str(wanted), ids.first, ids.last)).fetchone()
        return int(count)

    def best(self, wanted: Fts, ids: Ids, limit: int) -> Ranked:
        """See `SearchIndex.best`: Robertson's BM25 as FTS5 reckons it (5.1.1); takes as long as it takes."""
        sql = (
            f"SELECT rowid, {_BM25} AS rank FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
            " ORDER BY rank, rowid DESC LIMIT ?"
        )
        return [(row[0], -row[1]) for row in self._conn.execute(sql, (str(wanted), ids.first, ids.last, limit))]

    def best_of(self, wanted: Fts, ids: Sequence[int], limit: int) -> Ranked:
        """See `SearchIndex.best_of`."""
        sql = (
            # The plus keeps SQLite from asking the index once for every id.
            f"SELECT rowid, {_BM25} AS rank FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
            " AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY rank, rowid DESC LIMIT ?"
        )
        values = (str(wanted), ids[-1], ids[0], json.dumps(list(ids)), limit)
        return [(row[0], -row[1]) for row in self._conn.execute(sql, values)]
