"""SQL functions for researchers, and the bounds of a statement that a stranger wrote."""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from html import escape

from archive.revisions import Piece, compare
from archive.search.index import register as register_index
from archive.search.query import Query, fts_expression, meant
from archive.search.snippet import highlight
from archive.text.jalali import TEHRAN, jalali_day
from archive.text.letters import fold

# Bounds of one statement where anyone may write one (https://www.sqlite.org/limits.html).
VALUE_BYTES = 4 * 1024 * 1024
RESULT_BYTES = 32 * 1024 * 1024
HEAP_BYTES = 256 * 1024 * 1024  # of all statements together
_LIKE_BYTES = 500
_EXPRESSION_DEPTH = 200


def register(conn: sqlite3.Connection) -> None:
    """Teach `conn` the functions that docs/browse.md describes."""
    register_index(conn)
    known: tuple[tuple[str, int, Callable[..., str | None]], ...] = (
        ("escape_fts", 1, lambda text: fts_expression(text or "")),  # what Datasette's search box calls
        ("jalali", 1, day),
        ("jalali_month", 1, month),
        ("fa_fold", 1, lambda text: None if text is None else fold(str(text))),
        ("fa_highlight", 2, highlighted),
        ("word_diff", 2, word_diff),
    )
    for name, arguments, function in known:
        conn.create_function(name, arguments, function, deterministic=True)


def day(value: str | int | None) -> str | None:
    """Return the Jalali day, `1403/07/01`, of a moment, a date or a story's id; None for none of these."""
    found = _gregorian(value)
    return None if found is None else "{:04}/{:02}/{:02}".format(*jalali_day(found))


def month(value: str | int | None) -> str | None:
    """Return the Jalali month, `1403/07`, of the same."""
    found = day(value)
    return None if found is None else found[:7]


def highlighted(text: str | None, query: str | None) -> str | None:
    """Return `text` as HTML, escaped, the words that `query` finds in <mark>."""
    if text is None:
        return None
    understood = meant(Query(text=str(query or "")))
    return escape(str(text)) if understood is None else highlight(str(text), understood.marks)


def word_diff(old: str | None, new: str | None) -> str | None:
    """Return what changed between two texts as GNU wdiff writes it: words that went [-so-], words that came {+so+}."""
    if old is None or new is None:
        return None
    return " ".join(_wdiff(piece) for piece in compare(str(old), str(new)))


def _wdiff(piece: Piece) -> str:
    if not piece.changed:
        return piece.new
    parts = (f"[-{piece.old}-]" if piece.old else "", f"{{+{piece.new}+}}" if piece.new else "")
    return " ".join(part for part in parts if part)


def bound(conn: sqlite3.Connection) -> None:
    """Bound what one statement on `conn` may hold: one value, one result, and SQLite's own memory."""
    for limit, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LIKE_BYTES),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, _EXPRESSION_DEPTH),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    ):
        conn.setlimit(limit, most)
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP_BYTES}")
    conn.row_factory = _Counting()


class _Counting:
    """Rows as Datasette wants them, until one result holds more than RESULT_BYTES."""

    def __init__(self) -> None:
        self._cursor: sqlite3.Cursor | None = None
        self._bytes = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[object, ...]) -> sqlite3.Row:
        if cursor is not self._cursor:
            self._cursor, self._bytes = cursor, 0
        self._bytes += sum(len(value) for value in row if isinstance(value, str | bytes))
        if self._bytes > RESULT_BYTES:
            self._cursor = None
            raise sqlite3.OperationalError(f"the result holds more than {RESULT_BYTES:,} bytes")
        return sqlite3.Row(cursor, row)


def _gregorian(value: str | int | None) -> date | None:
    """Return the day in Tehran of a moment or a date as text, or of an id (yyyymmdd…) as a number."""
    try:
        if isinstance(value, int):
            return date.fromisoformat(str(value)[:8])
        if not value:
            return None
        if len(value) == len("2024-09-22"):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value).astimezone(TEHRAN).date()
    except (TypeError, ValueError, OverflowError):
        return None
