"""How many stories each agency published in each hour: what its rhythm is learnt from, and silence is told by."""

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

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


def last_new(conn: sqlite3.Connection, since: datetime) -> dict[str, datetime]:
    """Return when the last crawl since `since` that brought a new story of each agency ended (aware UTC).

    An agency without one counts from `since` on, if it was crawled before.
    """
    rows = conn.execute(
        "SELECT agency, max(iif(new > 0 AND ended >= :since, ended, :since)) FROM crawls"
        " WHERE kind = 'crawl' AND ended IS NOT NULL GROUP BY agency HAVING min(started) < :since OR max(new) > 0",
        {"since": iso(since)},
    )
    return {agency: datetime.fromisoformat(ended) for agency, ended in rows}


def dated(conn: sqlite3.Connection, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Return of each agency how many stories were first seen between two moments, and of how many the date is odd.

    Odd is a date that the page does not give, that others contradict, or that lies hours after it was seen.
    """
    rows = conn.execute(
        "SELECT agency, count(*), sum(published IS NULL OR instr(dates, '\"disagrees\": true')"
        " OR julianday(published) > julianday(first_seen) + 0.1) FROM stories"
        " WHERE id >= ? AND first_seen >= ? AND first_seen < ? GROUP BY agency",
        (_first_id(since - timedelta(days=2)), iso(since), iso(until)),
    )
    return {agency: (count, odd) for agency, count, odd in rows}


def lags(conn: sqlite3.Connection, since: datetime, until: datetime) -> dict[str, list[float]]:
    """Return of each agency the seconds from publication to archive of stories first seen between two moments.

    A story that was a day old or more was back-filled, and says nothing of the pace.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for agency, lag_s in conn.execute(
        "SELECT agency, (julianday(first_seen) - julianday(published)) * 86400 AS lag FROM stories WHERE id >= ?"
        " AND published IS NOT NULL AND first_seen BETWEEN ? AND ? AND lag < 86400 ORDER BY 2",
        (_first_id(since - timedelta(days=1)), iso(since), iso(until)),
    ):
        found[agency].append(max(0.0, lag_s))
    return found


def _first_id(moment: datetime) -> int:
    return int(f"{moment.astimezone(TEHRAN):%Y%m%d}") * _DAY
