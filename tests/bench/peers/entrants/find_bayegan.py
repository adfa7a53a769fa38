"""Bayegan: analysis, comparison with the stories of three days around, and index, a thousand stories a transaction."""

from datetime import UTC, datetime, timedelta
from itertools import batched

from asking import answer, on_disk

from archive.analysis import analyse
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.story import Story

NOW = datetime(2024, 9, 23, 12, tzinfo=UTC)


class Bayegan:
    def __init__(self, folder):
        self.folder, self.file = folder, folder / "news.db"
        self.numbers = {}

    def add(self, stories):
        with open_store(self.file) as store:
            for batch in batched(stories, 1000):
                kept = store.add_all([analyse(_story(one)) for one in batch], now=NOW)
                self.numbers |= {stored.id: one["id"] for stored, one in zip(kept, batch, strict=True)}
        self.opened = open_archive(self.file)
        self.conn = self.opened.__enter__()

    def size(self):
        return on_disk(self.folder)

    def find(self, words, *, phrase):
        text = f'"{" ".join(words)}"' if phrase else " ".join(words)
        return [self.numbers[hit.id] for hit in search(self.conn, Query(text=text, limit=10, now=NOW)).hits]


def _story(one):
    return Story(
        agency="wire",
        url=f"http://wire.example/news/{one['id']}",
        story_id=str(one["id"]),
        title=one["title"],
        lead="",
        body=one["text"],
        published=NOW - timedelta(minutes=one["id"]),
    )


answer(Bayegan)
