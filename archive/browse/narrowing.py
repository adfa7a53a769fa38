"""Filters that the index does not hold: stories changed, taken down, copied, or an agency's own."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from archive.search.finding import find
from archive.search.hits import Hits, hits_of
from archive.search.query import Query

# The hits that are looked through, in the order asked for; older ones are found by narrowing the days.
LOOKED_THROUGH = 2000

_COPIES = "SELECT story FROM clusters WHERE story <> cluster"
CONDITIONS = {
    "changed": "revision > 1",
    "withdrawn": "id IN (SELECT story FROM withdrawals WHERE withdrawn IS NOT NULL AND reappeared IS NULL)",
    "copied": f"id IN ({_COPIES})",
    "own": f"id NOT IN ({_COPIES})",
}


def narrowed(conn: sqlite3.Connection, query: Query, only: str, skip: int) -> Hits:
    """Return the hits of `query` that are `only` (a key of CONDITIONS), without the first `skip` of them.

    The cursor is how many to skip next time.
    """
    found = find(conn, replace(query, limit=LOOKED_THROUGH, cursor=""))
    kept = _kept(conn, [story for story, _ in found.page], only)
    page = [one for one in found.page if one[0] in kept]
    shown = page[skip : skip + query.limit]
    end = skip + len(shown)
    return Hits(
        hits=hits_of(conn, shown, found.marks),
        count=len(page),
        about=len(found.page) < found.count,
        cursor=str(end) if end < len(page) else "",
        facets=found.facets,
        notes=found.notes,
    )


def _kept(conn: sqlite3.Connection, stories: Sequence[int], only: str) -> set[int]:
    sql = f"SELECT id FROM stories WHERE id IN (SELECT value FROM json_each(?)) AND {CONDITIONS[only]}"
    return {story for (story,) in conn.execute(sql, (json.dumps(list(stories)),))}
