"""The one writer's lock and its connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import ArchiveError, BusyError
from archive.search import index

# A story takes two thirds of SQLite's own 4 KiB: one a page, the rest lost.
PAGE_BYTES = 8192
# The upper pages of every index, and those the last stories were written to; SQLite's own 2 MiB hold neither.
CACHE_KIB = 40 * 1024
# Of a supervisor, which is there for months and writes a story every ten seconds, and of one crawl: soon done with it.
SMALL_CACHE_KIB = 8 * 1024
# What the WAL keeps on the disk, and when it is copied into the archive: many a page is written by story after story,
# and copied once for all of them (by SQLite's own 1,000 pages a transaction of one story takes a tenth longer).
WAL_BYTES = 32 * 1024 * 1024
CHECKPOINT_PAGES = 4_000


@contextmanager
def writer_lock(path: Path, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the one writer's lock of the archive at `path`; the system lets go of it whenever its holder dies."""
    lock = FileLock(f"{path}.lock", timeout=wait_s, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(path, "in use", "another bayegan writes to this archive") from None
    except OSError as error:
        raise ArchiveError(path, "cannot be opened", error.strerror or "") from error
    try:
        yield
    finally:
        lock.release()


def connect(path: Path, cache_kib: int = CACHE_KIB) -> sqlite3.Connection:
    """Return a connection that writes to the archive at `path`, in autocommit mode; raises ArchiveError."""
    try:
        # Made here, since SQLite would let the group and others read it; its -wal and -shm get the same mode.
        path.touch(0o600)
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA busy_timeout = 5000")
        conn.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a file that is made now; another keeps its own
        # FULL: in WAL, NORMAL loses acknowledged commits with the power (https://www.sqlite.org/pragma.html#pragma_synchronous).
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        # Some systems' SQLite overwrites with zeros what it frees; the index frees pages with every merge.
        conn.execute("PRAGMA secure_delete = OFF")
        conn.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        # A long reader lets the WAL grow; when it has left, the file shrinks to this again.
        conn.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute(f"PRAGMA cache_size = -{cache_kib}")
        index.register(conn)
    except OSError as error:
        raise ArchiveError(path, "cannot be opened", error.strerror or "") from error
    except sqlite3.DatabaseError as error:
        raise ArchiveError(path, "no archive", str(error)) from error
    return conn
