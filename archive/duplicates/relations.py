"""What a story is to others, as it is told: its cluster, who else ran it, what it updates and what it shares."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
from typing import Any

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


def relations(conn: sqlite3.Connection, stories: Iterable[int]) -> dict[int, Relations]:
    """Return what each of `stories` is to others."""
    return {story: one for some in batched(stories, _AT_ONCE) for story, one in _relations(conn, some)}


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


def _relations(conn: sqlite3.Connection, stories: Sequence[int]) -> Iterator[tuple[int, Relations]]:
    clusters: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    rows = conn.execute(
        "SELECT m.story, m.cluster FROM clusters m JOIN stories s ON s.id = m.story WHERE m.cluster IN"
        f" (SELECT cluster FROM clusters WHERE story IN ({_marks(stories)}))"
        " ORDER BY s.published IS NULL, s.published, s.first_seen, s.id",
        stories,
    )
    for story, cluster in rows:
        clusters[story] = cluster
        members.setdefault(cluster, []).append(story)
    others: dict[tuple[int, str], list[int]] = {}
    rows = conn.execute(
        "SELECT e.story, e.other, e.kind, coalesce(c.cluster, e.other) FROM edges e LEFT JOIN clusters c"
        f" ON c.story = e.other WHERE e.kind <> 'copy' AND e.story IN ({_marks(stories)}) ORDER BY e.story, e.other",
        stories,
    )
    for story, other, kind, cluster in rows:
        if cluster != clusters.get(story, story):
            others.setdefault((story, kind), []).append(other)
    for story in stories:
        cluster = clusters.get(story, story)
        yield (
            story,
            Relations(
                cluster=cluster,
                also_ran_in=tuple(one for one in members.get(cluster, ()) if one != story),
                update_of=tuple(others.get((story, "update_of"), ())),
                reuse=tuple(others.get((story, "reuse"), ())),
            ),
        )


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))
