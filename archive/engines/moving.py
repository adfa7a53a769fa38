"""A whole archive from one engine into another: table by table in the order of its keys, then held against the first.

A table is copied up to some key at any moment, so whoever is interrupted goes on behind the last key that arrived. What
is worked out from the stories (the index, counts of words, fingerprints) is not copied but worked out again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from archive.engines import ddl
from archive.errors import ArchiveError
from archive.search.frequencies import recount
from archive.store import Store

# Each engine's own, or worked out again.
_DERIVED = frozenset({"versions", "frequencies", "fingerprints", "fingerprint_days"})
_UNDER_WAY = "moving"
_AT_ONCE = 500

type Say = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A table as it was compared: rows, and the SHA-256 over all of them in the order of their keys."""

    table: str
    rows: int
    sum: str


def tables() -> tuple[str, ...]:
    """Return the tables that are copied, each after those that it refers to."""
    return tuple(table for table in ddl.columns() if table not in _DERIVED)


def move(source: sqlite3.Connection, target: Store, where: object, say: Say = lambda _table, _rows: None) -> list[Held]:
    """Copy what `source` holds into `target` (named `where` in errors), and compare them; return what was compared.

    `say` is told of each table how many rows more have arrived. Raises ArchiveError when `target` is another archive
    already, or when the two differ in the end: somebody wrote meanwhile.
    """
    _claim(target, where)
    for table in tables():
        for count in _copy(source, target, table):
            say(table, count)
    _finish(target)
    held = []
    for table in tables():
        ours, theirs = _held(source, table), _held(target.conn, table)
        if ours != theirs:
            why = f"{ours.rows} rows there, {theirs.rows} here, or other ones; nothing may write meanwhile"
            raise ArchiveError(where, f"{table} came over otherwise", why)
        held.append(ours)
    with target.atomic():
        target.conn.execute("DELETE FROM versions WHERE part = ?", (_UNDER_WAY,))
    return held


def _claim(target: Store, where: object) -> None:
    """Mark `target` as one that is being filled; refuse one that was filled otherwise."""
    with target.atomic():
        if target.conn.execute("SELECT 1 FROM versions WHERE part = ?", (_UNDER_WAY,)).fetchone():
            return
        for table in tables():
            if target.conn.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                raise ArchiveError(where, "is no empty archive", f"there are rows in {table}")
        target.conn.execute("INSERT INTO versions (part, version) VALUES (?, 1)", (_UNDER_WAY,))


def _copy(source: sqlite3.Connection, target: Store, table: str) -> Iterator[int]:
    """Copy the rows behind the last key that arrived, a transaction for each few hundred; yield how many those were."""
    key, names = ddl.keys()[table], ddl.columns()[table]
    columns, order = ", ".join(names), ", ".join(f"{name} DESC" for name in key)
    last = target.conn.execute(f"SELECT {', '.join(key)} FROM {table} ORDER BY {order} LIMIT 1").fetchone()
    insert = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"
    for some in _batches(source, table, last):
        with target.atomic():
            target.conn.executemany(insert, some)
        yield len(some)


def _batches(
    conn: sqlite3.Connection, table: str, last: Sequence[Any] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    key, names = ddl.keys()[table], ddl.columns()[table]
    places, order = [names.index(name) for name in key], ", ".join(key)
    while True:
        behind = f"WHERE ({order}) > ({', '.join('?' * len(key))})" if last is not None else ""
        sql = f"SELECT {', '.join(names)} FROM {table} {behind} ORDER BY {order} LIMIT {_AT_ONCE}"
        some = [tuple(row) for row in conn.execute(sql, tuple(last or ()))]
        if some:
            yield some
            last = tuple(some[-1][place] for place in places)
        if len(some) < _AT_ONCE:
            return


def _finish(target: Store) -> None:
    """Work out what was not copied."""
    settle = getattr(target.conn, "settle", None)
    if settle is not None:
        settle()
        with target.atomic():
            recount(target.conn)
    with target.atomic():
        parts = ("sketch",) if settle is not None else ("sketch", "index")
        target.conn.executemany("DELETE FROM versions WHERE part = ?", [(part,) for part in parts])
    target.refresh_index()
    target.refresh_sketches()


def _held(conn: sqlite3.Connection, table: str) -> Held:
    total, rows = sha256(), 0
    for some in _batches(conn, table):
        rows += len(some)
        for row in some:
            total.update(repr(row).encode())
    return Held(table=table, rows=rows, sum=total.hexdigest())
