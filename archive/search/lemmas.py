"""Words asked for by their lemma: every form of it that stories have, from what was learnt of them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from archive.search.expression import LEMMA, TEXT, AllOf, AnyOf, But, Fts, Has
from archive.search.fts import Wish

# The commonest forms of one lemma that are looked for: a verb has about sixty.
FORMS = 64


def with_forms(conn: sqlite3.Connection, asked: Wish) -> Wish:
    """Return a wish with the forms of each lemma spelt out."""
    return replace(
        asked,
        words=tuple(_spelt_out(conn, one) for one in asked.words),
        unwanted=tuple(_spelt_out(conn, one) for one in asked.unwanted),
    )


def forms(conn: sqlite3.Connection, word: str) -> list[str]:
    """Return the words of the index that have one lemma with `word`, the commonest first; itself not among them."""
    sql = (
        "WITH asked(lemma) AS (SELECT coalesce((SELECT lemma FROM lexicon WHERE form = :word), :word)),"
        " found(form) AS (SELECT form FROM lexicon JOIN asked USING (lemma) UNION SELECT lemma FROM asked)"
        " SELECT form FROM found LEFT JOIN frequencies ON term = form WHERE form <> :word"
        " ORDER BY coalesce(stories, 0) DESC, form LIMIT :limit"
    )
    return [form for (form,) in conn.execute(sql, {"word": word, "limit": FORMS})]


def _spelt_out(conn: sqlite3.Connection, node: Fts) -> Fts:
    match node:
        case Has(columns, phrase) if columns == LEMMA:
            found = tuple(Has(TEXT, (form,)) for form in forms(conn, phrase[0]))
            return AnyOf(found) if found else node
        case AllOf(nodes):
            return AllOf(_all(conn, nodes))
        case AnyOf(nodes):
            return AnyOf(_all(conn, nodes))
        case But(wanted, without):
            return But(_spelt_out(conn, wanted), _spelt_out(conn, without))
        case _:
            return node


def _all(conn: sqlite3.Connection, nodes: Iterable[Fts]) -> tuple[Fts, ...]:
    return tuple(_spelt_out(conn, one) for one in nodes)
