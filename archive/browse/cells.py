"""Cells of Datasette's tables: titles as links, Persian text from right to left, moments with their Jalali day."""

import json
import re
import sqlite3
from datetime import datetime

from markupsafe import Markup, escape

from archive.text.jalali import jalali_long

# Columns of our tables whose text is Persian, those that hold a moment (UTC, ISO 8601), and those that name a story.
_PERSIAN = frozenset(("name", "kicker", "title", "lead", "body", "byline", "section", "published_raw"))
_MOMENTS = frozenset(("published", "modified", "revised", "first_seen", "last_seen", "withdrawn", "reappeared"))
_CRAWL_MOMENTS = frozenset(("started", "ended", "fetched", "discovered", "next_look"))
_STORIES = frozenset(("story", "cluster", "original", "copy", "representative"))
_MARKED = frozenset(("highlight", "snippet"))
_MAX_LIST = 50


def render(value: object, column: str, table: str | None, row: sqlite3.Row, base: str) -> Markup | None:
    """Return the cell, or None to leave it to Datasette; `base` is the address all pages stand under.

    The text of an archive is never HTML: all of it is escaped.
    """
    if isinstance(value, int):
        return _story(value, column, table, base)
    if not isinstance(value, str) or not value:
        return None
    if column == "title" and (number := _number(row, table)) is not None:
        return Markup('<a class="fa" dir="rtl" lang="fa" href="{}story/{}">{}</a>').format(base, number, value)
    return _text(value, column)


def _text(value: str, column: str) -> Markup | None:
    if column in _MOMENTS or column in _CRAWL_MOMENTS:
        return _moment(value)
    if column in _MARKED:
        return _marked(value)
    if column == "tags":
        return _tags(value)
    if column not in _PERSIAN:
        return None
    lines = Markup("<br>").join(escape(line) for line in value.split("\n"))
    return Markup('<div class="fa" dir="rtl" lang="fa">{}</div>').format(lines)


def _story(value: int, column: str, table: str | None, base: str) -> Markup | None:
    """Return a number that is a story's as a link to its page; the id of a row stays the link to that row."""
    if column in _STORIES and table != "crawls":
        return Markup('<a href="{0}story/{1}">{1}</a>').format(base, value)
    return None


def _number(row: sqlite3.Row, table: str | None) -> int | None:
    """Return the story that a row is about."""
    for name in ("story", *(("id",) if table in (None, "stories") else ())):
        if name in row.keys() and isinstance(row[name], int):  # noqa: SIM118 - a sqlite3.Row holds values
            return int(row[name])
    return None


def _marked(value: str) -> Markup:
    """Return what `fa_highlight` returned: its <mark> stays, whatever else would be a tag is shown as text."""
    harmless = re.sub(r"<(?!/?mark>)", "&lt;", value).replace("\n", "<br>")
    return Markup('<div class="fa" dir="rtl" lang="fa">{}</div>').format(Markup(harmless))  # noqa: S704 - no tag but mark


def _moment(value: str) -> Markup | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return Markup('<time datetime="{0}" title="{0}" dir="rtl" lang="fa">{1}</time>').format(value, jalali_long(moment))


def _tags(value: str) -> Markup | None:
    try:
        tags = json.loads(value)
    except ValueError:
        return None
    if not isinstance(tags, list):
        return None
    shown = Markup("، ").join(escape(str(tag)) for tag in tags[:_MAX_LIST])
    return Markup('<div class="fa" dir="rtl" lang="fa">{}</div>').format(shown)
