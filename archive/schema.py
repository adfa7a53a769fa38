"""The archive's tables, index and views, as ordered migrations: one transaction each, with the version inside."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.errors import ArchiveError

# "BYGN": tells our files from other SQLite files (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x4259474E

# archive/migrations/0001-house.sql and so on: never changed once released, only added to.
FILES = tuple(sorted(Path(__file__).with_name("migrations").glob("*.sql")))
MIGRATIONS: tuple[str, ...] = tuple(file.read_text("utf-8") for file in FILES)


def migrate(conn: sqlite3.Connection, path: object, before: Callable[[int], object] = lambda _version: None) -> None:
    """Bring the archive on `conn` (in autocommit mode) to today's schema; `path` names it in errors.

    Each step and its number are one transaction, so a kill leaves a whole older version, never half a new one.
    `before` is called with the version of an older archive that is about to be changed. Raises ArchiveError for a file
    of a newer program or of another one.
    """
    version = check(conn, path)
    if 0 < version < len(MIGRATIONS):
        before(version)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        conn.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(script):
                conn.execute(statement)
            conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            conn.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            conn.rollback()
            raise
        conn.execute("COMMIT")


def check(conn: sqlite3.Connection, path: object) -> int:
    """Return the schema version of the file on `conn`; ArchiveError when it is not ours or newer than we are."""
    try:
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        (application,) = conn.execute("PRAGMA application_id").fetchone()
        (tables,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        raise ArchiveError(path, "no archive", str(error)) from error
    if application != APPLICATION_ID and tables:
        raise ArchiveError(path, "no archive", "an SQLite file of another program")
    if version > len(MIGRATIONS):
        raise ArchiveError(path, f"schema {version}", f"made by a newer bayegan; this one knows {len(MIGRATIONS)}")
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """Yield the SQL statements of `script`, one by one (executescript would commit the transaction)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
