"""The better hits first: bm25 over the newest of them, or the newest of all for words that say nothing."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from archive.search.candidates import Ids, among
from archive.search.expression import AllOf, AnyOf, Fts
from archive.search.frequencies import newest_day
from archive.search.fts import Wish
from archive.search.plan import PLACED, TITLED, titled
from archive.search.span import DAY

# A word of the title says more than one of the lead, that more than one of the body. The column of stems holds the
# words of all three; it speaks louder than a body's spelling (docs/design.md, "Columns of the index").
WEIGHTS = {"body": 1.0, "lead": 2.0, "title": 4.0, "stems": 2.0, "meta": 0.0}
_BM25 = f"bm25(story_index, {', '.join(map(str, WEIGHTS.values()))})"

type Ranked = list[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What hits are ranked by: `words` that they all hold (`every`) or some of them; `rare` are few enough to count."""

    words: tuple[Fts, ...]
    rare: tuple[Fts, ...]
    every: bool = True


def ranked(conn: sqlite3.Connection, measure: Measure, ids: Sequence[int], limit: int) -> Ranked:
    """Return the best `limit` of `ids` (newest first) with their scores; equally good ones newest first.

    When no word is rare, the newest ones come first that have the words in title or lead; ids that are not ranked
    at all follow with 0.
    """
    if measure.rare:
        join = AllOf if measure.every else AnyOf
        scores = _by_bm25(conn, measure.rare[0] if len(measure.rare) == 1 else join(measure.rare), ids)
    else:
        scores = _by_place(conn, measure.words, ids[:TITLED])
    best = nsmallest(limit, ((-scores.get(one, 0.0), -one) for one in ids))
    return [(-one, -score) for score, one in best]


def ranked_all(conn: sqlite3.Connection, wish: Wish, ids: Ids, limit: int) -> Ranked:
    """Return the best `limit` stories of a whole archive; takes as long as it takes."""
    sql = (
        f"SELECT rowid, {_BM25} AS rank FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY rank, rowid DESC LIMIT ?"
    )
    return [(row[0], -row[1]) for row in conn.execute(sql, (str(wish.ranking()), ids.first, ids.last, limit))]


def _by_bm25(conn: sqlite3.Connection, wanted: Fts, ids: Sequence[int]) -> dict[int, float]:
    """Return the score of each of `ids`, Robertson's BM25 as FTS5 reckons it (https://sqlite.org/fts5.html, 5.1.1)."""
    sql = (
        # The plus keeps SQLite from asking the index once for every id.
        f"SELECT rowid, {_BM25} FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        " AND +rowid IN (SELECT value FROM json_each(?))"
    )
    if not ids:
        return {}
    return {row[0]: -row[1] for row in conn.execute(sql, (str(wanted), ids[-1], ids[0], json.dumps(list(ids))))}


def _by_place(conn: sqlite3.Connection, words: Sequence[Fts], ids: Sequence[int]) -> dict[int, float]:
    """Return for each id the weight of title and lead for every word that stands there."""
    scores: defaultdict[int, float] = defaultdict(float)
    oldest = newest_day(conn, PLACED) * DAY
    ids = [one for one in ids if one >= oldest]
    for node in words:
        for column in ("title", "lead"):
            asked = titled(node, column)
            if asked is not None:
                for one in among(conn, asked, ids):
                    scores[one] += WEIGHTS[column]
    return scores
