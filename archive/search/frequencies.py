"""How many stories hold each index term: what a search is planned with; right when it matters, allowed to lag.

The writer gathers words in memory and writes their sums for many stories, or when it ends (`Counts`); a kill loses
what was not written yet, never the table. Nothing a search returns is decided by a count alone: a plan may rank with
other words or spell out a prefix otherwise, and every step of it is bounded by rows, not by what this table says.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from archive.search.engine import index_of
from archive.search.expression import Fts, leaves
from archive.search.index import Entry
from archive.search.plan import PREFIX_POSTINGS, PREFIX_WORDS, Beginning

# Stories whose words wait to be counted at once: counted one by one, each would find the counts out of the processor's
# cache. As many as a transaction of many has, which are counted while it is committed.
LOT = 1_000
# Different words that may wait to be written, for each KiB that SQLite may keep: they take a quarter of that.
WORDS_A_KIB = 2


class Counts:
    """The words of stories that are not counted in the table yet."""

    def __init__(self, cache_kib: int) -> None:
        """Begin with nothing, for a writer whose SQLite may keep `cache_kib` in memory."""
        self._most = WORDS_A_KIB * cache_kib
        self._added: list[str] = []
        self._removed: list[str] = []
        self._counts: Counter[str] = Counter()

    @property
    def due(self) -> bool:
        """Whether enough words have gathered to be written."""
        return len(self._counts) >= self._most

    def add(self, entry: Entry) -> None:
        """Count a story that was put into the index."""
        self._added.append(entry.terms)
        self._count_lot()

    def remove(self, entry: Entry) -> None:
        """Count a story that was taken out of the index."""
        self._removed.append(entry.terms)
        self._count_lot()

    def count(self) -> None:
        """Count the words of all stories that were added and removed."""
        self._counts.update(chain.from_iterable(map(str.split, self._added)))
        self._counts.subtract(chain.from_iterable(map(str.split, self._removed)))
        self._added.clear()
        self._removed.clear()

    def write(self, conn: sqlite3.Connection) -> None:
        """Add the sums to the table and begin again; the caller holds the transaction."""
        self.count()
        # In the order of the table, so that each of its pages is written once.
        rows = sorted((term, count) for term, count in self._counts.items() if count)
        conn.executemany(
            "INSERT INTO frequencies (term, stories) VALUES (?, ?)"
            " ON CONFLICT (term) DO UPDATE SET stories = max(0, frequencies.stories + excluded.stories)",
            rows,
        )
        self._counts.clear()

    def _count_lot(self) -> None:
        if len(self._added) + len(self._removed) > LOT:
            self.count()


def file(conn: sqlite3.Connection, day: int) -> None:
    """Count a new story under its day (yyyymmdd)."""
    conn.execute("INSERT INTO days VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET stories = days.stories + 1", (day,))


def recount(conn: sqlite3.Connection) -> None:
    """Count the whole index anew: a second for every ten thousand stories or so; the caller holds the transaction."""
    conn.execute("DELETE FROM frequencies")
    index_of(conn).recount()


def frequencies(conn: sqlite3.Connection, nodes: Iterable[Fts]) -> dict[str, int]:
    """Return how many stories hold each term that `nodes` test; those nobody counted yet are left out."""
    asked = list({term for node in nodes for test in leaves(node) for term in test.phrase})
    marks = ", ".join("?" * len(asked))
    return dict(conn.execute(f"SELECT term, stories FROM frequencies WHERE term IN ({marks})", asked))


def beginnings(conn: sqlite3.Connection, prefix: str) -> Beginning:
    """Return what is known of the words that begin with `prefix`."""
    bounds = (prefix, prefix + "\U0010ffff")
    words, postings = conn.execute(
        "SELECT count(*), total(stories) FROM frequencies WHERE term >= ? AND term < ?", bounds
    ).fetchone()
    if postings <= PREFIX_POSTINGS:
        return Beginning(postings=int(postings), words=words, commonest=())
    found = conn.execute(
        "SELECT term FROM frequencies WHERE term >= ? AND term < ? ORDER BY stories DESC, term LIMIT ?",
        (*bounds, PREFIX_WORDS),
    )
    return Beginning(postings=int(postings), words=words, commonest=tuple(term for (term,) in found))


def stories(conn: sqlite3.Connection, first: int = 0, last: int = 99_999_999) -> int:
    """Return how many stories are filed under the days (yyyymmdd) from `first` to `last`."""
    (count,) = conn.execute(
        "SELECT coalesce(sum(stories), 0) FROM days WHERE day BETWEEN ? AND ?", (first, last)
    ).fetchone()
    return int(count)


def newest_day(conn: sqlite3.Connection, count: int) -> int:
    """Return the day (yyyymmdd) since which `count` stories were filed; 0 when there are fewer."""
    for day, number in conn.execute("SELECT day, stories FROM days ORDER BY day DESC"):
        count -= number
        if count <= 0:
            return int(day)
    return 0
