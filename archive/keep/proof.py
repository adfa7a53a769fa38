"""Prove that every row is what was written, and that the index says what the stories say."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive import rows
from archive.errors import ArchiveError
from archive.raw.months import damaged, open_month
from archive.search.index import entry

# Complaints of one check that are told; the rest are counted.
_TOLD = 20
_WORDS = 4  # of a headline, looked for in the index


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not as it was written: which check found it, where, and what is wrong."""

    check: str
    where: str
    what: str

    def as_json(self) -> dict[str, Any]:
        """Return the damage as plain values."""
        return asdict(self)


def prove(
    conn: sqlite3.Connection,
    *,
    share: float = 1.0,
    writable: bool = False,
    tell: Callable[[int], object] = lambda _rows: None,
) -> Iterator[Damage]:
    """Yield all that is wrong with the archive on `conn`; nothing = it is sound.

    SQLite's own check reads the whole file and sees its structure; the sum of each row sees the text. `share` (0 to 1)
    of the rows are looked at, chosen at random. `writable` says that the one writer's lock is held: then FTS5 compares
    all of its index with the stories; else the headlines of the rows are looked for in it. `tell` is called with how
    many rows were looked at. `conn` has the functions of the index and sqlite3.Row as its row factory.
    """
    yield from _structure(conn)
    yield from _count(conn)
    yield from _rows(conn, "stories", rows.SUMMED, share, tell, words=not writable)
    yield from _rows(conn, "revisions", rows.SUMMED_REVISION, share, tell, words=False)
    if writable and share == 1.0:
        yield from _index(conn)


def prove_raw(file: Path, *, share: float = 1.0) -> Iterator[Damage]:
    """Yield what is wrong with a month of raw pages: the file's structure and, at a `share` of 1, each page's hash."""
    try:
        with closing(open_month(file)) as conn:
            for (text,) in conn.execute(f"PRAGMA integrity_check({_TOLD})"):
                if text != "ok":
                    yield Damage(check="raw", where=file.name, what=text)
            for page in damaged(conn) if share == 1.0 else ():
                yield Damage(check="raw", where=f"{file.name} {page}", what="does not unpack to what was fetched")
    except (ArchiveError, sqlite3.DatabaseError) as error:
        yield Damage(check="raw", where=file.name, what=str(error))


def _structure(conn: sqlite3.Connection) -> Iterator[Damage]:
    try:
        for (text,) in conn.execute(f"PRAGMA integrity_check({_TOLD})"):
            if text != "ok":
                yield Damage(check="integrity_check", where="file", what=text)
        for table, rowid, parent, _ in conn.execute("PRAGMA foreign_key_check"):
            yield Damage(check="foreign_key_check", where=f"{table} {rowid}", what=f"refers to no row of {parent}")
    except sqlite3.DatabaseError as error:
        yield Damage(check="integrity_check", where="file", what=str(error))


def _count(conn: sqlite3.Connection) -> Iterator[Damage]:
    """Compare how many stories there are with how many the index has, and revisions with what stories count."""
    indexed = "SELECT (SELECT count(*) FROM story_index_docsize), count(*) FROM stories"
    revised = "SELECT (SELECT count(*) FROM revisions), sum(revision - 1) FROM stories"
    questions = {
        "the index has %d stories, the archive %d": indexed,
        "there are %d revisions, stories count %d": revised,
    }
    for what, question in questions.items():
        try:
            one, other = conn.execute(question).fetchone()
        except sqlite3.DatabaseError as error:
            yield Damage(check="count", where="file", what=str(error))
            continue
        if one != (other or 0):
            yield Damage(check="count", where="file", what=what % (one, other or 0))


def _rows(
    conn: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    share: float,
    tell: Callable[[int], object],
    *,
    words: bool,
) -> Iterator[Damage]:
    chance = random.Random()  # noqa: S311 - a sample, no secret
    found = conn.execute(f"SELECT * FROM {table}")
    looked = 0
    while True:
        try:
            row = found.fetchone()
        except sqlite3.DatabaseError as error:
            yield Damage(check="sum", where=table, what=str(error))
            return
        if row is None:
            break
        if share < 1.0 and chance.random() >= share:
            continue
        looked += 1
        if looked % 1000 == 0:
            tell(1000)
        where = f"{table} {row['id'] if table == 'stories' else (row['story'], row['number'])}"
        if rows.digest(row, columns) != row["sum"]:
            yield Damage(check="sum", where=where, what="is not what was written")
        elif words and not _found(conn, row):
            yield Damage(check="index", where=where, what="is not found by its headline")
    tell(looked % 1000)


def _found(conn: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Whether the index finds a story by the first words of its headline."""
    first = " ".join(entry(rows.story(dict(row))).title.split()[:_WORDS])
    if not first:
        return True
    hit = conn.execute(
        "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = ?", (f'title : "{first}"', row["id"])
    )
    return hit.fetchone() is not None


def _index(conn: sqlite3.Connection) -> Iterator[Damage]:
    """Let FTS5 compare its index with what the stories say (https://sqlite.org/fts5.html, 6.4)."""
    try:
        conn.execute("INSERT INTO story_index (story_index, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        yield Damage(check="index", where="story_index", what=str(error))
