"""The only writer: one process, one connection, one transaction for all that belongs together."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlite_utils import Database

from archive import rows
from archive.analysis import Analysed, analyse
from archive.errors import ArchiveError, BusyError
from archive.schema import migrate
from archive.search import index
from archive.story import iso

# Days hold far fewer stories than this; ids stay below 2**53, which JavaScript and JSON readers need.
DAY = 1_000_000


class Verdict(StrEnum):
    """What a story turned out to be."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REVISED = "revised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A story's number in the archive, and what it turned out to be."""

    id: int
    verdict: Verdict


def judge(known_hash: str | None, new_hash: str) -> Verdict:
    """Say what a story is, given the content hash the archive has of it (None = it has none)."""
    if known_hash is None:
        return Verdict.NEW
    return Verdict.UNCHANGED if known_hash == new_hash else Verdict.REVISED


@contextmanager
def open_store(path: Path, *, wait_s: float = 0) -> Iterator["Store"]:
    """Open the archive at `path` for writing, making or migrating it first; the lock beside it is held meanwhile.

    Raises BusyError when another process writes, ArchiveError when the file is not ours.
    """
    with writer_lock(path, wait_s=wait_s), closing(_connect(path)) as conn:
        migrate(conn, path)
        store = Store(conn)
        store.refresh_index()
        yield store


@contextmanager
def writer_lock(path: Path, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the one writer's lock of the archive at `path`; the system lets go of it whenever its holder dies."""
    lock = FileLock(f"{path}.lock", timeout=wait_s)
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


def _connect(path: Path) -> sqlite3.Connection:
    try:
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA busy_timeout = 5000")
        # FULL: in WAL, NORMAL loses acknowledged commits with the power (https://www.sqlite.org/pragma.html#pragma_synchronous).
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA foreign_keys = ON")
        index.register(conn)
    except sqlite3.DatabaseError as error:
        raise ArchiveError(path, "no archive", str(error)) from error
    return conn


class Store:
    """Stories in, verdicts out; every method is one transaction, durable when it returns."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Write through `conn`, which is in autocommit mode and at today's schema."""
        self.conn = conn
        self.db = Database(conn, execute_plugins=False)

    def add(self, analysed: Analysed, *, now: datetime) -> Stored:
        """Store a story unless it is known, and say what it was."""
        with self.db.atomic():
            return self._file(analysed, iso(now))

    def add_all(self, batch: Sequence[Analysed], *, now: datetime) -> list[Stored]:
        """Store many stories in one transaction: all of them or none."""
        with self.db.atomic():
            return [self._file(one, iso(now)) for one in batch]

    def refresh_index(self) -> bool:
        """Write the whole index anew if another analysis made it; say whether that was so."""
        with self.db.atomic():
            return index.refresh(self.conn)

    def add_agency(self, key: str, name: str = "") -> None:
        """Make an agency known; a name given later replaces the empty one."""
        self.conn.execute(
            "INSERT INTO agencies (key, name) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''",
            (key, name),
        )

    def _file(self, new: Analysed, now: str) -> Stored:
        self.add_agency(new.story.agency)
        known = self._known(new)
        verdict = judge(known["content_hash"] if known else None, new.content_hash)
        if known is None:
            return Stored(id=self._insert(new, now), verdict=verdict)
        if verdict is Verdict.REVISED:
            self._revise(known, new, now)
        else:
            self.db.table("stories").update(known["id"], {**rows.filled(known, new), "last_seen": now})
        return Stored(id=known["id"], verdict=verdict)

    def _known(self, new: Analysed) -> dict[str, Any] | None:
        """Climb the identity ladder: agency story id, address, content hash."""
        story, stories = new.story, self.db.table("stories")
        if story.story_id is not None:
            for row in stories.rows_where("agency = ? AND story_id = ?", (story.agency, story.story_id)):
                return row
        if new.address:
            # Two different story ids are two stories, whatever address they share.
            where = "agency = ? AND address = ? AND (story_id IS NULL OR ? IS NULL)"
            for row in stories.rows_where(where, (story.agency, new.address, story.story_id)):
                return row
        if story.story_id is None:
            # The same words of the same moment: one story under two addresses.
            where = "agency = ? AND content_hash = ? AND published IS ?"
            for row in stories.rows_where(where, (story.agency, new.content_hash, rows.moment(story.published))):
                return row
        return None

    def _insert(self, new: Analysed, now: str) -> int:
        number = self._next_id(rows.day(new.story, now))
        self.db.table("stories").insert({"id": number, **rows.of(new), "first_seen": now, "last_seen": now})
        index.put(self.conn, number, new.entry)
        return number

    def _next_id(self, day: int) -> int:
        """Return the next free number of `day` (yyyymmdd)."""
        (last,) = self.conn.execute(
            "SELECT max(id) FROM stories WHERE id BETWEEN ? AND ?", (day * DAY, day * DAY + DAY - 1)
        ).fetchone()
        return day * DAY + 1 if last is None else int(last) + 1

    def _revise(self, known: dict[str, Any], new: Analysed, now: str) -> None:
        """Move the known text to the revisions and put the new one in its place."""
        self.db.table("revisions").insert(rows.superseded(known))
        index.remove(self.conn, known["id"], analyse(rows.story(known)).entry)
        changes = {"revision": known["revision"] + 1, "revised": now, "last_seen": now}
        self.db.table("stories").update(known["id"], {**rows.merged(known, new), **changes})
        index.put(self.conn, known["id"], new.entry)
