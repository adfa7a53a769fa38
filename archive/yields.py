"""How many stories each agency published in each hour: what its rhythm is learnt from, and silence is told by."""

import sqlite3
from collections import defaultdict
from datetime import datetime

from archive.story import iso
from archive.text.jalali import TEHRAN

_DAY = 1_000_000  # a story's id is its day (yyyymmdd) times this, plus a number


def published_by_hour(conn: sqlite3.Connection, since: datetime, until: datetime) -> dict[str, dict[datetime, int]]:
    """Return agency -> whole hour of Tehran -> stories published in it, between two aware moments.

    A story whose page does not say when it was published counts in the hour it was first seen.
    """
    counts: dict[str, dict[datetime, int]] = defaultdict(dict)
    rows = conn.execute(
        "SELECT agency, strftime('%Y-%m-%dT%H', coalesce(published, first_seen), '+210 minutes'), count(*)"
        " FROM stories WHERE id BETWEEN ? AND ? AND coalesce(published, first_seen) BETWEEN ? AND ? GROUP BY 1, 2",
        (_first_id(since), _first_id(until) + _DAY, iso(since), iso(until)),
    )
    for agency, hour, count in rows:
        counts[agency][datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=TEHRAN)] = count
    return counts


def first_crawls(conn: sqlite3.Connection) -> dict[str, datetime]:
    """Return when each agency was crawled first (aware UTC)."""
    rows = conn.execute("SELECT agency, min(started) FROM crawls GROUP BY agency")
    return {agency: datetime.fromisoformat(started) for agency, started in rows}


def _first_id(moment: datetime) -> int:
    return int(f"{moment.astimezone(TEHRAN):%Y%m%d}") * _DAY
