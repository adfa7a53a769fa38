"""The better hits first: bm25 over the newest of them, or the newest of all for words that say nothing."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from archive.search.candidates import among
from archive.search.engine import WEIGHTS, Ids, Ranked, index_of
from archive.search.expression import AllOf, AnyOf, Fts
from archive.search.frequencies import newest_day
from archive.search.fts import Wish
from archive.search.plan import PLACED, TITLED, titled
from archive.search.span import DAY


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
        wanted = measure.rare[0] if len(measure.rare) == 1 else join(measure.rare)
        scores = index_of(conn).scores(wanted, ids) if ids else {}
    else:
        scores = _by_place(conn, measure.words, ids[:TITLED])
    best = nsmallest(limit, ((-scores.get(one, 0.0), -one) for one in ids))
    return [(-one, -score) for score, one in best]


def ranked_all(conn: sqlite3.Connection, wish: Wish, ids: Ids, limit: int) -> Ranked:
    """Return the best `limit` stories of a whole archive; takes as long as it takes."""
    return index_of(conn).best(wish.ranking(), ids, limit)


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
