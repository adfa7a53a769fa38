"""Whole copies of an archive that is in use: never a torn one, never one that was not looked through."""

import sqlite3
from contextlib import closing
from pathlib import Path

from archive.durable import flush
from archive.errors import ArchiveError
from archive.search.index import register


def copy(conn: sqlite3.Connection, to: Path) -> None:
    """Write a copy of the archive on `conn` to the new file `to`, durable and proved sound when this returns.

    VACUUM INTO copies one moment while readers and the writer go on (a copy of the file itself is torn, a stepwise
    backup never ends under writes). It is made under another name, flushed, looked through and only then renamed: a
    file called `to` is whole. Raises ArchiveError when there is such a file or the disk does not take it.
    """
    if to.exists():
        raise ArchiveError(to, "is there already", "a copy never replaces a file")
    part = to.with_name(f".{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(0o600)  # VACUUM INTO takes an empty file, and leaves its mode
        conn.execute("VACUUM INTO ?", (str(part),))
        flush(part)
        with closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as copied:
            register(copied)
            damage = [text for (text,) in copied.execute("PRAGMA integrity_check(3)") if text != "ok"]
        if damage:
            raise ArchiveError(to, "the copy is damaged", "; ".join(damage))
        part.rename(to)
        flush(to.parent)
    except OSError as error:
        raise ArchiveError(to, "cannot be written", error.strerror or "") from error
    except sqlite3.Error as error:
        raise ArchiveError(to, "no copy could be made", str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def copy_aside(conn: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the archive at `path` beside itself before its schema (`version`) is changed; return where.

    One that is there from an earlier try is as good: the archive has not been changed since.
    """
    to = path.with_name(f"{path.name}.schema-{version}")
    if not to.exists():
        copy(conn, to)
    return to
