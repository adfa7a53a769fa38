"""The only writer: one process, one connection, one transaction for all that belongs together.

Longer than others, because whatever way a story comes in, is read anew or is taken over, is one transaction here.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from archive import place, places, rows
from archive.analysis import Analysed
from archive.duplicates import filing
from archive.duplicates.recluster import Moved, recluster
from archive.duplicates.shelf import Shelves
from archive.export import past
from archive.export.jsonl import Whole
from archive.identity import own
from archive.indexing import Indexing
from archive.keep.copies import copy_aside
from archive.ladder import climb, oldest
from archive.lock import CACHE_KIB, connect, writer_lock
from archive.renew import renew
from archive.schema import migrate
from archive.search.span import DAY
from archive.story import iso
from archive.verdict import Stored, Verdict, has_slipped, judge

# A better reading may find a better date; the story's number stays, so that permalinks hold.
_DATED = ("published", "published_raw", "dates")


@contextmanager
def open_store(
    path: Path, *, wait_s: float = 0, alerts: Path | None = None, cache_kib: int = CACHE_KIB
) -> Iterator["Store"]:
    """Open the archive at `path` for writing, making or migrating it first; the lock beside it is held meanwhile.

    SQLite may keep `cache_kib` of it in memory, and what is gathered is in proportion: `SMALL_CACHE_KIB` for who stays
    long and writes little. An archive of an older schema is copied beside itself before it is migrated. A shared
    archive has no such lock: each transaction waits for its turn. Raises BusyError when another process writes,
    ArchiveError when the file is not ours.
    """
    with _opened(path, wait_s, cache_kib) as ground:
        store = Store(ground, alerts, cache_kib)
        store.refresh_identities()
        store.refresh_index()
        store.refresh_sketches()
        yield store
        store.close()


class Ground(NamedTuple):
    """What a store stands on: a connection, what begins and ends its transactions, and its shelves.

    `path` is the archive's file; of a shared archive where this machine keeps what stands beside it.
    """

    conn: sqlite3.Connection
    db: Any
    shelves: Shelves
    path: Path


@contextmanager
def _opened(path: Path, wait_s: float, cache_kib: int) -> Iterator[Ground]:
    if shared := place.shared_at(path):
        with place.engine(shared).open_writer(shared) as engine:
            yield Ground(engine.as_sqlite, engine, engine.shelves, path)
        return
    with writer_lock(path, wait_s=wait_s), closing(connect(path, cache_kib)) as conn:
        migrate(conn, path, before=lambda version: copy_aside(conn, path, version))
        yield Ground(conn, Database(conn, execute_plugins=False), Shelves(conn), path.absolute())


class Store:
    """Stories in, verdicts out; every method is one transaction, durable when it returns."""

    def __init__(self, ground: Ground, alerts: Path | None = None, cache_kib: int = CACHE_KIB) -> None:
        """Write through the connection of `ground`, which is in autocommit mode and at today's schema.

        Stories are held against the saved searches of the folder `alerts`; None = there are none.
        """
        self.conn, self.db, self._shelves, self.path = ground
        self._hosts: dict[str, frozenset[str]] = {}
        self._indexing = Indexing(self.conn, alerts, cache_kib)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Hold a transaction, or be a part of the one under way: what is undone is undone as a whole."""
        if self.conn.in_transaction:
            yield
            return
        try:
            with self.db.atomic():
                yield
        except BaseException:
            self._hosts.clear()  # of agencies that were made known in what is undone
            raise

    def add(self, analysed: Analysed, *, now: datetime) -> Stored:
        """Store a story unless it is known, and say what it was."""
        with self.atomic():
            stored = self._file(analysed, iso(now))
        self.publish()
        return stored

    def add_all(self, batch: Sequence[Analysed], *, now: datetime) -> list[Stored]:
        """Store many stories in one transaction: all of them or none."""
        with self._batch():
            stored = [self._file(one, iso(now)) for one in batch]
        self.publish()
        return stored

    def restore_all(self, batch: Sequence[Whole]) -> list[Stored]:
        """Take in stories with their past, as another archive had them, in one transaction.

        A story nobody knew keeps its number if that is free. A known one is taken over if it goes on from what we have;
        else it counts as a look at it, unless ours is the later one.
        """
        with self._batch():
            stored = [self._restore(one) for one in batch]
        self.publish()
        return stored

    @contextmanager
    def _batch(self) -> Iterator[None]:
        """Hold a transaction of many stories; their words are counted while it is committed, which takes no Python."""
        with ThreadPoolExecutor(1) as aside, self.atomic():
            yield
            counted = aside.submit(self._indexing.count)
        counted.result()

    def publish(self) -> None:
        """Write the feeds of saved searches that matched something, unless a transaction is still under way."""
        self._indexing.publish()

    def refresh_index(self) -> bool:
        """Write the whole index anew if another analysis made it; say whether that was so."""
        with self.atomic():
            return self._indexing.refresh()

    def refresh_sketches(self) -> bool:
        """Take the fingerprints of the last days anew if another version took them; say whether that was so."""
        with self.atomic():
            return filing.refresh(self._shelves)

    def close(self) -> None:
        """Write what was kept in memory: how often words occurred, and feeds that are not written yet."""
        with self.atomic():
            self._indexing.write_counts()
        self._indexing.close()

    def recluster(self, first: date, last: date, *, dry: bool) -> tuple[int, list[Moved]]:
        """Compare the stories of some days anew; return how many, and whose cluster changed, or would if `dry`."""
        self.db.begin()
        try:
            found = recluster(self._shelves, first, last)
        except BaseException:
            self.db.rollback()
            raise
        if dry:
            self.db.rollback()
        else:
            self.db.commit()
        return found

    def row(self, story: int) -> dict[str, Any]:
        """Return the row of a story; KeyError when there is none."""
        row = oldest(self.conn, "id = ?", story)
        if row is None:
            raise KeyError(story)
        return row

    def touch(self, story: int, *, now: datetime) -> datetime | None:
        """Note that a story stands unchanged; return when it was published (None = not known)."""
        (published,) = self.conn.execute("SELECT published FROM stories WHERE id = ?", (story,)).fetchone()
        self.conn.execute("UPDATE stories SET last_seen = ? WHERE id = ?", (iso(now), story))
        return None if published is None else datetime.fromisoformat(published)

    def foresee(self, analysed: Analysed) -> tuple[Verdict, int | None]:
        """Say what a story would turn out to be, and the number of the one it would be known as (None: it is new)."""
        new = replace(analysed, address=own(analysed.address, self._hosts_of(analysed.story.agency)))
        known = climb(self.conn, new)
        if known is None:
            return Verdict.NEW, None
        return judge(known["content_hash"], new.content_hash, slipped=has_slipped(known, new.story)), int(known["id"])

    def retell(self, story: int, analysed: Analysed) -> None:
        """Put a better reading of the same page in place of a story's text: no revision, its agency changed nothing."""
        with self.atomic():
            known = self.row(story)
            new = replace(analysed, address=own(analysed.address, self._hosts_of(known["agency"])))
            row = rows.of(new.story) if new.story.published is not None else {}
            self._replace(known, new, {name: row[name] for name in _DATED if name in row})

    def retell_revision(self, story: int, number: int, analysed: Analysed) -> None:
        """Put a better reading of the same page in place of a superseded revision's text; KeyError: there is none."""
        found = self.conn.execute("SELECT * FROM revisions WHERE story = ? AND number = ?", (story, number))
        known = found.fetchone()
        if known is None:
            raise KeyError(number)
        row = dict(zip((name for name, *_ in found.description), known, strict=True))
        fresh = rows.of(analysed.story) | {"content_hash": analysed.content_hash}
        row |= {name: fresh[name] for name in rows.REVISION if name in fresh}
        row["sum"] = rows.digest(row, rows.SUMMED_REVISION)
        columns = ", ".join(f"{name} = :{name}" for name in row if name not in ("story", "number"))
        self.conn.execute(f"UPDATE revisions SET {columns} WHERE story = :story AND number = :number", row)

    def refresh_identities(self) -> bool:
        """Identify every story anew if another version of ours did it; say whether that was so."""
        with self.atomic():
            return renew(self.conn)

    def add_agency(self, key: str, name: str = "", hosts: Sequence[str] = ()) -> None:
        """Make an agency known; a name or hosts given later replace empty ones.

        `hosts` all lead to the same stories: addresses there are known without their host.
        """
        with self.atomic():
            self.conn.execute(
                "INSERT INTO agencies (key, name, hosts) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                " name = coalesce(nullif(excluded.name, ''), agencies.name),"
                " hosts = iif(excluded.hosts = '[]', agencies.hosts, excluded.hosts)",
                (key, name, json.dumps(hosts)),
            )
            places.settle(self.conn, key, hosts)
        self._hosts.pop(key, None)

    def _file(self, new: Analysed, now: str) -> Stored:
        new = replace(new, address=own(new.address, self._hosts_of(new.story.agency)))
        known = climb(self.conn, new)
        if known is None:
            return Stored(id=self._insert(new, now), verdict=Verdict.NEW)
        verdict = judge(known["content_hash"], new.content_hash, slipped=has_slipped(known, new.story))
        if verdict is Verdict.REVISED:
            self._revise(known, new, now)
        else:
            self._update(known, {**rows.filled(known, _row_of(new)), "last_seen": now})
        places.remember(self.conn, known, new, self._hosts[new.story.agency])
        return Stored(id=known["id"], verdict=verdict)

    def _hosts_of(self, agency: str) -> frozenset[str]:
        """Return an agency's own hosts; an agency nobody knew is made known."""
        if agency not in self._hosts:
            self.conn.execute("INSERT INTO agencies (key) VALUES (?) ON CONFLICT DO NOTHING", (agency,))
            self._hosts[agency] = places.hosts(self.conn, agency)
        return self._hosts[agency]

    def _insert(self, new: Analysed, now: str) -> int:
        number = self._next_id(rows.day(new.story, now))
        self._put(new, rows.first(_row_of(new), number, now), now)
        return number

    def _put(self, new: Analysed, row: dict[str, Any], now: str) -> None:
        """Put a story that nobody knew into the tables, into the index and among its copies."""
        self.conn.execute(_INSERT, row)
        places.remember(self.conn, row, new, self._hosts[new.story.agency])
        self._indexing.add(row["id"], new.entry, now)
        filing.file(self._shelves, row, new.sketch)

    def _restore(self, whole: Whole) -> Stored:
        agency = whole.analysed.story.agency
        hosts = () if self._hosts_of(agency) else whole.agency_hosts
        (name,) = self.conn.execute("SELECT name FROM agencies WHERE key = ?", (agency,)).fetchone()
        if hosts or (not name and whole.agency_name):
            self.add_agency(agency, name or whole.agency_name, hosts)
        new = replace(whole.analysed, address=own(whole.analysed.address, self._hosts_of(agency)))
        known = climb(self.conn, new)
        if known is None:
            number = self._free(whole.row["id"]) or self._next_id(rows.day(new.story, whole.row["first_seen"]))
            self._put(new, rows.summed({**whole.row, "id": number}), whole.row["last_seen"])
            past.write(self.conn, number, whole)
            return Stored(id=number, verdict=Verdict.NEW)
        ours, theirs = past.hashes(self.conn, known["id"]), whole.hashes
        if theirs[: len(ours)] == ours:
            return self._take_over(known, new, whole, longer=len(theirs) > len(ours))
        if theirs == ours[: len(theirs)] or whole.row["last_seen"] <= known["last_seen"]:
            return Stored(id=known["id"], verdict=Verdict.UNCHANGED)
        return self._file(new, whole.row["last_seen"])

    def _take_over(self, known: dict[str, Any], new: Analysed, whole: Whole, *, longer: bool) -> Stored:
        """Put a story that goes on from ours in its place."""
        last_seen = max(known["last_seen"], whole.row["last_seen"])
        if longer:
            self._replace(known, new, {**whole.row, "id": known["id"], "last_seen": last_seen})
        elif last_seen != known["last_seen"]:
            self._update(known, {"last_seen": last_seen})
        past.write(self.conn, known["id"], whole)
        return Stored(id=known["id"], verdict=Verdict.REVISED if longer else Verdict.UNCHANGED)

    def _free(self, number: int) -> int | None:
        """Return `number` if no story has it."""
        return None if self.conn.execute("SELECT 1 FROM stories WHERE id = ?", (number,)).fetchone() else number

    def _next_id(self, day: int) -> int:
        """Return the next free number of `day` (yyyymmdd)."""
        # Not max(id): PostgreSQL walks through the day for it unless it happens to know how many stories that has.
        last = self.conn.execute(
            "SELECT id FROM stories WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1", (day * DAY, day * DAY + DAY - 1)
        ).fetchone()
        return day * DAY + 1 if last is None else int(last[0]) + 1

    def _update(self, known: dict[str, Any], changes: dict[str, Any]) -> None:
        """Change a story's row and its sum."""
        if changes.keys() != {"last_seen"}:
            changes = {**changes, "sum": rows.digest({**known, **changes}, rows.SUMMED)}
        columns = ", ".join(f"{name} = :{name}" for name in changes)
        self.conn.execute(f"UPDATE stories SET {columns} WHERE id = :id", {**changes, "id": known["id"]})
        self._indexing.change(known, {**known, **changes})

    def _revise(self, known: dict[str, Any], new: Analysed, now: str) -> None:
        """Move the known text to the revisions and put the new one in its place."""
        self.conn.execute(_SUPERSEDE, rows.superseded(known))
        self._replace(known, new, {"revision": known["revision"] + 1, "revised": now, "last_seen": now})

    def _replace(self, known: dict[str, Any], new: Analysed, changes: dict[str, Any]) -> None:
        """Put the new text in place of the known one: in the table, in the index and among its copies."""
        self._update(known, {**rows.merged(known, _row_of(new)), **changes})
        filing.refile(self._shelves, known["id"], new.sketch)


def _row_of(new: Analysed) -> dict[str, Any]:
    """Return what is known of a story's row before it has a number and is seen."""
    return {**new.row, "address": new.address, "content_hash": new.content_hash}


_COLUMNS = ("id", *rows.STORY, "address", "content_hash", "revision", "revised", "first_seen", "last_seen", "sum")
_REVISION = ("story", "number", *rows.REVISION, "sum")
_SUPERSEDE = f"INSERT INTO revisions ({', '.join(_REVISION)}) VALUES ({', '.join(f':{name}' for name in _REVISION)})"
_INSERT = f"INSERT INTO stories ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
