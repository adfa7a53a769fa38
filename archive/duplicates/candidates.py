"""Which stories of the last days may share text with a new one, best first."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.duplicates import shelf
from archive.duplicates.formulas import CERTAINLY, Seen, formulas
from archive.duplicates.sketch import Sketch
from archive.story import iso
from archive.text.dates import TEHRAN

# Two stories published further apart than this are not compared.
REACH = timedelta(hours=72)
# So many are aligned at most, and of one cluster so many: the members of a cluster are alike.
ALIGNED, OF_ONE_CLUSTER = 8, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Stories to align a new one with, best first, and the paragraphs of the new one that are house lines.

    `earlier` and `later` are told apart by publication (else first sight) and number: whoever is later has it from
    the other, in whatever order they came in.
    """

    earlier: tuple[int, ...]
    later: tuple[int, ...]
    house: frozenset[tuple[str, ...]]


def candidates(conn: sqlite3.Connection, story: int, sketch: Sketch) -> Candidates:
    """Return what the story numbered `story` is to be compared with; it stands in the table `stories` already."""
    (when,) = conn.execute("SELECT coalesce(published, first_seen) FROM stories WHERE id = ?", (story,)).fetchone()
    moment = datetime.fromisoformat(when)
    places = shelf.look_up(conn, (_day(moment - REACH), _day(moment + REACH)), sketch.prints)
    within = iso(moment - REACH), iso(moment + REACH)
    seen = _seen(conn, {one for stories in places.values() if len(stories) < CERTAINLY for one in stories} - {story})
    near = {number: one for number, one in seen.items() if within[0] <= one.when <= within[1]}
    formal = formulas(places, near)
    counts = Counter(one for value, stories in places.items() if value not in formal for one in stories if one in near)
    if not counts:
        # Nothing but formulas: a new issue of a form is still compared with the last ones.
        counts = Counter(one for stories in places.values() for one in stories if one in near)
    best = _best(counts, near)
    return Candidates(
        earlier=tuple(one for one in best if (near[one].when, one) < (when, story)),
        later=tuple(one for one in best if (near[one].when, one) > (when, story)),
        house=_house(sketch, formal),
    )


def _day(moment: datetime) -> int:
    local = moment.astimezone(TEHRAN)
    return local.year * 10_000 + local.month * 100 + local.day


def _seen(conn: sqlite3.Connection, stories: set[int]) -> dict[int, Seen]:
    rows = conn.execute(
        "SELECT s.id, s.agency, coalesce(s.published, s.first_seen), coalesce(c.cluster, s.id) FROM stories s"
        f" LEFT JOIN clusters c ON c.story = s.id WHERE s.id IN ({', '.join('?' * len(stories))})",
        sorted(stories),
    )
    return {
        number: Seen(agency=agency, day=number // shelf.NUMBERS_A_DAY, cluster=cluster, when=when)
        for number, agency, when, cluster in rows
    }


def _best(counts: Mapping[int, int], seen: Mapping[int, Seen]) -> tuple[int, ...]:
    """Return those that share most, the earlier of equals, few of one cluster."""
    taken: list[int] = []
    of_cluster: Counter[int] = Counter()
    for number in sorted(counts, key=lambda one: (-counts[one], seen[one].when, one)):
        cluster = seen[number].cluster
        if of_cluster[cluster] < OF_ONE_CLUSTER:
            of_cluster[cluster] += 1
            taken.append(number)
            if len(taken) == ALIGNED:
                break
    return tuple(taken)


def _house(sketch: Sketch, formal: frozenset[int]) -> frozenset[tuple[str, ...]]:
    """Return the paragraphs that have fingerprints, and all of them formulas."""
    own = {at for one, at in sketch.prints.items() if one not in formal}
    house = {at for one, at in sketch.prints.items() if one in formal} - own
    return frozenset(sketch.paragraphs[at] for at in house)
