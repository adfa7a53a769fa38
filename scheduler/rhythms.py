"""Read each agency's rhythm of the last four weeks from the archive."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from archive import yields
from scheduler.when.rhythm import Rhythm, Weights, whole_hour

_WEEKS = timedelta(weeks=4)
# The last hours are left out: what was published in them has not all been fetched yet.
_FRESH = timedelta(hours=2)


def rhythms(conn: sqlite3.Connection, agencies: Iterable[str], now: datetime) -> dict[str, Rhythm]:
    """Return the rhythm of each of `agencies`, from its first crawl on at most; none for one that is new."""
    until = whole_hour(now - _FRESH)
    since = whole_hour(now - _WEEKS)
    counts, first = yields.published_by_hour(conn, since, until), yields.first_crawls(conn)
    return {
        key: Rhythm(counts=counts.get(key, {}), since=max(since, whole_hour(first[key])), until=until)
        for key in agencies
        if key in first
    }


def weights(conn: sqlite3.Connection, agencies: Iterable[str], now: datetime) -> dict[str, Weights]:
    """Return how busy each hour of each of `agencies` is."""
    return {key: rhythm.weights() for key, rhythm in rhythms(conn, agencies, now).items()}
