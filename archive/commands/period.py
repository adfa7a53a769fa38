"""Days on the command line, as every command takes them: `--from` and `--to`, Tehran's, Jalali or Gregorian."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from archive.errors import QueryError
from archive.story import iso
from archive.text.dates import TEHRAN, parse_days


def period_options[F: Callable[..., Any]](function: F) -> F:
    """Add `--from` and `--to` to a command, as `first` and `last`."""
    last = click.option("--to", "last", help="Only up to this day, the day itself included.")
    first = click.option("--from", "first", help="Only from this day on: 1403/07/01, 2024-09-22, 1403, امروز.")
    return first(last(function))


def days(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """Return the first and the last day that are meant; a month or a year counts whole. Raises QueryError."""
    now = datetime.now(UTC)
    first_day = None if first is None else parse_days(first, now)[0]
    last_day = None if last is None else parse_days(last, now)[1]
    if first_day and last_day and first_day > last_day:
        raise QueryError("--from", f"{first} is after {last}")
    return first_day, last_day


def moments(first: str | None, last: str | None) -> tuple[str, str]:
    """Return when the first day begins and when the last one is over, as the archive writes times; empty = open."""
    first_day, last_day = days(first, last)
    return _begin(first_day), _begin(None if last_day is None else last_day + timedelta(days=1))


def _begin(day: date | None) -> str:
    return "" if day is None else iso(datetime.combine(day, time(), TEHRAN))
