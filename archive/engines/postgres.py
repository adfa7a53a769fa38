"""An archive that many machines share, in PostgreSQL: opened for reading or writing, its tables made."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.engines import ddl
from archive.engines.connection import Postgres
from archive.errors import ArchiveError
from archive.place import Shared
from archive.schema import MIGRATIONS

# What is written down of the schema's version, and of how much of its own a shared archive has.
_PART, _OWN, _TABLES = "schema", "shared", "tables.sql"


@contextmanager
def open_reader(shared: Shared) -> Iterator[sqlite3.Connection]:
    """Open a shared archive for reading; ArchiveError when there is none, or it is not of this program's version."""
    with closing(Postgres(shared)) as conn:
        version = _version(conn)
        if version != len(MIGRATIONS):
            raise ArchiveError(shared.told, *_unlike(version))
        yield conn.as_sqlite


@contextmanager
def open_writer(shared: Shared) -> Iterator[Postgres]:
    """Open a shared archive for writing beside others, making its tables first; ArchiveError when it is newer."""
    with closing(Postgres(shared, writing=True)) as conn:
        version = _version(conn)
        if version > len(MIGRATIONS):
            raise ArchiveError(shared.told, *_unlike(version))
        if version < len(MIGRATIONS) or _version(conn, _OWN) < len(_statements(_TABLES)):
            _make(conn)
        yield conn


def _make(conn: Postgres) -> None:
    """Make what is not there of tables, functions, keys and views; one machine at a time."""
    with conn.atomic():
        for statement in (*_statements("functions.sql"), *ddl.statements(), *_statements(_TABLES)):
            conn.execute(statement)
        for part, version in ((_PART, len(MIGRATIONS)), (_OWN, len(_statements(_TABLES)))):
            conn.execute("INSERT OR REPLACE INTO versions (part, version) VALUES (?, ?)", (part, version))


def _version(conn: Postgres, part: str = _PART) -> int:
    """Return the version of a part of a shared archive; 0 when the database is empty."""
    if conn.execute("SELECT to_regclass('versions')").fetchone()[0] is None:  # type: ignore[index]
        return 0
    row = conn.execute("SELECT version FROM versions WHERE part = ?", (part,)).fetchone()
    return 0 if row is None else int(row[0])


def _unlike(version: int) -> tuple[str, str]:
    if not version:
        return "no archive", "an empty database; `bayegan migrate --to` or a worker fills it"
    return f"schema {version}", f"made by another bayegan; this one knows {len(MIGRATIONS)}"


def _statements(file: str) -> list[str]:
    return Path(__file__).with_name(file).read_text("utf-8").strip().split("\n\n")[1:]
