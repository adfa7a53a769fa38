"""Stories on their way out: which are meant, and each of them whole, in a stable order, a few at a time."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from archive.duplicates.relations import ALSO_RAN_IN, CLUSTER, REUSE, UPDATE_OF
from archive.rows import JSON, REVISION, STORY

# The first key of a line, and the version of what follows.
FORMAT = {"bayegan": 1}
_STORY = ("id", "agency", *(name for name in STORY if name != "agency"))
_KEPT = ("content_hash", "revision", "revised", "first_seen", "last_seen", "address")
_JSON = ("evidence",)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which stories are exported; an empty part means all.

    `match` is an FTS5 expression, `first_id` and `last_id` bound the ids (an id begins with its day), `since` is a
    moment (UTC, ISO 8601) at or after which a story was stored, revised, withdrawn or seen again.
    """

    agency: str = ""
    match: str = ""
    first_id: int = 0
    last_id: int = 2**53
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What hangs on a story in another table: `name` is its key in a line, `sql` selects `story` and the rest.

    `sql` binds :first and :last, between which the stories' ids lie, and orders by story. With `plain` its one other
    column is the value, else a row is an object; without `many` the last one of a story is meant, and None is none.
    """

    name: str
    sql: str
    plain: bool = False
    many: bool = True


# What is exported with a story. More is added here: a key of the line, a table.
SIDES: tuple[Side, ...] = (
    Side(
        name="addresses",
        sql="SELECT story, address FROM addresses WHERE story BETWEEN :first AND :last ORDER BY story, address",
        plain=True,
    ),
    Side(
        name="revisions",
        sql=f"SELECT story, number, {', '.join(REVISION)} FROM revisions"
        " WHERE story BETWEEN :first AND :last ORDER BY story, number",
    ),
    Side(
        name="withdrawals",
        sql="SELECT story, number, evidence, sightings, first_gone, last_gone, withdrawn, reappeared"
        " FROM withdrawals WHERE story BETWEEN :first AND :last ORDER BY story, number",
    ),
    Side(
        name="pages",
        sql="SELECT story, revision, month, page, fetched FROM story_pages"
        " WHERE story BETWEEN :first AND :last ORDER BY story, revision",
    ),
    Side(name="cluster", sql=CLUSTER, plain=True, many=False),
    Side(name="also_ran_in", sql=ALSO_RAN_IN, plain=True),
    Side(name="update_of", sql=UPDATE_OF, plain=True),
    Side(name="reuse", sql=REUSE, plain=True),
)


def stories(conn: sqlite3.Connection, selection: Selection, sides: Sequence[Side] = SIDES) -> Iterator[dict[str, Any]]:
    """Yield the selected stories whole, as an exported line has them, in the order of their ids.

    All are of one moment, however long it takes and whatever is written meanwhile; memory holds a few hundred.
    `conn` has sqlite3.Row as its row factory.
    """
    conn.execute("BEGIN")
    try:
        where, values = _where(selection)
        found = conn.execute(
            "SELECT s.*, a.name AS agency_name, a.hosts AS agency_hosts"
            f" FROM stories s JOIN agencies a ON a.key = s.agency WHERE {where} ORDER BY s.id",
            values,
        )
        for rows in batched(found, _AT_ONCE):
            hanging = [(side, _hanging(conn, side, rows[0]["id"], rows[-1]["id"])) for side in sides]
            for row in rows:
                yield _whole(row) | {side.name: _value(side, found[row["id"]]) for side, found in hanging}
    finally:
        conn.rollback()


def count(conn: sqlite3.Connection, selection: Selection) -> int:
    """Return how many stories are selected."""
    where, values = _where(selection)
    (number,) = conn.execute(f"SELECT count(*) FROM stories s WHERE {where}", values).fetchone()
    return int(number)


def _where(selection: Selection) -> tuple[str, dict[str, Any]]:
    conditions = ["s.id BETWEEN :first AND :last"]
    values: dict[str, Any] = {"first": selection.first_id, "last": selection.last_id}
    if selection.agency:
        conditions.append("s.agency = :agency")
        values["agency"] = selection.agency
    if selection.match:
        conditions.append("s.id IN (SELECT rowid FROM story_index WHERE story_index MATCH :match)")
        values["match"] = selection.match
    if selection.since:
        conditions.append(
            "s.id IN (SELECT id FROM stories WHERE coalesce(revised, first_seen) >= :since UNION ALL"
            " SELECT story FROM withdrawals WHERE withdrawn >= :since OR reappeared >= :since)"
        )
        values["since"] = selection.since
    return " AND ".join(conditions), values


def _whole(row: sqlite3.Row) -> dict[str, Any]:
    story: dict[str, Any] = {name: row[name] for name in _STORY}
    for name in JSON:
        story[name] = None if story[name] is None else json.loads(story[name])
    agency = {"agency_name": row["agency_name"], "agency_hosts": json.loads(row["agency_hosts"])}
    return {**FORMAT, **story, **agency, **{name: row[name] for name in _KEPT}}


def _hanging(conn: sqlite3.Connection, side: Side, first: int, last: int) -> dict[int, list[Any]]:
    """Return what hangs on each story between two ids."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in conn.execute(side.sql, {"first": first, "last": last}):
        found[row[0]].append(row[1] if side.plain else {name: _read(name, row[name]) for name in row.keys()[1:]})
    return found


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return json.loads(value) if name in _JSON else value


def _value(side: Side, found: list[Any]) -> Any:  # noqa: ANN401 - a list, an object, a text, a number or None
    if side.many:
        return found
    return found[-1] if found else None
