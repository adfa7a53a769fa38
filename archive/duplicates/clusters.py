"""Clusters: the components of copy edges, each under the story that speaks for it."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.duplicates.precedence import Member, representative
from archive.story import Credit

_LIST = "(SELECT value FROM json_each(:stories))"
_OF_CLUSTERS = (
    f"SELECT story, cluster FROM clusters WHERE cluster IN (SELECT cluster FROM clusters WHERE story IN {_LIST})"
)
_COPIES = (
    f"SELECT story, other FROM edges WHERE kind = 'copy' AND story IN {_LIST}"
    f" UNION ALL SELECT other, story FROM edges WHERE kind = 'copy' AND other IN {_LIST}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What `story` is to the `other`; `of_story` and `of_other` are the shares of their words in common, per cent."""

    story: int
    other: int
    kind: str
    of_story: int
    of_other: int


def edges(conn: sqlite3.Connection, story: int) -> list[Edge]:
    """Return what a story is to others and others to it, in the order of their numbers."""
    rows = conn.execute(
        "SELECT story, other, kind, of_story, of_other FROM edges WHERE story = :story OR other = :story"
        " ORDER BY story, other",
        {"story": story},
    )
    return [Edge(**dict(zip(("story", "other", "kind", "of_story", "of_other"), row, strict=True))) for row in rows]


def cluster_of(conn: sqlite3.Connection, story: int) -> int:
    """Return the story that speaks for the cluster of `story`: itself when it is alone."""
    row = conn.execute("SELECT cluster FROM clusters WHERE story = ?", (story,)).fetchone()
    return story if row is None else int(row[0])


def is_alone(conn: sqlite3.Connection, story: int) -> bool:
    """Whether a story has no copy and is none."""
    return conn.execute("SELECT 1 FROM clusters WHERE story = ?", (story,)).fetchone() is None


def members(conn: sqlite3.Connection, story: int) -> list[Member]:
    """Return the members of the cluster of `story`, itself among them."""
    cluster = cluster_of(conn, story)
    return _members(conn, {story, *_stories(conn, "SELECT story FROM clusters WHERE cluster = ?", [cluster])})


def regroup(conn: sqlite3.Connection, stories: Iterable[int]) -> None:
    """Work out anew the clusters that `stories` are in or were in, after their edges changed."""
    known, copies = _known(conn, stories)
    wanted: dict[int, int] = {}
    for component in _components(copies):
        if len(component) > 1:
            cluster = representative(_members(conn, component)).story
            wanted |= dict.fromkeys(component, cluster)
    changed = [(story, cluster) for story, cluster in sorted(wanted.items()) if known.get(story) != cluster]
    gone = [(story,) for story, cluster in known.items() if cluster and wanted.get(story) != cluster]
    conn.executemany("DELETE FROM clusters WHERE story = ?", gone)
    # Not an update: SQLite guards that with a savepoint, at which FTS5 writes out what it has gathered.
    conn.executemany("INSERT INTO clusters (story, cluster) VALUES (?, ?)", changed)


def _known(conn: sqlite3.Connection, stories: Iterable[int]) -> tuple[dict[int, int], dict[int, set[int]]]:
    """Return the stories whose cluster may change: each with the cluster it has (0 = none), and with its copies.

    They are found in steps, each of two questions however many stories it reaches: servers may be far.
    """
    known: dict[int, int] = {}
    copies: dict[int, set[int]] = {}
    waiting = set(stories)
    while waiting:
        asked = {"stories": json.dumps(sorted(waiting))}
        known |= dict.fromkeys(waiting, 0)
        copies |= {story: set() for story in waiting}
        of_clusters = dict(conn.execute(_OF_CLUSTERS, asked).fetchall())
        pairs = conn.execute(_COPIES, asked).fetchall()
        known |= {story: cluster for story, cluster in of_clusters.items() if story in waiting}
        for story, other in pairs:
            copies[story].add(other)
        waiting = {*of_clusters, *(other for _, other in pairs)} - known.keys()
    return known, copies


def _components(copies: Mapping[int, set[int]]) -> list[set[int]]:
    """Return which of the stories, each with its copies (all among them), hang together."""
    components: list[set[int]] = []
    placed: set[int] = set()
    for start in sorted(copies):
        if start in placed:
            continue
        component, waiting = set[int](), [start]
        while waiting:
            story = waiting.pop()
            if story not in component:
                component.add(story)
                waiting += copies[story]
        placed |= component
        components.append(component)
    return components


def _stories(conn: sqlite3.Connection, query: str, values: Sequence[int]) -> list[int]:
    return [story for (story,) in conn.execute(query, values)]


def _members(conn: sqlite3.Connection, stories: Iterable[int]) -> list[Member]:
    numbers = sorted(stories)
    rows = conn.execute(
        "SELECT s.id, s.agency, a.name, s.published, s.first_seen, s.credit FROM stories s"
        f" JOIN agencies a ON a.key = s.agency WHERE s.id IN ({', '.join('?' * len(numbers))}) ORDER BY s.id",
        numbers,
    )
    return [
        Member(
            story=story,
            agency=agency,
            name=name,
            published=published,
            first_seen=first_seen,
            credit=Credit(**json.loads(credit)) if credit else None,
        )
        for story, agency, name, published, first_seen, credit in rows
    ]
