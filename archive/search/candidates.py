"""Which stories match: their ids, newest (or oldest) first, as far as a bound; and about how many there are."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from archive.search.deadline import Clock, interrupted
from archive.search.engine import Ids, index_of
from archive.search.expression import Fts
from archive.search.frequencies import stories
from archive.search.span import DAY

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of stories that match, in the order asked; `whole` = these are all of them."""

    ids: Sequence[int] = field(default_factory=list)
    whole: bool = True


def matching(
    conn: sqlite3.Connection, wanted: Fts, ids: Ids, limit: int, clock: Clock, *, oldest: bool = False
) -> Found:
    """Return the newest (or oldest) `limit` stories that match; fewer when the time is over before."""
    walk = index_of(conn).walk(wanted, ids, limit + 1, oldest=oldest)
    found = list(_in_time(walk, clock))
    return Found(ids=found[:limit], whole=len(found) <= limit and not clock.late)


def all_matching(
    conn: sqlite3.Connection, wanted: Fts, ids: Ids, limit: int, clock: Clock, *, oldest: bool = False
) -> Found:
    """Return the same where few stories match; none when the time is over before."""
    try:
        found = sorted(index_of(conn).every(wanted, ids), reverse=not oldest)
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        clock.late = True
        return Found(whole=False)
    return Found(ids=found[:limit], whole=len(found) <= limit)


def among(conn: sqlite3.Connection, wanted: Fts, ids: Sequence[int]) -> list[int]:
    """Return which of `ids` (newest first) match `wanted`."""
    return index_of(conn).among(wanted, ids) if ids else []


def counted(conn: sqlite3.Connection, wanted: Fts, ids: Ids) -> int:
    """Return how many stories match, every one counted."""
    return index_of(conn).count(wanted, ids)


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


def _in_time(walk: Iterator[int], clock: Clock) -> Iterator[int]:
    try:
        while not clock.late and (some := list(islice(walk, _AT_ONCE))):
            yield from some
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        clock.late = True
