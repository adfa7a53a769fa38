"""What a story is to others, as it is told: its cluster, who else ran it, what it updates and what it shares."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
from typing import Any

# Each binds :first and :last, between which the stories' numbers lie, and gives (story, the other's number), in order.
CLUSTER = (
    "SELECT s.id, coalesce(c.cluster, s.id) FROM stories s LEFT JOIN clusters c ON c.story = s.id"
    " WHERE s.id BETWEEN :first AND :last ORDER BY s.id"
)
ALSO_RAN_IN = (
    "SELECT c.story, s.id FROM clusters c JOIN clusters m ON m.cluster = c.cluster AND m.story <> c.story"
    " JOIN stories s ON s.id = m.story WHERE c.story BETWEEN :first AND :last"
    " ORDER BY c.story, s.published IS NULL, s.published, s.first_seen, s.id"
)
_OTHERS = (
    "SELECT e.story, e.other FROM edges e LEFT JOIN clusters mine ON mine.story = e.story"
    " LEFT JOIN clusters theirs ON theirs.story = e.other WHERE e.story BETWEEN :first AND :last AND e.kind = '{kind}'"
    " AND coalesce(mine.cluster, e.story) <> coalesce(theirs.cluster, e.other) ORDER BY e.story, e.other"
)
UPDATE_OF = _OTHERS.format(kind="update_of")
REUSE = _OTHERS.format(kind="reuse")

# Stories asked for at once: SQLite binds at most 32,766 values.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What a story is to others, all by their numbers.

    `cluster` is the story that speaks for it (itself when it is alone), `also_ran_in` the other members, earliest
    first; `update_of` are earlier issues of the same form, `reuse` stories outside the cluster that share a passage.
    """

    cluster: int
    also_ran_in: tuple[int, ...] = ()
    update_of: tuple[int, ...] = ()
    reuse: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the relations as plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def relations(conn: sqlite3.Connection, story: int) -> Relations:
    """Return what a story is to others."""

    def others(sql: str) -> tuple[int, ...]:
        return tuple(row[1] for row in conn.execute(sql, {"first": story, "last": story}))

    return Relations(
        cluster=next(iter(others(CLUSTER)), story),
        also_ran_in=others(ALSO_RAN_IN),
        update_of=others(UPDATE_OF),
        reuse=others(REUSE),
    )


def clusters_of(conn: sqlite3.Connection, stories: Iterable[int]) -> dict[int, int]:
    """Return the clusters of those of `stories` that have copies."""
    return {
        story: cluster
        for some in batched(stories, _AT_ONCE)
        for story, cluster in conn.execute(f"SELECT story, cluster FROM clusters WHERE story IN ({_marks(some)})", some)
    }


def other_agencies(conn: sqlite3.Connection, stories: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return, for each of `stories` that others ran too, the keys of these other agencies."""
    found: dict[int, tuple[str, ...]] = {}
    for some in batched(stories, _AT_ONCE):
        rows = conn.execute(
            "SELECT DISTINCT c.story, o.agency FROM clusters c JOIN stories s ON s.id = c.story"
            " JOIN clusters m ON m.cluster = c.cluster JOIN stories o ON o.id = m.story"
            f" WHERE c.story IN ({_marks(some)}) AND o.agency <> s.agency ORDER BY c.story, o.agency",
            some,
        )
        for story, agency in rows:
            found[story] = (*found.get(story, ()), agency)
    return found


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))
