"""Which stories match: their ids, newest (or oldest) first, as far as a bound; and about how many there are."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.search.deadline import Clock, interrupted
from archive.search.expression import Fts
from archive.search.frequencies import stories
from archive.search.span import DAY, ENDLESS

_AT_ONCE = 500
_ORDERS = {False: "DESC", True: "ASC"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of stories that match, in the order asked; `whole` = these are all of them."""

    ids: Sequence[int] = field(default_factory=list)
    whole: bool = True


def matching(
    conn: sqlite3.Connection, wanted: Fts, ids: Ids, limit: int, clock: Clock, *, oldest: bool = False
) -> Found:
    """Return the newest (or oldest) `limit` stories that match; fewer when the time is over before."""
    sql = (
        "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        f" ORDER BY rowid {_ORDERS[oldest]} LIMIT ?"
    )
    found = list(_in_time(conn, sql, (str(wanted), ids.first, ids.last, limit + 1), clock))
    return Found(ids=found[:limit], whole=len(found) <= limit and not clock.late)


def among(conn: sqlite3.Connection, wanted: Fts, ids: Sequence[int]) -> list[int]:
    """Return which of `ids` (newest first) match `wanted`."""
    if not ids:
        return []
    sql = (
        "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        " AND +rowid IN (SELECT value FROM json_each(?))"
    )
    return [row[0] for row in conn.execute(sql, (str(wanted), ids[-1], ids[0], json.dumps(list(ids))))]


def counted(conn: sqlite3.Connection, wanted: Fts, ids: Ids) -> int:
    """Return how many stories match, every one counted."""
    sql = "SELECT count(*) FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
    (count,) = conn.execute(sql, (str(wanted), ids.first, ids.last)).fetchone()
    return int(count)


def about(conn: sqlite3.Connection, found: Found, ids: Ids) -> int:
    """Return how many stories match in all: counted, or reckoned from how closely those found stand."""
    if found.whole or not found.ids:
        return len(found.ids)
    first, last = found.ids[0], found.ids[-1]
    seen = _stories(conn, Ids(first=ids.first, last=last) if first < last else Ids(first=last, last=ids.last))
    return max(len(found.ids), _rounded(len(found.ids) / max(1, seen) * _stories(conn, ids)))


def _stories(conn: sqlite3.Connection, ids: Ids) -> int:
    """Return about how many stories have these ids: whole days counted, the first and the last one by their share."""
    (first, number), (last, end) = divmod(ids.first, DAY), divmod(ids.last, DAY)
    before, after = max(0, number - 1), max(0, stories(conn, last, last) - end)
    return stories(conn, first, last) - min(before, stories(conn, first, first)) - after


def _rounded(number: float) -> int:
    """Return `number` with two figures: more would pretend to know."""
    return int(float(f"{number:.1e}"))


def _in_time(conn: sqlite3.Connection, sql: str, values: tuple[str | int, ...], clock: Clock) -> Iterator[int]:
    try:
        rows = conn.execute(sql, values)
        while not clock.late and (some := rows.fetchmany(_AT_ONCE)):
            yield from (row[0] for row in some)
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        clock.late = True
