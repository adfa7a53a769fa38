"""The Datasette plugin: its search box asks as `bayegan search` does, and Persian text runs from right to left."""

import sqlite3
from datetime import datetime

from datasette import hookimpl
from markupsafe import Markup, escape

from archive.search.index import register
from archive.search.query import fts_expression
from archive.text.dates import jalali, jalali_long

# Columns of our tables whose text is Persian, and those that hold a moment (UTC, ISO 8601).
_PERSIAN = frozenset(("name", "kicker", "title", "lead", "body", "byline", "section", "tags", "published_raw"))
_MOMENTS = frozenset(("published", "modified", "first_seen", "last_seen", "revised", "started", "ended", "fetched"))
_TABLES = frozenset(("agencies", "stories", "revisions", "story_revisions", "links", "feeds", "crawls"))


@hookimpl(trylast=True)  # after Datasette's own, which registers escape_fts too
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Teach each connection our functions; `escape_fts` is what Datasette's search box calls."""
    register(conn)
    conn.create_function("escape_fts", 1, lambda text: fts_expression(text or ""), deterministic=True)
    conn.create_function("jalali", 1, _jalali, deterministic=True)


@hookimpl
def render_cell(value: object, column: str, table: str | None) -> Markup | None:
    """Show Persian text from right to left and moments with their Jalali day; None leaves a cell to Datasette."""
    if table not in _TABLES or not isinstance(value, str) or not value:
        return None
    if column in _MOMENTS:
        return _moment(value)
    if column not in _PERSIAN:
        return None
    lines = Markup("<br>").join(escape(line) for line in value.split("\n"))
    return Markup('<div class="fa" dir="rtl" lang="fa">{}</div>').format(lines)


@hookimpl
def extra_css_urls() -> list[str]:
    """Return our styles."""
    return ["/bayegan/persian.css"]


def _moment(value: str) -> Markup | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return Markup('<time datetime="{0}" title="{0}" dir="rtl" lang="fa">{1}</time>').format(value, jalali_long(moment))


def _jalali(value: str | None) -> str | None:
    """Return the Jalali day of a moment of the archive, `1403/07/01`; None for none."""
    try:
        return None if not value else jalali(datetime.fromisoformat(value))
    except ValueError:
        return None
