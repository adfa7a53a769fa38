"""The index as PostgreSQL's: a tsvector of our own index words, none of its own analysis, found through GIN.

Columns are weights (title A, lead B, body C, stems D); between two of them stands a gap, so that no phrase reaches from
one into the next. Filters begin with a colon, which no word does, so that no beginning of a word finds them.
"""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from archive import rows
from archive.search.engine import Ids, Ranked
from archive.search.expression import ALL, AllOf, AnyOf, But, Fts, Has, leaves
from archive.search.frequencies import frequencies, stories
from archive.search.index import Entry, entry

_COLUMNS = (("title", "A"), ("lead", "B"), ("meta", "D"), ("body", "C"), ("stems", "D"))
_WEIGHTS = dict(_COLUMNS)
# D, C, B, A, in the proportions of `archive.search.engine.WEIGHTS`.
_RANKS = "'{0.5, 0.25, 0.5, 1.0}'"
_LONGEST = 2000  # bytes of a lexeme; PostgreSQL takes 2046
_AT_ONCE = 500
_PUT = (
    "INSERT INTO story_index (story, terms) VALUES (?, CAST(? AS tsvector))"
    " ON CONFLICT (story) DO UPDATE SET terms = excluded.terms"
)
_ORDERS = {False: "DESC", True: "ASC"}


class TermIndex:
    """See `archive.search.engine.SearchIndex`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Ask and write through `conn`."""
        self._conn = conn

    def put(self, story: int, new: Entry) -> None:
        """Write a story into the index, in place of what was there."""
        self._conn.execute(_PUT, (story, vector(new)))

    def remove(self, story: int, _old: Entry) -> None:
        """Take a story out of the index."""
        self._conn.execute("DELETE FROM story_index WHERE story = ?", (story,))

    def rebuild(self) -> None:
        """Write the whole index anew from the stories, and go on with one that was begun."""
        self._conn.execute("DELETE FROM story_index")
        self.fill(nullcontext)

    def recount(self) -> None:
        """Put into the empty table `frequencies` how many stories hold each word."""
        self._conn.execute(
            "INSERT INTO frequencies (term, stories) SELECT iif(word LIKE ':%', substr(word, 2), word), ndoc"
            " FROM ts_stat('SELECT terms FROM story_index')"
        )

    def fill(self, atomic: Callable[[], AbstractContextManager[None]]) -> None:
        """Put the stories in that are not in the index, in the order of their numbers, some within each `atomic`."""
        sql = (
            "SELECT s.* FROM stories s LEFT JOIN story_index i ON i.story = s.id"
            f" WHERE i.story IS NULL AND s.id > ? ORDER BY s.id LIMIT {_AT_ONCE}"
        )
        last = 0
        while some := self._conn.execute(sql, (last,)).fetchall():
            with atomic():
                self._conn.executemany(_PUT, [(row["id"], vector(entry(rows.story(row)))) for row in some])
            last = some[-1]["id"]

    def walk(self, wanted: Fts, ids: Ids, limit: int, *, oldest: bool) -> Iterator[int]:
        """Yield the newest (or oldest) `limit` stories that match."""
        found = self._conn.execute(
            "SELECT story FROM story_index WHERE terms @@ CAST(? AS tsquery) AND story BETWEEN ? AND ?"
            f" ORDER BY story {_ORDERS[oldest]} LIMIT ?",
            (query(wanted), ids.first, ids.last, limit),
        )
        yield from (row[0] for row in found)

    def among(self, wanted: Fts, ids: Sequence[int]) -> list[int]:
        """Return which of `ids` match."""
        found = self._conn.execute(
            "SELECT story FROM story_index WHERE story = ANY(?) AND terms @@ CAST(? AS tsquery) ORDER BY story DESC",
            (list(ids), query(wanted)),
        )
        return [row[0] for row in found]

    def every(self, wanted: Fts, ids: Ids) -> Sequence[int]:
        """Return all stories that match."""
        found = self._conn.execute(
            "SELECT story FROM story_index WHERE terms @@ CAST(? AS tsquery) AND story BETWEEN ? AND ?",
            (query(wanted), ids.first, ids.last),
        )
        return [row[0] for row in found]

    def count(self, wanted: Fts, ids: Ids) -> int:
        """Return how many stories match."""
        (count,) = self._conn.execute(
            "SELECT count(*) FROM story_index WHERE terms @@ CAST(? AS tsquery) AND story BETWEEN ? AND ?",
            (query(wanted), ids.first, ids.last),
        ).fetchone()
        return int(count)

    def best(self, wanted: Fts, ids: Ids, limit: int) -> Ranked:
        """Return the best `limit` of all stories that match."""
        rank, values = self._rank(wanted)
        found = self._conn.execute(
            f"SELECT story, {rank} AS rank FROM story_index WHERE terms @@ CAST(? AS tsquery)"
            " AND story BETWEEN ? AND ? ORDER BY rank DESC, story DESC LIMIT ?",
            (*values, query(wanted), ids.first, ids.last, limit),
        )
        return [(row[0], row[1]) for row in found]

    def best_of(self, wanted: Fts, ids: Sequence[int], limit: int) -> Ranked:
        """Return the best `limit` of those of `ids` that match."""
        rank, values = self._rank(wanted)
        found = self._conn.execute(
            f"SELECT story, {rank} AS rank FROM story_index WHERE story = ANY(?) AND terms @@ CAST(? AS tsquery)"
            " ORDER BY rank DESC, story DESC LIMIT ?",
            (*values, list(ids), query(wanted), limit),
        )
        return [(row[0], row[1]) for row in found]

    def _rank(self, wanted: Fts) -> tuple[str, list[object]]:
        """Return the sum of what each word says of a story as SQL, and its values; near BM25, as far as ts_rank goes.

        ts_rank knows where words stand, not how rare they are: that is told it. It shares its sum among the lexemes it
        is asked for, and says 0.152 of one word of the body, which counts one here, before it is bounded as in BM25.
        """
        words = [one for one in _words(wanted) if any(test.columns != "meta" for test in leaves(one))]
        known, every = frequencies(self._conn, words), stories(self._conn)
        parts: list[str] = []
        values: list[object] = []
        for one in words:
            commonest = max(min(known.get(word, 0) for word in test.phrase) for test in leaves(one))
            lexemes = {word for test in leaves(one) for word in test.phrase}
            said = f"ts_rank({_RANKS}, terms, CAST(? AS tsquery)) * {len(lexemes) / 0.152:.3f}"
            parts.append(f"CAST(? AS float8) * (2.2 - 2.64 / ({said} + 1.2))")
            values += [math.log(1 + (every + 0.5) / (commonest + 0.5)), query(one)]
        return " + ".join(parts) or "0.0::float8", values


