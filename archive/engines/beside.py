"""An index in tantivy beside an archive of one machine: for tens of millions of stories; the only module that knows it.

It follows the archive's changes by their position, which stands in its own folder: whoever is killed between the two
reads some changes again, and nothing is lost. Until it has caught up, a search finds what it knows.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tantivy import (
    Document,
    FieldType,
    Index,
    IndexWriter,
    Occur,
    Order,
    Query,
    SchemaBuilder,
    TextAnalyzerBuilder,
    Tokenizer,
)

from archive import rows
from archive.durable import flush
from archive.search import changes
from archive.search.engine import WEIGHTS, Ids, Ranked
from archive.search.expression import AllOf, AnyOf, But, Fts, Has
from archive.search.index import Entry, entry
from archive.text.words import ANALYSIS_VERSION

_COLUMNS = tuple(WEIGHTS)
_HEAP_BYTES = 128 * 1024 * 1024
_AT_ONCE = 500
_ORDERS = {False: Order.Desc, True: Order.Asc}


class Beside:
    """See `archive.search.engine.SearchIndex`; written by `catch_up` alone, asked by searches."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or begin one."""
        builder = SchemaBuilder().add_unsigned_field("id", indexed=True, fast=True)
        for column in _COLUMNS:
            builder = builder.add_text_field(column, tokenizer_name="words", index_option="position")
        self._schema = builder.build()
        folder.mkdir(exist_ok=True)
        self._index = Index(self._schema, path=str(folder))
        self._index.register_tokenizer("words", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._writer: IndexWriter | None = None
        self._searcher = self._index.searcher()

    def put(self, story: int, new: Entry) -> None:
        """Write a story into the index, in place of what was there; `commit` makes it found."""
        self.remove(story, new)
        document = Document()
        document.add_unsigned("id", story)
        for column in _COLUMNS:
            document.add_text(column, getattr(new, column))
        self._writing().add_document(document)

    def remove(self, story: int, _old: Entry) -> None:
        """Take a story out of the index."""
        # Not by term: tantivy-py 0.27 asks for a signed number there, which no story has.
        self._writing().delete_documents_by_query(Query.term_query(self._schema, "id", story))

    def rebuild(self) -> None:
        """Begin anew, with nothing."""
        self._writing().delete_all_documents()

    def recount(self) -> None:
        """Do nothing: the archive counts its words itself."""

    def commit(self) -> None:
        """Make what was written found, durably."""
        self._writing().commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """Let go of the writer's lock."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def walk(self, wanted: Fts, ids: Ids, limit: int, *, oldest: bool) -> Iterator[int]:
        """Yield the newest (or oldest) `limit` stories that match."""
        most = max(1, min(limit, self._searcher.num_docs))
        found = self._searcher.search(
            self._within(wanted, ids), most, count=False, order_by_field="id", order=_ORDERS[oldest]
        )
        yield from (int(one) for one, _ in found.hits)

    def among(self, wanted: Fts, ids: Sequence[int]) -> list[int]:
        """Return which of `ids` match."""
        asked = Query.boolean_query([(Occur.Must, self._query(wanted)), (Occur.Must, self._of(ids))])
        hits = self._searcher.search(asked, len(ids), count=False, order_by_field="id").hits
        return [int(one) for one, _ in hits]

    def every(self, wanted: Fts, ids: Ids) -> Sequence[int]:
        """Return all stories that match."""
        return list(self.walk(wanted, ids, self._searcher.num_docs, oldest=False))

    def count(self, wanted: Fts, ids: Ids) -> int:
        """Return how many stories match."""
        return int(self._searcher.search(self._within(wanted, ids), 1, count=True).count)  # type: ignore[attr-defined]

    def best(self, wanted: Fts, ids: Ids, limit: int) -> Ranked:
        """Return the best `limit` of all stories that match."""
        # Equally good ones come in the order in which they were put: so many more are asked for, and put in order.
        found = self._ranked(self._within(wanted, ids), limit + _AT_ONCE)
        return sorted(found, key=lambda hit: (-hit[1], -hit[0]))[:limit]

    def best_of(self, wanted: Fts, ids: Sequence[int], limit: int) -> Ranked:
        """Return the same of those of `ids` that match."""
        asked = Query.boolean_query([(Occur.Must, self._query(wanted)), (Occur.Must, self._of(ids))])
        return sorted(self._ranked(asked, len(ids)), key=lambda hit: (-hit[1], -hit[0]))[:limit]

    def _of(self, ids: Sequence[int]) -> Query:
        return Query.const_score_query(Query.term_set_query(self._schema, "id", list(ids)), 0.0)

    def _ranked(self, asked: Query, limit: int) -> Ranked:
        hits = self._searcher.search(asked, max(1, limit), count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return [(int(one or 0), float(score)) for one, (score, _) in zip(ids, hits, strict=True)]

    def _within(self, wanted: Fts, ids: Ids) -> Query:
        days = Query.range_query(self._schema, "id", FieldType.Unsigned, ids.first, ids.last)
        return Query.boolean_query(
            [(Occur.Must, self._query(wanted)), (Occur.Must, Query.const_score_query(days, 0.0))]
        )

    def _query(self, node: Fts) -> Query:
        match node:
            case Has():
                columns = node.columns.split() or list(_COLUMNS)
                return Query.boolean_query([(Occur.Should, self._in_column(node, one)) for one in columns])
            case AllOf(nodes):
                return Query.boolean_query([(Occur.Must, self._query(one)) for one in nodes])
            case AnyOf(nodes):
                return Query.boolean_query([(Occur.Should, self._query(one)) for one in nodes])
            case But(wanted, without):
                return Query.boolean_query([(Occur.Must, self._query(wanted)), (Occur.MustNot, self._query(without))])

    def _in_column(self, test: Has, column: str) -> Query:
        *before, word = test.phrase
        if test.prefix and before:
            words = [*map(re.escape, before), f"{re.escape(word)}.*"]
            found = Query.regex_phrase_query(self._schema, column, words)  # type: ignore[arg-type]
        elif test.prefix:
            found = Query.regex_query(self._schema, column, f"{re.escape(word)}.*")
        elif before:
            found = Query.phrase_query(self._schema, column, list(test.phrase))
        else:
            found = Query.term_query(self._schema, column, word)
        return Query.boost_query(found, WEIGHTS[column])

    def _writing(self) -> IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, 1)
        return self._writer


def catch_up(conn: sqlite3.Connection, folder: Path) -> int:
    """Bring the index in `folder` up to what `conn` reads; return how many stories were written into it.

    The archive must have it as a follower (`archive.search.changes.begin`) since before it was begun. One that another
    analysis made is made anew.
    """
    index, at, done = Beside(folder), position(folder), 0
    try:
        # Before the stories are read: what changes meanwhile is read once more the next time.
        reached = changes.last(conn)
        if at is None:
            index.rebuild()
        for row in _stories(conn) if at is None else _changed(conn, at):
            index.put(row["id"], entry(rows.story(row)))
            done += 1
        if at != reached:
            index.commit()
            _reach(folder, reached)
    finally:
        index.close()
    return done


def _stories(conn: sqlite3.Connection) -> Iterator[Any]:
    """Yield every story, in the order of their numbers, a few at a time."""
    last = 0
    while some := conn.execute(f"SELECT * FROM stories WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}", (last,)).fetchall():
        yield from some
        last = some[-1]["id"]


def _changed(conn: sqlite3.Connection, position: int) -> Iterator[Any]:
    for story in changes.since(conn, position):
        yield conn.execute("SELECT * FROM stories WHERE id = ?", (story,)).fetchone()


def position(folder: Path) -> int | None:
    """Return how far the index has followed; None when it is to be made anew."""
    try:
        told = json.loads((folder / "position.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told["position"] if told["analysis"] == ANALYSIS_VERSION else None


def _reach(folder: Path, position: int) -> None:
    part = folder / "position.part"
    part.write_text(json.dumps({"position": position, "analysis": ANALYSIS_VERSION}), "utf-8")
    flush(part)
    part.replace(folder / "position.json")
    flush(folder)
