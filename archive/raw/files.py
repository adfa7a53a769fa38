"""The folder of raw pages beside the archive, and its one writer: a file a Jalali month."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from archive.durable import make_folder
from archive.errors import ArchiveError, BusyError
from archive.raw.months import body_of, prepare, transaction
from archive.raw.page import Dictionary, Packed, teaches

# A dictionary is worn when pages pack so much worse than its first ones did: the site has been redesigned.
_PAGES, _WORSE = 20, 2.0


def folder_of(archive: Path) -> Path:
    """Return the folder of the raw pages of an archive: `raw`, beside it."""
    return archive.parent / "raw"


class RawWriter:
    """Writes pages; each is on the disk when `keep` returns. One writer at a time, like the archive's."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`, whose lock is held."""
        self._folder = folder
        self._files: dict[str, sqlite3.Connection] = {}
        self._wear: dict[str, _Wear] = {}

    def keep(self, page: Packed, *, teach: bool) -> None:
        """Write a page and how it was fetched; if it may `teach`, an agency without a dictionary gets it as one.

        Raises ArchiveError when the disk does not take it.
        """
        try:
            conn = self._file(page.month)
            with transaction(conn):
                self._body(conn, page)
                conn.execute(
                    "INSERT INTO fetches (page, agency, url, fetched, status, request, response)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (page.hash, page.agency, page.url, page.fetched, page.status, page.request, page.response),
                )
                if teach and self._wants(conn, page):
                    self._teach(conn, page)
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(self._folder / f"{page.month}.db", "cannot be written", str(error)) from error

    def dictionary(self, agency: str, month: str) -> Dictionary | None:
        """Return the page that an agency's pages of `month` are to be packed with; None = there is none yet."""
        if not (self._folder / f"{month}.db").exists():
            return None
        conn = self._file(month)
        found = conn.execute(
            "SELECT hash FROM dictionaries WHERE agency = ? ORDER BY version DESC LIMIT 1", (agency,)
        ).fetchone()
        return None if found is None else Dictionary(month=month, hash=found[0], body=body_of(conn, found[0]))

    def recover(self) -> None:
        """Undo what was begun in a file that was being made when the power or the disk failed: no reader can."""
        for journal in self._folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].db-journal"):
            self._file(journal.name.removesuffix(".db-journal"))

    def close(self) -> None:
        """Close the files."""
        for conn in self._files.values():
            conn.close()
        self._files.clear()

    def _body(self, conn: sqlite3.Connection, page: Packed) -> None:
        conn.execute(
            "INSERT INTO bodies (hash, dictionary, size, packed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (page.hash, page.dictionary or None, page.size, page.packed),
        )

    def _wants(self, conn: sqlite3.Connection, page: Packed) -> bool:
        """Whether an agency's first or worn dictionary is to be replaced by `page`."""
        if not teaches(page.size):
            return False
        if page.dictionary:
            return self._wear.setdefault(page.dictionary, _Wear()).worn(len(page.packed) / max(1, page.size))
        return conn.execute("SELECT 1 FROM dictionaries WHERE agency = ?", (page.agency,)).fetchone() is None

    def _teach(self, conn: sqlite3.Connection, page: Packed) -> None:
        conn.execute(
            "INSERT INTO dictionaries (hash, agency, version)"
            " SELECT :hash, :agency, 1 + coalesce(max(version), 0) FROM dictionaries WHERE agency = :agency"
            " ON CONFLICT DO NOTHING",
            {"hash": page.hash, "agency": page.agency},
        )
        self._wear.pop(page.dictionary, None)

    def _file(self, month: str) -> sqlite3.Connection:
        if month not in self._files:
            path = self._folder / f"{month}.db"
            path.touch(mode=0o600)
            conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            conn.execute("PRAGMA busy_timeout = 5000")
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            conn.execute("PRAGMA foreign_keys = ON")
            prepare(conn, path)
            self._files[month] = conn
        return self._files[month]


@dataclass(slots=True)
class _Wear:
    """How well pages packed with a dictionary: the shares of the first ones, and of the last ones."""

    first: list[float] = field(default_factory=list)
    last: deque[float] = field(default_factory=lambda: deque(maxlen=_PAGES))

    def worn(self, share: float) -> bool:
        if len(self.first) < _PAGES:
            self.first.append(share)
            return False
        self.last.append(share)
        return len(self.last) == _PAGES and sum(self.last) > _WORSE * sum(self.first)


@contextmanager
def open_raw(folder: Path) -> Iterator[RawWriter]:
    """Give a writer of raw pages, its folder made and locked; BusyError when another process writes there.

    Who writes to an archive holds its lock already, so this other one writes to another archive of the same folder.
    """
    try:
        make_folder(folder)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        why = "another archive beside this one is written to; give each a folder of its own"
        raise BusyError(folder, "in use", why) from None
    except OSError as error:
        raise ArchiveError(folder, "cannot be written", error.strerror or "") from error
    writer = RawWriter(folder)
    try:
        writer.recover()
        yield writer
    finally:
        writer.close()
        lock.release()
