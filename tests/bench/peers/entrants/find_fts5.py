"""SQLite FTS5 as it comes: unicode61, bm25, one transaction for a thousand stories."""

import sqlite3
from itertools import batched

from asking import answer, on_disk


class Fts5:
    def __init__(self, folder):
        self.folder = folder
        self.conn = sqlite3.connect(folder / "plain.db", isolation_level=None)
        self.conn.execute("PRAGMA journal_mode = WAL")
        self.conn.execute("PRAGMA synchronous = FULL")
        self.conn.execute("CREATE VIRTUAL TABLE stories USING fts5(title, text)")

    def add(self, stories):
        for batch in batched(stories, 1000):
            self.conn.execute("BEGIN")
            self.conn.executemany(
                "INSERT INTO stories (rowid, title, text) VALUES (?, ?, ?)",
                [(one["id"], one["title"], one["text"]) for one in batch],
            )
            self.conn.execute("COMMIT")

    def size(self):
        self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return on_disk(self.folder)

    def find(self, words, *, phrase):
        asked = f'"{" ".join(words)}"' if phrase else " ".join(f'"{word}"' for word in words)
        sql = "SELECT rowid FROM stories WHERE stories MATCH ? ORDER BY rank LIMIT 10"
        return [number for (number,) in self.conn.execute(sql, (asked,))]


answer(Fts5)
