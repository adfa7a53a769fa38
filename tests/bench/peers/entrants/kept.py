"""What every entrant script shares: the addresses to fetch, less those that are kept, and one row a story, committed."""

import re
import sqlite3
import urllib.request
from pathlib import Path


class Kept:
    """Stories in an SQLite file of their own, one transaction each, as durable as ours; none is stored twice by intent."""

    def __init__(self, folder: str) -> None:
        self._conn = sqlite3.connect(Path(folder) / "stories.db", check_same_thread=False)
        self._conn.execute("PRAGMA journal_mode = WAL")
        self._conn.execute("PRAGMA synchronous = FULL")
        self._conn.execute("CREATE TABLE IF NOT EXISTS stories (url TEXT, body TEXT)")

    def missing(self, sitemap: str) -> list[str]:
        """Return the addresses of the sitemap that are not kept yet."""
        known = {url for (url,) in self._conn.execute("SELECT url FROM stories")}
        with urllib.request.urlopen(sitemap) as answer:
            listed = re.findall(r"<loc>(.*?)</loc>", answer.read().decode())
        return [url for url in listed if url not in known]

    def add(self, url: str, body: str | None) -> None:
        if body:
            with self._conn:
                self._conn.execute("INSERT INTO stories VALUES (?, ?)", (url, body))
