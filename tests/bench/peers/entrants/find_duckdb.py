"""DuckDB with its fts extension: all words, bm25; it has no phrases and indexes only what is there already."""

import duckdb
from asking import answer, on_disk


class DuckDb:
    def __init__(self, folder):
        self.folder = folder
        self.conn = duckdb.connect(str(folder / "duck.db"))
        self.conn.execute("LOAD fts")
        self.conn.execute("CREATE TABLE stories (id BIGINT, title VARCHAR, text VARCHAR)")

    def add(self, stories):
        self.conn.executemany(
            "INSERT INTO stories VALUES (?, ?, ?)", [(one["id"], one["title"], one["text"]) for one in stories]
        )
        self.conn.execute(
            "PRAGMA create_fts_index('stories', 'id', 'title', 'text', stemmer = 'none', stopwords = 'none',"
            " ignore = '[^[:alnum:]]+', strip_accents = 0, lower = 0)"
        )

    def size(self):
        self.conn.execute("CHECKPOINT")
        return on_disk(self.folder)

    def find(self, words, *, phrase):
        sql = (
            "SELECT id, fts_main_stories.match_bm25(id, ?, conjunctive := 1) AS score FROM stories"
            " WHERE score IS NOT NULL ORDER BY score DESC LIMIT 10"
        )
        return [number for number, _ in self.conn.execute(sql, [" ".join(words)]).fetchall()]


answer(DuckDb)
