"""One month's file of raw pages: made, opened, read and looked through."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from archive.errors import ArchiveError
from archive.raw.page import RawPage, digest, unpack

APPLICATION_ID = 0x42594752  # "BYGR"
VERSION = 1
_SCHEMA = Path(__file__).with_name("schema.sql")


def read_page(folder: Path, month: str, page: str, fetched: str = "") -> RawPage:
    """Return a raw page by its hash, as it was fetched last (or at `fetched`); raises ArchiveError."""
    path = folder / f"{month}.db"
    with closing(open_month(path)) as conn:
        row = conn.execute(
            "SELECT agency, url, fetched, status, request, response FROM fetches WHERE page = ?"
            " ORDER BY fetched = ? DESC, id DESC LIMIT 1",
            (page, fetched),
        ).fetchone()
        if row is None:
            raise ArchiveError(path, f"page {page}", "is not there")
        try:
            return _page(row, body_of(conn, page))
        except ValueError as error:
            raise ArchiveError(path, f"page {page}", str(error)) from error


def has_page(folder: Path, month: str, page: str) -> bool:
    """Whether a raw page is in `folder`: of a shared archive others may have it."""
    path = folder / f"{month}.db"
    if not path.exists():
        return False
    with closing(open_month(path)) as conn:
        return conn.execute("SELECT 1 FROM fetches WHERE page = ?", (page,)).fetchone() is not None


def open_month(path: Path) -> sqlite3.Connection:
    """Open a month's file for reading; raises ArchiveError when it is missing or not ours."""
    try:
        conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        (application,) = conn.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(path, "raw pages cannot be read", str(error)) from error
    if application != APPLICATION_ID:
        conn.close()
        raise ArchiveError(path, "raw pages cannot be read", "an SQLite file of another program")
    return conn


def months(folder: Path) -> list[Path]:
    """Return the files of raw pages, the earliest month first; one that was only begun when we were killed is none."""
    return [file for file in sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].db")) if not _is_bare(file)]


def _is_bare(path: Path) -> bool:
    """Whether a file has no table yet."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        return bool(conn.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])
    return False


def damaged(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield the hash of each page that does not unpack to what it was."""
    for (page,) in conn.execute("SELECT hash FROM bodies ORDER BY id").fetchall():
        try:
            whole = digest(body_of(conn, page)) == page
        except ValueError:
            whole = False
        if not whole:
            yield page


def body_of(conn: sqlite3.Connection, page: str) -> bytes:
    """Return the body of a page by its hash; raises ValueError when it is not there or does not unpack."""
    row = conn.execute("SELECT packed, size, dictionary FROM bodies WHERE hash = ?", (page,)).fetchone()
    if row is None:
        raise ValueError("its body is not there")
    packed, size, known = row
    # A dictionary may have been packed with an earlier one, and so on: as many as the site was redesigned that month.
    return unpack(packed, size, None if known is None else body_of(conn, known))


def prepare(conn: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file; refuse one that is another program's or a newer one's."""
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise ArchiveError(path, "no raw pages", "an SQLite file of another program")
    if version > VERSION:
        raise ArchiveError(path, f"raw pages {version}", f"made by a newer bayegan; this one knows {VERSION}")
    if version < VERSION:
        with transaction(conn):
            for statement in _SCHEMA.read_text("utf-8").split(";\n"):
                conn.execute(statement)
            conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            conn.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done in the block, or none of it."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        conn.rollback()
        raise
    conn.execute("COMMIT")


def _page(row: tuple[str, str, str, int, str, str], body: bytes) -> RawPage:
    agency, url, fetched, status, request, response = row
    return RawPage(
        agency=agency,
        url=url,
        fetched=datetime.fromisoformat(fetched),
        status=status,
        body=body,
        request=tuple((name, value) for name, value in json.loads(request)),
        response=tuple((name, value) for name, value in json.loads(response)),
    )
