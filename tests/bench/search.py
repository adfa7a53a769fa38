"""Measure what a search finds: known stories, however half-spaces are printed, against other analyses.

    python -m tests.bench.search STORIES.jsonl.gz [MORE.jsonl.gz ...] [--pairs PAIRS.jsonl] [--baseline module:function ...]

What asks, and for which part of a story, is told in `known_items`. Five variants: as printed; half-spaces deleted or as
blanks, in the query or in all stories. Measured are MRR@10 (with a 95 % bootstrap interval), nDCG@10 and in how many
cases the story holds all words of the query. Ours is the archive and its search; «raw» is FTS5's unicode61 on the
printed text; a baseline is a function from a text to its index words. Both rank by bm25 over any of the words. `--pairs`
holds {"query", "story_word", "match"}: must a search for the one find a story that holds the other (null = debatable)?
"""

import argparse
import json
import math
import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from time import process_time

from archive.analysis import analyse
from archive.search.expression import AnyOf
from archive.search.hits import open_archive, search
from archive.search.query import Query, fts_expression, meant
from archive.search.ranking import WEIGHTS
from archive.store import open_store
from archive.story import Story
from archive.text.letters import HALF_SPACE
from archive.text.words import index_words, query_terms, spans, stem_words
from tests.bench.known_items import SETS, Item, KnownItems, plain, read, spaced

# Variant -> what stands for a half-space in the query, and in the stories; None = as printed.
VARIANTS = {
    "as printed": (None, None),
    "query: deleted": ("", None),
    "query: blanks": (" ", None),
    "stories: deleted": (None, ""),
    "stories: blanks": (None, " "),
}
NOON = datetime(2024, 9, 22, 8, 30, tzinfo=UTC)
TOP, ROUNDS = 10, 1_000


@dataclass(frozen=True)
class Result:
    """For each query: the rank of its story (0 = not among the first ten), and whether the story has all words."""

    ranks: Sequence[int]
    whole: Sequence[bool]

    @property
    def reciprocal(self) -> float:
        return mean([1 / rank if rank else 0.0 for rank in self.ranks])

    @property
    def gain(self) -> float:
        return mean([1 / math.log2(rank + 1) if rank else 0.0 for rank in self.ranks])

    @property
    def all(self) -> float:
        return mean(self.whole)

    def row(self) -> str:
        low, high = interval([1 / rank if rank else 0.0 for rank in self.ranks])
        return f"{self.reciprocal:.3f} ({low:.3f}-{high:.3f}) | {self.gain:.3f} | {self.all:.3f}"


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


def main() -> None:
    options = arguments()
    stories = [item for file in options.stories for item in read(file)]
    makers = systems(options.baseline)
    print(f"{len(stories)} stories")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sets:
            variants(name, SETS[name](stories, options.queries), makers, Path(folder))
        if options.columns:
            columns(SETS[options.sets[0]](stories, options.queries), Path(folder))
        if options.pairs:
            pairs(options.pairs, makers, Path(folder))
        lost(stories, Path(folder))
    speed(stories)


def variants(name: str, known: KnownItems, makers: dict, folder: Path) -> None:
    """Print what each system finds of a set of known items, and the worst of its variants."""
    print(f"\n**{name}**: {len(known.asked)} queries, «{next(iter(known.asked.values()))}»\n")
    print("| half-spaces | system | MRR@10 (95 %) | nDCG@10 | all words |\n|---|---|---|---|---|")
    results: dict[str, list[Result]] = {}
    for variant, (in_query, in_stories) in VARIANTS.items():
        texts = [spaced(text, in_stories) for text in known.texts]
        asked = {at: spaced(text, in_query) for at, text in known.asked.items()}
        for system, make in makers.items():
            with made(make, texts, folder) as one:
                results.setdefault(system, []).append(measure(one, asked))
            print(f"| {variant} | {system} | {results[system][-1].row()} |", flush=True)
    for system, found in results.items():
        worst = (min(one.reciprocal for one in found), min(one.gain for one in found), min(one.all for one in found))
        print(f"| *worst* | {system} | {worst[0]:.3f} | {worst[1]:.3f} | {worst[2]:.3f} |", flush=True)


