"""Which stories of the last days may share text with a new one, best first."""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from archive.duplicates.formulas import CERTAINLY, Seen, formulas
from archive.duplicates.shelf import NUMBERS_A_DAY, Shelves
from archive.duplicates.sketch import Sketch
from archive.story import iso
from archive.text.dates import TEHRAN

# Two stories published further apart than this are not compared.
REACH = timedelta(hours=72)
# So many are aligned at most, and of one cluster so many: the members of a cluster are alike.
ALIGNED, OF_ONE_CLUSTER = 8, 2
# A story is a form when formulas are more than one in so many of its fingerprints; so many older issues are aligned.
FORM, OF_FORM = 4, 2
# One statement for lists of any length, so that SQLite has it ready.
_LIST = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Stories to align a new one with, best first, and the paragraphs of the new one that are house lines.

    `earlier` and `later` are told apart by publication (else first sight) and number: whoever is later has it from
    the other, in whatever order they came in. `sums` are those of their rows.
    """

    earlier: tuple[int, ...] = ()
    later: tuple[int, ...] = ()
    sums: Mapping[int, bytes] = field(default_factory=dict)
    house: frozenset[tuple[str, ...]] = frozenset()


def candidates(shelves: Shelves, story: int, when: str, sketch: Sketch) -> Candidates:
    """Return what the story numbered `story` is to be compared with, published or else first seen `when`."""
    conn = shelves.conn
    moment = datetime.fromisoformat(when)
    places = shelves.look_up((_day(moment - REACH), _day(moment + REACH)), sketch.prints, CERTAINLY)
    if not places:
        return Candidates()
    seen = _seen(conn, {one for stories in places.values() if len(stories) < CERTAINLY for one in stories} - {story})
    formal = formulas(places, seen)
    counts = Counter(one for value, stories in places.items() if value not in formal for one in stories if one in seen)
    if not counts and len(formal) * FORM > len(sketch.prints):
        # A form: its new issue is still compared with the likest of the old ones.
        few = [stories for stories in places.values() if len(stories) < CERTAINLY]
        counts = Counter(one for stories in few for one in stories if one in seen)
        counts = Counter(dict(counts.most_common(OF_FORM)))
    most = sorted(counts, key=lambda one: (-counts[one], one))[: 4 * ALIGNED]
    rows = _rows(conn, most)
    within = iso(moment - REACH), iso(moment + REACH)
    best = _best([one for one in most if within[0] <= rows[one].when <= within[1]], seen)
    return Candidates(
        earlier=tuple(one for one in best if (rows[one].when, one) < (when, story)),
        later=tuple(one for one in best if (rows[one].when, one) > (when, story)),
        sums={one: rows[one].sum for one in best},
        house=_house(sketch, formal),
    )


def _day(moment: datetime) -> int:
    local = moment.astimezone(TEHRAN)
    return local.year * 10_000 + local.month * 100 + local.day


class _Row(NamedTuple):
    when: str
    sum: bytes


def _rows(conn: sqlite3.Connection, stories: Sequence[int]) -> dict[int, _Row]:
    """Return what is asked of the row of each of `stories`: columns behind the text, so ask for few."""
    marks = ", ".join("?" * len(stories))
    found = conn.execute(f"SELECT id, coalesce(published, first_seen), sum FROM stories WHERE id IN ({marks})", stories)
    return {story: _Row(when, row_sum) for story, when, row_sum in found}


def _seen(conn: sqlite3.Connection, stories: set[int]) -> dict[int, Seen]:
    rows = conn.execute(
        # The index has the agency without the text, so that a page of it holds those of a few hundred stories.
        "SELECT s.id, s.agency, coalesce(c.cluster, s.id) FROM stories s INDEXED BY stories_facets"
        f" LEFT JOIN clusters c ON c.story = s.id WHERE s.id IN {_LIST}",
        (json.dumps(sorted(stories)),),
    )
    return {number: Seen(agency, number // NUMBERS_A_DAY, cluster) for number, agency, cluster in rows}


def _best(ranked: Sequence[int], seen: Mapping[int, Seen]) -> list[int]:
    """Return the first of `ranked`, few of one cluster."""
    taken: list[int] = []
    of_cluster: Counter[int] = Counter()
    for number in ranked:
        cluster = seen[number].cluster
        if of_cluster[cluster] < OF_ONE_CLUSTER:
            of_cluster[cluster] += 1
            taken.append(number)
    return taken[:ALIGNED]


def _house(sketch: Sketch, formal: frozenset[int]) -> frozenset[tuple[str, ...]]:
    """Return the paragraphs that have fingerprints, and all of them formulas."""
    own = {at for one, at in sketch.prints.items() if one not in formal}
    house = {at for one, at in sketch.prints.items() if one in formal} - own
    paragraphs = sketch.paragraphs if house else ()
    return frozenset(paragraphs[at] for at in house)
