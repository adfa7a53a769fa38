"""A connection to an archive in PostgreSQL, asked as SQLite's is; with `answers` all that knows psycopg.

So the writer, the frontier and the searches are the same code above both engines. One writer at a time stays the rule:
a transaction of `atomic` holds the writer's lock of the whole database.
"""

import os
import secrets
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, cast

import psycopg
from psycopg import errors, sql
from psycopg.types.numeric import Int8Dumper

from archive.engines import ddl
from archive.engines.answers import Cursor, Number, Row, rows
from archive.engines.dialect import postgresql
from archive.engines.prints import SharedShelves
from archive.engines.terms import TermIndex
from archive.errors import ArchiveError
from archive.place import Shared
from archive.turns import Turns

# "BYGN", as in the header of our files: the key of the advisory lock that a writing transaction holds.
_LOCK = 0x4259474E
_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})"  # one question
# Whoever writes asks the same few things of every story, each by an index: they are planned once, not with each value.
_WRITING = ("SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off", "SET jit = off")
# No search is long enough to be compiled first. To look into a vector costs sixty times what PostgreSQL reckons, so
# that it would rather walk through them than ask their index: that it shall ask, and keep to bitmaps.
_READING = ("jit", "enable_seqscan", "enable_indexscan")
_LOOK_S = 0.02  # between two looks at the clock of a search


class Postgres:
    """A connection to a shared archive; brings its index, its shelves and its transactions with it."""

    def __init__(self, shared: Shared, *, writing: bool = False) -> None:
        """Connect; ArchiveError when there is no such database."""
        self._where = shared.told
        self._ring: Callable[[], bool] | None = None
        try:
            self._conn = psycopg.Connection[Row].connect(
                shared.address,
                autocommit=True,
                row_factory=rows,
                cursor_factory=Cursor,
                prepare_threshold=5 if writing else None,  # a plan of a search depends on its words
                connect_timeout=10,
                application_name="bayegan",
            )
        except psycopg.Error as error:
            raise ArchiveError(self._where, "cannot be opened", _line(error)) from error
        self._conn.adapters.register_loader("numeric", Number)
        self._conn.adapters.register_dumper(int, Int8Dumper)  # as in SQLite all numbers have 64 bits
        if writing:
            for setting in _WRITING:
                self._conn.execute(setting)
        else:
            self._conn.execute("SET default_transaction_read_only = on")
            for setting in _READING:
                self._conn.execute(f"SET {setting} = off")
            self._conn.execute("SET default_transaction_isolation = 'repeatable read'")
        self.path = shared
        self.index = TermIndex(self.as_sqlite)
        self.shelves = SharedShelves(self.as_sqlite)
        self.row_factory = None  # rows are read by place and by name

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is under way."""
        return self._conn.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    @property
    def as_sqlite(self) -> sqlite3.Connection:
        """The connection, as the modules know it."""
        return cast("sqlite3.Connection", self)

    def execute(self, text: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Cursor:
        """Carry out one statement, as the modules write it for SQLite.

        Raises sqlite3.OperationalError (interrupted) when a search's time is over, ArchiveError when the server is
        gone or does not know what is asked: some reports exist for an archive of one machine only.
        """
        with self._told():
            return cast("Cursor", self._conn.execute(postgresql(text), _plain(values)))

    def executemany(self, text: str, many: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        """Carry out one statement for many values."""
        every = [_plain(values) for values in many]
        with self._told(), self._conn.cursor() as cursor:
            if len(every) == 1:  # as most often: without the pipeline that many go through
                cursor.execute(postgresql(text), every[0])
            elif every:
                cursor.executemany(postgresql(text), every)

    def stream(self, text: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
        """Yield the rows of a statement without having them all in memory."""
        with self._told(), self._conn.transaction(), self._conn.cursor("rows") as cursor:
            yield from cursor.execute(postgresql(text), _plain(values))

    def copy(self, table: str, columns: Sequence[str], many: Iterable[Sequence[Any]]) -> None:
        """Write many rows at once (https://www.postgresql.org/docs/15/sql-copy.html)."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._told(), self._conn.cursor() as cursor, cursor.copy(into) as copy:
            for row in many:
                copy.write_row(row)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Hold a transaction, and the writer's lock with it; within another one, a part of it."""
        with self._told():
            if self.in_transaction:
                with self._conn.transaction():
                    yield
                return
            self._conn.execute(_BEGIN, prepare=False)
            try:
                yield
            except BaseException:
                with suppress(psycopg.Error):  # with a server that is gone, the transaction is gone as well
                    self._conn.rollback()
                raise
            self._conn.commit()

    def begin(self) -> None:
        """Begin a transaction that `commit` or `rollback` ends."""
        self._conn.execute(_BEGIN, prepare=False)

    def commit(self) -> None:
        """End the transaction that was begun."""
        self._conn.commit()

    def rollback(self) -> None:
        """Undo the transaction that was begun."""
        self._conn.rollback()

    def set_progress_handler(self, ring: Callable[[], bool] | None, _steps: int) -> None:
        """Cancel whatever is asked once `ring` says that the time is over (see `archive.search.deadline`)."""
        self._ring = ring

    def turns(self, dead_s: float) -> Turns:
        """Return turns of agencies, taken as another holder with each call; lost after `dead_s` seconds of silence."""
        return Turns(self.as_sqlite, f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}", dead_s)

    def settle(self) -> None:
        """After rows were copied here with their numbers: let the database's own go on behind them, and fill the index.

        Stories that are in the index already, from a copying that was broken off, are left.
        """
        for table in ddl.identities():
            with self.atomic():
                self.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL)"
                    f" FROM {table}"
                )
        self.index.fill(self.atomic)

    def close(self) -> None:
        """Let go of the server."""
        self._conn.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Give what goes wrong with the server the names that the modules know."""
        try:
            with self._cancelled() if self._ring else nullcontext():
                yield
        except errors.QueryCanceled as error:
            late = sqlite3.OperationalError("interrupted")
            late.sqlite_errorcode = sqlite3.SQLITE_INTERRUPT
            raise late from error
        except errors.ReadOnlySqlTransaction as error:
            raise sqlite3.OperationalError("attempt to write a readonly database") from error
        except errors.IntegrityError as error:
            raise sqlite3.IntegrityError(_line(error)) from error
        except psycopg.ProgrammingError as error:
            if not (error.sqlstate or "").startswith("42"):  # what is asked, not what it is asked with
                raise
            why = f"this needs an archive of one machine: `bayegan migrate` brings one home ({_line(error)})"
            raise ArchiveError(self._where, "not on a shared archive", why) from error
        except psycopg.OperationalError as error:
            raise ArchiveError(self._where, "cannot be reached", _line(error)) from error

    @contextmanager
    def _cancelled(self) -> Iterator[None]:
        """Look at the clock of a search meanwhile, in a thread: the server is asked to stop when it rings."""
        ring, over = self._ring, threading.Event()
        if ring is None or ring():
            raise errors.QueryCanceled

        def watch() -> None:
            while not over.wait(_LOOK_S):
                if ring():
                    self._conn.cancel_safe()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def _plain(values: Sequence[Any] | Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
    """Return values as SQLite would keep them: true and false are numbers."""
    if isinstance(values, Mapping):
        return {name: int(one) if isinstance(one, bool) else one for name, one in values.items()}
    return [int(one) if isinstance(one, bool) else one for one in values]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