def vector(of: Entry) -> str:
    """Return what the index holds of a story as PostgreSQL writes a tsvector."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    filters: defaultdict[str, list[str]] = defaultdict(list)
    place = 0
    for column, weight in _COLUMNS:
        places = filters if column == "meta" else texts
        place += 1
        # Places it cannot count to, PostgreSQL takes for the last it can (section 8.11.1 of its manual).
        for place, word in enumerate(getattr(of, column).split(), place + 1):  # noqa: B020 - each column goes on
            places[word].append(f"{place}{weight}")
    told = [f"{_lexeme(word, '')}:{','.join(at)}" for word, at in texts.items()]
    return " ".join((*told, *(f"{_lexeme(word, 'meta')}:{','.join(at)}" for word, at in filters.items())))


def query(node: Fts) -> str:
    """Return an expression as PostgreSQL writes a tsquery."""
    match node:
        case Has():
            return _has(node)
        case AllOf(nodes):
            return f"({' & '.join(map(query, nodes))})"
        case AnyOf(nodes):
            return f"({' | '.join(map(query, nodes))})"
        case But(wanted, without):
            return f"({query(wanted)} & !{query(without)})"


def _has(test: Has) -> str:
    if not test.columns and (test.prefix or any(":" in word for word in test.phrase)):  # filters, too
        texts, filters = (_has(replace(test, columns=columns)) for columns in (ALL, "meta"))
        return f"({texts} | {filters})"
    column = test.columns.split()
    weights = "".join(_WEIGHTS[one] for one in column) if column and column != ["meta"] else ""
    if len(set(weights)) == len(_WEIGHTS) - 1:
        weights = ""
    words = [_lexeme(word, test.columns) for word in test.phrase]
    marks = ["*" if test.prefix and at == len(words) else "" for at in range(1, len(words) + 1)]
    parts = [f"{word}:{mark}{weights}" if mark or weights else word for word, mark in zip(words, marks, strict=True)]
    return parts[0] if len(parts) == 1 else f"({' <-> '.join(parts)})"


def _words(node: Fts) -> list[Fts]:
    """Return the words that an expression asks for, each with its spellings."""
    match node:
        case AllOf(nodes):
            return [word for one in nodes for word in _words(one)]
        case But(wanted, _):
            return _words(wanted)
        case AnyOf(nodes) if not all(isinstance(one, Has) for one in nodes):
            return [word for one in nodes for word in _words(one)]
        case _:
            return [node]


def _lexeme(word: str, column: str) -> str:
    text = f":{word}" if column == "meta" else word
    if len(text) * 2 > _LONGEST:
        text = text.encode()[:_LONGEST].decode(errors="ignore")
    if "'" in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"
