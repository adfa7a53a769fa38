"""What sites said of themselves last time: their feeds, sitemaps and robots.txt."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from archive.link import FeedMemory
from archive.story import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsMemory:
    """A robots.txt as it was answered at `fetched` (aware)."""

    status: int
    body: bytes
    fetched: datetime


def recall(conn: sqlite3.Connection, agency: str, url: str) -> FeedMemory:
    """Return what a feed said of itself last time; an empty memory when it is new."""
    row = conn.execute(
        "SELECT etag, last_modified, content_hash, read_whole, lies, ttl_s, fetched FROM feeds"
        " WHERE agency = ? AND url = ?",
        (agency, url),
    ).fetchone()
    if row is None:
        return FeedMemory(url=url)
    return FeedMemory(
        url=url,
        etag=row[0],
        last_modified=row[1],
        content_hash=row[2],
        read_whole=_moment(row[3]),
        lies=bool(row[4]),
        ttl_s=row[5],
        fetched=_moment(row[6]),
    )


def remember(
    conn: sqlite3.Connection, agency: str, feed: FeedMemory, *, status: int, links: int, now: datetime
) -> None:
    """Note how a feed answered: HTTP status, how many links it listed, and what it said of itself."""
    conn.execute(
        "INSERT OR REPLACE INTO feeds (agency, url, etag, last_modified, content_hash, read_whole, lies, ttl_s,"
        " fetched, status, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (agency, feed.url, feed.etag, feed.last_modified, feed.content_hash,
         "" if feed.read_whole is None else iso(feed.read_whole), feed.lies, feed.ttl_s, iso(now), status, links),
    )  # fmt: skip


def recall_robots(conn: sqlite3.Connection, place: str) -> RobotsMemory | None:
    """Return the robots.txt of a scheme and host as last answered; None when it was never asked for."""
    row = conn.execute("SELECT status, body, fetched FROM robots WHERE place = ?", (place,)).fetchone()
    if row is None:
        return None
    return RobotsMemory(status=row[0], body=row[1], fetched=datetime.fromisoformat(row[2]))


def remember_robots(conn: sqlite3.Connection, place: str, robots: RobotsMemory) -> None:
    """Note how the robots.txt of a scheme and host was answered."""
    conn.execute(
        "INSERT OR REPLACE INTO robots (place, status, body, fetched) VALUES (?, ?, ?, ?)",
        (place, robots.status, robots.body, iso(robots.fetched)),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
