"""What PostgreSQL answers, as the modules know it of SQLite: rows by place and by name, numbers of Python."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.rows import RowMaker


class Row(tuple[Any, ...]):  # noqa: SLOT001 - it knows its names
    """A row that is read by place or by name."""

    names: Sequence[str]

    def keys(self) -> Sequence[str]:
        """Return the names of the columns."""
        return self.names

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - a place, a slice or a name
        return super().__getitem__(self.names.index(at) if isinstance(at, str) else at)


class Cursor(psycopg.Cursor[Row]):
    """A cursor that knows the number of the row it has inserted last."""

    @property
    def lastrowid(self) -> int:
        """The number that the database gave."""
        row = self.connection.execute("SELECT lastval()").fetchone()
        return int(row[0]) if row else 0


class Number(Loader):
    """Sums are numbers of Python, not decimals."""

    def load(self, data: Any) -> int | float:  # noqa: ANN401 - a buffer
        """Return the number that stands in `data`."""
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


def rows(cursor: psycopg.Cursor[Any]) -> RowMaker[Row]:
    """Return what makes rows of what `cursor` brings."""
    names = [one.name for one in cursor.description or ()]

    def row(values: Sequence[Any]) -> Row:
        made = Row(values)
        made.names = names
        return made

    return row
