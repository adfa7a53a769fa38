"""The writer's watch: what matches is noted in the story's own transaction, and the feeds follow after the commit."""

import logging
import sqlite3
from datetime import datetime
from pathlib import Path

from archive.alerts import book
from archive.alerts.feeds import HITS, Item, atom, json_feed
from archive.alerts.percolate import Percolator
from archive.errors import SettingsError
from archive.search.index import Entry
from archive.search.query import Query, meant
from archive.search.snippet import snippet
from archive.story import iso

LOG = logging.getLogger(__name__)


class Watch:
    """Holds each story that is stored against the saved searches of a folder."""

    def __init__(self, conn: sqlite3.Connection, folder: Path) -> None:
        """Note hits on `conn`; write feeds into `folder`. Feeds that a kill left behind are made up for."""
        self._conn, self._folder = conn, folder
        self._seen: tuple[int, int] | None = None
        self._alerts: dict[str, str] = {}
        self._percolator = Percolator({})
        self._fresh: set[str] = set()
        self._reread()
        self._fresh.update(self._alerts)

    def look(self, story: int, entry: Entry, now: datetime) -> None:
        """Note which saved searches a story matches; the caller holds the transaction."""
        self._reread()
        names = self._percolator.matching(story, entry, now) if self._alerts else []
        for name in names:
            self._conn.execute("INSERT OR IGNORE INTO alert_hits VALUES (?, ?, ?)", (name, story, iso(now)))
        self._fresh.update(names)

    def publish(self) -> None:
        """Write the feeds of searches that matched something since the last time; nothing within a transaction."""
        if self._conn.in_transaction:
            return
        for name in sorted(self._fresh & self._alerts.keys()):
            found = items(self._conn, name, self._alerts[name])
            for file, make in zip(book.feeds(self._folder, name), (atom, json_feed), strict=True):
                book.replace_file(file, make(name, self._alerts[name], found))
        self._fresh.clear()

    def close(self) -> None:
        """End the watch."""
        self.publish()
        self._percolator.close()

    def _reread(self) -> None:
        """Read the saved searches anew when their file changed; a broken file leaves those known before in force."""
        seen = _stamp(self._folder / book.FILE)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._alerts = book.read(self._folder)
        except SettingsError as error:
            LOG.error("%s; the alerts known before stay in force", error)  # noqa: TRY400 - one line for the reader
            return
        self._percolator.close()
        self._percolator = Percolator(self._alerts)


def items(conn: sqlite3.Connection, name: str, query: str) -> list[Item]:
    """Return the newest hits of a saved search, as its feeds tell them."""
    understood = meant(Query(text=query))
    rows = conn.execute(
        "SELECT s.id, s.agency, s.url, s.title, s.lead, s.body, s.published, h.found FROM alert_hits h"
        " JOIN stories s ON s.id = h.story WHERE h.alert = ? ORDER BY h.found DESC, s.id DESC LIMIT ?",
        (name, HITS),
    )
    return [
        Item(
            id=story,
            agency=agency,
            url=url,
            title=title,
            published=published,
            found=found,
            passage="" if understood is None else snippet("\n".join(filter(None, (lead, body))), understood.marks),
        )
        for story, agency, url, title, lead, body, published, found in rows
    ]


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino
