"""What is compared: the archive and its search, and FTS5 over the words of other analyses."""

import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from archive.analysis import analyse
from archive.search.engine import WEIGHTS
from archive.search.expression import AnyOf
from archive.search.hits import open_archive, search
from archive.search.query import Query, fts_expression, meant
from archive.store import open_store
from archive.story import Story
from archive.text.letters import HALF_SPACE
from tests.bench.known_items import plain

NOON = datetime(2024, 9, 22, 8, 30, tzinfo=UTC)
TOP = 10


class Ours:
    """An archive made of stories, and its search."""

    def __init__(self, texts: Sequence[str], folder: Path) -> None:
        path = folder / f"{len(list(folder.iterdir()))}.db"
        with open_store(path) as store:
            stories = (
                Story(agency="bench", story_id=str(at), title=".", body=text, published=NOON - timedelta(minutes=at))
                for at, text in enumerate(texts)
            )
            store.add_all([analyse(story) for story in stories], now=NOON)
        self._opened = open_archive(path)
        self._conn = self._opened.__enter__()
        self._ids = dict(self._conn.execute("SELECT cast(story_id AS INTEGER), id FROM stories"))

    def find(self, text: str) -> list[int]:
        return [int(hit.story_id) for hit in search(self._conn, Query(text=plain(text), limit=TOP, limit_s=60)).hits]

    def has_all(self, text: str, at: int) -> bool:
        sql = "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = ?"
        return self._conn.execute(sql, (fts_expression(plain(text)), self._ids[at])).fetchone() is not None

    def ranks(self, asked: dict[int, str], stems: float) -> list[int]:
        """Return the rank of each query's story by bm25 over any of its words, with stems of this weight."""
        weights = ", ".join(str(value) for value in {**WEIGHTS, "stems": stems}.values())
        sql = (
            f"SELECT rowid FROM story_index WHERE story_index MATCH ? ORDER BY bm25(story_index, {weights}) LIMIT {TOP}"
        )
        ranks = []
        for at, text in asked.items():
            understood = meant(Query(text=plain(text)))
            words = str(AnyOf(understood.wish.words)) if understood else '""'
            found = [row[0] for row in self._conn.execute(sql, (words,))]
            ranks.append(found.index(self._ids[at]) + 1 if self._ids[at] in found else 0)
        return ranks

    def close(self) -> None:
        self._opened.__exit__(None, None, None)


class Plain:
    """One column of FTS5; `analyse` gives the words of a text, None leaves it to unicode61."""

    def __init__(self, texts: Sequence[str], analyse: Callable[[str], Sequence[str]] | None) -> None:
        self._analyse = analyse
        self._conn = sqlite3.connect(":memory:")
        tokenizer = "unicode61" if analyse is None else "ascii tokenchars '_'"
        self._conn.execute(f'CREATE VIRTUAL TABLE t USING fts5(body, tokenize="{tokenizer}")')
        rows = enumerate(text if analyse is None else " ".join(analyse(text)) for text in texts)
        self._conn.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", rows)

    def find(self, text: str) -> list[int]:
        sql = f"SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT {TOP}"
        return [row[0] for row in self._conn.execute(sql, (self._query(text, " OR "),))]

    def has_all(self, text: str, at: int) -> bool:
        sql = "SELECT 1 FROM t WHERE t MATCH ? AND rowid = ?"
        return self._conn.execute(sql, (self._query(text, " AND "), at)).fetchone() is not None

    def close(self) -> None:
        self._conn.close()

    def _query(self, text: str, joined: str) -> str:
        words = self._analyse(text) if self._analyse else re.findall(rf"[\w{HALF_SPACE}]+", text)
        return joined.join(f'"{word}"' for word in words) or '""'


def systems(baselines: Sequence[str]) -> dict[str, Callable[[Sequence[str], Path], Ours | Plain]]:
    """Return the systems that are compared, each as what makes it from the texts of stories."""
    makers = {"ours": Ours, "raw": lambda texts, _: Plain(texts, None)}
    sys.path.insert(0, ".")
    for module, _, function in (baseline.partition(":") for baseline in baselines):
        analyse_so = getattr(import_module(module), function)
        makers[module.rpartition(".")[2]] = lambda texts, _, analyse_so=analyse_so: Plain(texts, analyse_so)
    return makers
