"""The better hits first: bm25 over the newest of them, or the newest of all for words that say nothing."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from math import log

from archive.search.candidates import among
from archive.search.engine import WEIGHTS, Ids, Ranked, index_of
from archive.search.expression import AllOf, AnyOf, Fts, anywhere
from archive.search.frequencies import newest_day, stories
from archive.search.fts import Wish
from archive.search.plan import PLACED, PROMISING, TITLED, titled
from archive.search.span import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What hits are ranked by: `words` that they all hold (`every`) or some of them; `rare` are few enough to count.

    `whole`: the rare ones are all that was asked for, no other word and no filter.
    """

    words: tuple[Fts, ...]
    rare: tuple[Fts, ...]
    every: bool = True
    whole: bool = False


def ranked(conn: sqlite3.Connection, wish: Wish, measure: Measure, ids: Sequence[int], limit: int) -> Ranked:
    """Return the best `limit` of `ids`, the newest hits of `wish`, with their scores; equally good ones newest first.

    When no word is rare, the newest ones come first that have the words in title or lead; ids that are not ranked
    at all follow with 0.
    """
    if not ids:
        return []
    if not measure.rare:
        scores = _by_place(conn, measure.words, ids[:TITLED])
        best = [(-one, -score) for score, one in nsmallest(limit, ((-score, -one) for one, score in scores.items()))]
    elif not measure.every:
        best = index_of(conn).best_of(AnyOf(measure.rare), promising(conn, measure.rare, ids), limit)
    elif measure.whole:
        best = ranked_all(conn, wish, Ids(first=ids[-1], last=ids[0]), limit)
    else:
        best = index_of(conn).best_of(AllOf(measure.rare), ids, limit)
    known = {one for one, _ in best}
    return [*best, *islice(((one, 0.0) for one in ids if one not in known), limit - len(best))]


def ranked_all(conn: sqlite3.Connection, wish: Wish, ids: Ids, limit: int) -> Ranked:
    """Return the best `limit` stories of a whole archive; takes as long as it takes."""
    return index_of(conn).best(wish.ranking(), ids, limit)


def promising(conn: sqlite3.Connection, words: Sequence[Fts], ids: Sequence[int]) -> Sequence[int]:
    """Return those of `ids` (newest first) that hold the most of `words`, the rare ones counting more, in their order.

    Cheaper by far than BM25, which looks up how long each story is: what holds one of five words need not be weighed.
    """
    if len(ids) <= PROMISING:
        return ids
    held, every = dict.fromkeys(ids, 0.0), stories(conn)
    for node in words:
        holding = index_of(conn).every(anywhere(node), Ids(first=ids[-1], last=ids[0]))
        weight = log(1 + every / (1 + len(holding)))
        for one in held.keys() & holding:
            held[one] += weight
    return sorted(sorted(ids, key=held.__getitem__, reverse=True)[:PROMISING], reverse=True)


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
