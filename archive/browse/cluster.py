"""The pages of clusters: what many agencies ran, and one of them with who ran it when."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from archive.browse.calendar import first_id
from archive.browse.compare import marked
from archive.browse.days import asked_days
from archive.browse.page import Recent, reader, respond
from archive.duplicates.clusters import members
from archive.duplicates.precedence import Member, chain, credited, in_order, representative
from archive.duplicates.relations import Relations, relations
from archive.revisions import Change, changes

_SHOWN = 40
_DAYS = 7
_COMPARED = 20  # copies; comparing takes milliseconds each
_recent = Recent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One agency's running of a story, `lag_min` minutes after the one that speaks for all (None = no dates).

    `names_source` says whether it names an agency of the cluster as its source.
    """

    story: int
    agency: str
    name: str
    title: str
    published: str | None
    lag_min: float | None
    is_first: bool
    names_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Who ran a story, and by story what each copy says otherwise than the first (of the first _COMPARED copies)."""

    runs: Sequence[Run]
    changes: Mapping[int, Sequence[Change]]


async def index(datasette: Datasette, request: Request) -> Response:
    """Answer `/clusters`, narrowed by `?from=` and `?to=`; without them, of the last week that has stories."""
    now = datetime.now(UTC)
    days = asked_days(request, now, reader(request))
    found = await _recent.get(datasette, (days.first, days.last), lambda conn: _index(conn, days.first, days.last))
    return await respond(datasette, request, "clusters.html", clusters=found, days=days)


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/cluster/ID`, for any of its stories."""
    number = int(request.url_vars["id"])
    found = await _recent.get(datasette, ("cluster", number), lambda conn: load(conn, number))
    if found is None:
        raise NotFound(reader(request)("no_story", number=str(number)))
    return await respond(datasette, request, "cluster.html", cluster=found, number=number, marked=marked)


def load(conn: sqlite3.Connection, story: int) -> Cluster | None:
    """Return the cluster of a story; None when there is no such story."""
    runs = run_in(conn, story)
    if not runs:
        return None
    compared = [run.story for run in runs[: _COMPARED + 1]]
    rows = rows_of(conn, "id, kicker, title, lead, body", compared)
    first = rows[compared[0]]
    return Cluster(runs=runs, changes={one: changes(first, rows[one]) for one in compared[1:]})


def run_in(conn: sqlite3.Connection, story: int) -> list[Run]:
    """Return who ran a story, the one that speaks for all first, then by time; empty when there is no such story."""
    found = members(conn, story)
    if not found:
        return []
    first = representative(found)
    return _runs(conn, [first, *(one for one in in_order(found) if one.story != first.story)], found)


def way(conn: sqlite3.Connection, story: int) -> list[Run]:
    """Return through whom a story came: itself, whence it has its text, and so on to the one that speaks for all."""
    found = members(conn, story)
    return _runs(conn, chain(next(one for one in found if one.story == story), found), found) if found else []


def _runs(conn: sqlite3.Connection, shown: Sequence[Member], among: Sequence[Member]) -> list[Run]:
    first = representative(among)
    titles = {story: row["title"] for story, row in rows_of(conn, "id, title", [one.story for one in shown]).items()}
    return [
        Run(
            story=one.story,
            agency=one.agency,
            name=one.name or one.agency,
            title=titles[one.story],
            published=one.published,
            lag_min=_minutes(first.published, one.published),
            is_first=one.story == first.story,
            names_source=credited(one, among) is not None,
        )
        for one in shown
    ]


def rows_of(conn: sqlite3.Connection, columns: str, stories: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return some `columns` (the id among them) of stories by their ids."""
    places = ", ".join("?" * len(stories))
    rows = conn.execute(f"SELECT {columns} FROM stories WHERE id IN ({places})", list(stories))
    return {row["id"]: dict(row) for row in rows}


def related(conn: sqlite3.Connection, story: int) -> tuple[Relations, Mapping[int, str]]:
    """Return what a story is to others, and the titles of these others."""
    found = relations(conn, story)
    rows = rows_of(conn, "id, title", [*found.update_of, *found.reuse])
    return found, {other: row["title"] for other, row in rows.items()}


def most_run(conn: sqlite3.Connection, first: date, last: date, limit: int) -> list[dict[str, Any]]:
    """Return the clusters of the days from `first` to `last` (Tehran) that most agencies ran."""
    rows = conn.execute(
        "SELECT r.cluster AS id, r.agencies, r.stories, s.agency, s.title, s.published FROM"
        " (SELECT c.cluster, count(DISTINCT m.agency) AS agencies, count(*) AS stories FROM clusters c"
        "  JOIN stories m ON m.id = c.story WHERE c.cluster >= ? AND c.cluster < ? GROUP BY c.cluster"
        "  ORDER BY agencies DESC, stories DESC, c.cluster DESC LIMIT ?) r"
        " JOIN stories s ON s.id = r.cluster ORDER BY r.agencies DESC, r.stories DESC, r.cluster DESC",
        (first_id(first), first_id(last + timedelta(days=1)), limit),
    )
    return [dict(row) for row in rows]


def _index(conn: sqlite3.Connection, first: date | None, last: date | None) -> list[dict[str, Any]]:
    last = last or date.max - timedelta(days=1)
    if first is None:
        (newest,) = conn.execute("SELECT max(cluster) FROM clusters WHERE cluster < ?", (first_id(last),)).fetchone()
        if newest is None:
            return []
        first = date.fromisoformat(str(newest)[:8]) - timedelta(days=_DAYS - 1)
    return most_run(conn, first, last, _SHOWN)


def _minutes(earlier: str | None, later: str | None) -> float | None:
    if not earlier or not later:
        return None
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 60
