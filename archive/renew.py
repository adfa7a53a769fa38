"""Work out anew what another version of ours worked out of the stories: addresses, content hashes, sums of rows."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from archive import rows
from archive.identity import IDENTITY_VERSION, address, content_hash, own
from archive.places import hosts
from archive.story import Story

_PART = "identity"
_AT_A_TIME = 1000


def renew(conn: sqlite3.Connection) -> bool:
    """Identify every story, revision and link anew if another version did it; say whether that was so."""
    row = conn.execute("SELECT version FROM versions WHERE part = ?", (_PART,)).fetchone()
    if row is not None and row[0] == IDENTITY_VERSION:
        return False
    for table, key, renewed in (("stories", ("id",), _story), ("revisions", ("story", "number"), _revision)):
        for old in _rows(conn, table, key):
            new = renewed(conn, old)
            columns = ", ".join(f"{name} = :{name}" for name in new)
            where = " AND ".join(f"{name} = :{name}" for name in key)
            conn.execute(f"UPDATE {table} SET {columns} WHERE {where}", old | new)
    for number, agency, url in conn.execute("SELECT id, agency, url FROM links").fetchall():
        place = own(address(url), hosts(conn, agency))
        conn.execute(
            "UPDATE links SET address = :place WHERE id = :number"
            " AND NOT EXISTS (SELECT 1 FROM links other WHERE other.agency = links.agency AND other.address = :place)",
            {"place": place, "number": number},
        )
    conn.execute("INSERT OR REPLACE INTO versions (part, version) VALUES (?, ?)", (_PART, IDENTITY_VERSION))
    return True


def _story(conn: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    new = {
        "address": own(address(row["url"]), hosts(conn, row["agency"])),
        "content_hash": content_hash(rows.story(row)),
    }
    return new | {"sum": rows.digest(row | new, rows.SUMMED)}


def _revision(conn: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    (agency,) = conn.execute("SELECT agency FROM stories WHERE id = ?", (row["story"],)).fetchone()
    said = Story(agency=agency, title=row["title"], lead=row["lead"], body=row["body"])
    new = {"content_hash": content_hash(said)}
    return new | {"sum": rows.digest(row | new, rows.SUMMED_REVISION)}


def _rows(conn: sqlite3.Connection, table: str, key: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table in the order of its key, a thousand at a time, so that it may be changed meanwhile."""
    last: tuple[Any, ...] = (-1,) * len(key)
    columns, marks = ", ".join(key), ", ".join("?" * len(key))
    while True:
        found = conn.execute(
            f"SELECT * FROM {table} WHERE ({columns}) > ({marks}) ORDER BY {columns} LIMIT {_AT_A_TIME}", last
        )
        names = [name for name, *_ in found.description]
        batch = [dict(zip(names, row, strict=True)) for row in found]
        yield from batch
        if len(batch) < _AT_A_TIME:
            return
        last = tuple(batch[-1][name] for name in key)
