"""PostgreSQL with tsvector, GIN and ts_rank_cd, in the configuration «simple»; its address is the environment's."""

import os
from itertools import batched

import psycopg
from asking import answer


class Postgres:
    def __init__(self, _folder):
        self.conn = psycopg.connect(os.environ["BENCH_POSTGRES"], autocommit=True)
        self.conn.execute("DROP TABLE IF EXISTS stories")
        self.conn.execute(
            "CREATE TABLE stories (id bigint PRIMARY KEY, title text, text text, words tsvector"
            " GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || text)) STORED)"
        )
        self.conn.execute("CREATE INDEX ON stories USING gin (words)")

    def add(self, stories):
        for batch in batched(stories, 1000):
            with self.conn.transaction(), self.conn.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO stories (id, title, text) VALUES (%s, %s, %s)",
                    [(one["id"], one["title"], one["text"]) for one in batch],
                )
        self.conn.execute("VACUUM ANALYZE stories")

    def size(self):
        return self.conn.execute("SELECT pg_total_relation_size('stories')").fetchone()[0]

    def find(self, words, *, phrase):
        ask = "phraseto_tsquery" if phrase else "plainto_tsquery"
        sql = (
            f"SELECT id FROM stories, {ask}('simple', %s) asked WHERE words @@ asked"
            " ORDER BY ts_rank_cd(words, asked) DESC LIMIT 10"
        )
        return [number for (number,) in self.conn.execute(sql, (" ".join(words),)).fetchall()]


answer(Postgres)
