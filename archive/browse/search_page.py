"""The search page: the same stories as `bayegan search`, narrowed, counted and drawn over time."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archive.browse.asking import SORTS, Asked, asked
from archive.browse.charts import Bar, bars
from archive.browse.front import agency_names
from archive.browse.page import look, reader, respond
from archive.browse.tongue import Tongue
from archive.errors import QueryError
from archive.search.hits import Hits, search
from archive.text.jalali import gregorian

_PAGE = 20
_TICKS = 8  # dates under the timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The hits of a page, what more is known of each story, and what agencies are called."""

    hits: Hits
    stories: Mapping[int, Mapping[str, Any]]
    names: Mapping[str, str]


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/search`."""
    t, now = reader(request), datetime.now(UTC)
    form = asked(request, now, t)
    found = await look(datasette, lambda conn: find(conn, form, now, t))
    search_at = datasette.urls.path("search")
    return await respond(
        datasette,
        request,
        "search.html",
        form=form,
        found=found,
        sorts=SORTS,
        snippet=Markup,  # escaped by archive.search, with nothing but <mark> in it
        chart=timeline(found.hits.facets.get("month", {}), form, t, search_at),
        address=f"{search_at}?{form.address()}",
    )


def find(conn: sqlite3.Connection, form: Asked, now: datetime, t: Tongue) -> Found:
    """Return what a form finds; what is wrong with it becomes a note."""
    if form.is_empty:
        return Found(hits=Hits(), stories={}, names=agency_names(conn))
    try:
        hits = search(conn, form.query(now, limit=_PAGE, cursor=form.cursor, facets=True))
    except QueryError:
        hits = search(conn, form.query(now, limit=_PAGE, facets=True))
        hits = replace(hits, notes=(*hits.notes, t("cursor_unknown")))
    return Found(hits=hits, stories=_stories(conn, [hit.id for hit in hits.hits]), names=agency_names(conn))


def timeline(months: Mapping[str, int], form: Asked, t: Tongue, search_at: str) -> Markup:
    """Return the chart of hits by Jalali month, oldest first, months without a hit included; each bar narrows to it."""
    if len(months) < 2:  # noqa: PLR2004 - one bar says nothing
        return Markup()
    spread = _months(min(months), max(months))
    every = max(1, len(spread) // _TICKS)
    drawn = [
        Bar(
            value=months.get(month, 0),
            label=t("cell_day", day=_month_name(month, t), stories=months.get(month, 0)),
            href=f"{search_at}?{form.address(**{'from': month, 'to': month})}" if month in months else "",
            tick=t.digits(month) if number % every == 0 else "",
        )
        for number, month in enumerate(spread)
    ]
    return bars(drawn, name=t("timeline"), rtl=t.direction == "rtl")


def _months(first: str, last: str) -> list[str]:
    """Return the Jalali months from `first` to `last`, both like 1403/07; the newest 240 of them."""
    numbers = [int(year) * 12 + int(month) - 1 for year, month in (text.split("/") for text in (first, last))]
    return [
        f"{number // 12}/{number % 12 + 1:02}" for number in range(max(numbers[0], numbers[1] - 239), numbers[1] + 1)
    ]


def _month_name(month: str, t: Tongue) -> str:
    year, number = month.split("/")
    return t.jalali_month(gregorian(int(year), int(number), 1))


def _stories(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what a hit does not say: kicker, section, revision."""
    places = ", ".join("?" * len(ids))
    rows = conn.execute(f"SELECT id, kicker, section, revision FROM stories WHERE id IN ({places})", list(ids))
    return {row["id"]: dict(row) for row in rows}
