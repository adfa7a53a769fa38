"""A search ends in time: SQLite is interrupted when a moment has come, and what was found until then stands."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

# Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
_STEPS = 2_000


@dataclass(slots=True)
class Clock:
    """When a search must end, and whether it had to be ended."""

    until: float
    late: bool = False

    def ring(self) -> bool:
        """Say whether the time is over."""
        self.late = self.late or monotonic() > self.until
        return self.late


@contextmanager
def deadline(conn: sqlite3.Connection, seconds: float) -> Iterator[Clock]:
    """Interrupt whatever `conn` is asked within the block once so many seconds are over.

    A statement that is interrupted raises sqlite3.OperationalError; `interrupted` tells it from others.
    """
    clock = Clock(monotonic() + seconds)
    conn.set_progress_handler(clock.ring, _STEPS)
    try:
        yield clock
    finally:
        conn.set_progress_handler(None, 0)


def interrupted(error: sqlite3.OperationalError) -> bool:
    """Whether an error says that the time was over."""
    return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