def systems(baselines: Sequence[str]) -> dict[str, Callable[[Sequence[str], Path], Ours | Plain]]:
    """Return the systems that are compared, each as what makes it from the texts of stories."""
    makers = {"ours": Ours, "raw": lambda texts, _: Plain(texts, None)}
    sys.path.insert(0, ".")
    for module, _, function in (baseline.partition(":") for baseline in baselines):
        analyse_so = getattr(import_module(module), function)
        makers[module] = lambda texts, _, analyse_so=analyse_so: Plain(texts, analyse_so)
    return makers


@contextmanager
def made(make, texts, folder):
    with closing(make(texts, folder)) as one:
        yield one


def measure(system: Ours | Plain, asked: dict[int, str]) -> Result:
    found = {at: system.find(text) for at, text in asked.items()}
    ranks = [ids.index(at) + 1 if at in ids else 0 for at, ids in found.items()]
    return Result(ranks=ranks, whole=[system.has_all(text, at) for at, text in asked.items()])


def columns(known: KnownItems, folder: Path) -> None:
    """Print what the column of stems is worth: all words ranked by bm25, without the search's bounds and fallbacks."""
    print("\n| weight of stems (a word of the body: 1) | MRR@10 |\n|---|---|")
    with made(Ours, known.texts, folder) as ours:
        for weight in (0, 0.3, 1, 2, 4):
            reciprocal = [1 / rank if rank else 0 for rank in ours.ranks(known.asked, weight)]
            print(f"| {weight} | {mean(reciprocal):.3f} |", flush=True)


def pairs(file: Path, makers: dict, folder: Path) -> None:
    """Print how many spelling variants match that must, and that must not."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    texts = [f"خبر تازه «{row['story_word']}» رسید" for row in rows]
    print("\n| system | pairs that must match | that must not |\n|---|---|---|")
    for system, make in makers.items():
        with made(make, texts, folder) as one:
            matches = [one.has_all(row["query"], at) for at, row in enumerate(rows)]
        shares = [
            f"{sum(kept := [m for row, m in zip(rows, matches, strict=True) if row['match'] is wanted])}/{len(kept)}"
            for wanted in (True, False)
        ]
        print(f"| {system} | {' | '.join(shares)} |")


def lost(stories: Sequence[Item], folder: Path) -> None:
    """Print how many words with half-spaces are found, rightly spelt, in stories that lost all of theirs."""
    found = asked = 0
    texts = [item.text for item in stories if item.text.count(HALF_SPACE) > 40][:40]
    with made(Ours, [text.replace(HALF_SPACE, "") for text in texts], folder) as ours:
        for at, text in enumerate(texts):
            words = sorted({text[start:end] for start, end, word in spans(text) if HALF_SPACE in word})[:25]
            found += sum(ours.has_all(word, at) for word in words)
            asked += len(words)
    print(f"\nwords of {len(texts)} stories whose half-spaces are lost, found in their right spelling: {found}/{asked}")


def speed(stories: Sequence[Item]) -> None:
    """Print how many stories of 2.4 KB one core analyses in a second, and how long a query takes to be read."""
    size = sum(len(item.text.encode()) for item in stories)
    started = process_time()
    for item in stories:
        index_words(item.text)
        stem_words(item.text)
    stories_per_s = size / 2_400 / (process_time() - started)
    started = process_time()
    for item in stories:
        query_terms(item.title)
    query_us = (process_time() - started) / len(stories) * 1e6
    print(f"analysis: {stories_per_s:,.0f} stories of 2.4 KB a second and core; a title as a query: {query_us:.0f} µs")


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the middle 95 % of the means of resampled `values` (Efron's percentile bootstrap)."""
    dice = random.Random(7)
    means = sorted(mean(dice.choices(values, k=len(values))) for _ in range(ROUNDS))
    return means[ROUNDS // 40], means[-ROUNDS // 40]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="+", type=Path, help="stories: title, lead (or none), paragraphs")
    parser.add_argument("--pairs", type=Path, help="spelling variants")
    parser.add_argument(
        "--baseline", nargs="*", default=[], help="module:function, a function from a text to its index words"
    )
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS, help="what asks (default: all)")
    parser.add_argument("--queries", type=int, default=300, help="of each set at most")
    parser.add_argument("--columns", action="store_true", help="measure weights of the column of stems, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
