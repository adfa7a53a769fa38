"""The search page: the same stories as `bayegan search`, narrowed, counted and drawn over time."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archive.browse.asking import SORTS, Asked, ask, asked
from archive.browse.charts import Bar, bars, tick_every
from archive.browse.front import agency_names
from archive.browse.narrowing import CONDITIONS, LOOKED_THROUGH
from archive.browse.page import look, reader, respond
from archive.errors import QueryError
from archive.search.facets import Facets
from archive.search.hits import Hit, Hits
from archive.search.note import Note
from archive.text.jalali import gregorian, jalali_day
from archive.tongue import Tongue

_PAGE = 20
_BARS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The hits of a page, what more is known of each story, and what agencies are called."""

    hits: Hits
    names: Mapping[str, str]
    stories: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    notes: Sequence[str] = ()


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
        onlys=tuple(CONDITIONS),
        snippet=Markup,  # escaped by archive.search, with nothing but <mark> in it
        chart=timeline(found.hits.facets, form, t, search_at),
        address=f"{search_at}?{form.address()}",
    )


def find(conn: sqlite3.Connection, form: Asked, now: datetime, t: Tongue) -> Found:
    """Return what a form finds; what is wrong with it becomes a note."""
    if form.is_empty:
        return Found(hits=Hits(), names=agency_names(conn))
    notes: list[str] = []
    try:
        hits = ask(conn, form, form.query(now, limit=_PAGE, cursor=form.cursor, facets=True))
    except QueryError:
        hits = ask(conn, form, form.query(now, limit=_PAGE, facets=True))
        notes.append(t("cursor_unknown"))
    if form.only and hits.about:
        notes.append(t("looked_through", n=LOOKED_THROUGH))
    shown = folded(hits.hits)
    return Found(
        hits=replace(hits, hits=shown),
        stories=_stories(conn, [hit.id for hit in shown]),
        notes=[*(said(note, t) for note in hits.notes), *notes],
        names=agency_names(conn),
    )


def folded(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return hits without further copies of one that is shown."""
    first = {hit.cluster: hit for hit in reversed(hits)}
    return tuple(hit for hit in hits if first[hit.cluster] is hit)


def said(note: Note, t: Tongue) -> str:
    """Return a note of the search in the reader's tongue."""
    return t(f"note_{note.key}", **note.values)


def timeline(facets: Facets, form: Asked, t: Tongue, search_at: str) -> Markup:
    """Return the chart of hits by Jalali month, or by day where these are few; each bar narrows the search to it.

    Months and days without a hit between the first and the last are drawn as well.
    """
    counts = facets.get("day") or facets.get("month", {})
    if len(counts) < 2:  # noqa: PLR2004 - one bar says nothing
        return Markup()
    spread = _spread(min(counts), max(counts))
    every = tick_every(len(spread))
    drawn = [
        Bar(
            value=counts.get(one, 0),
            label=t("cell_day", day=_name(one, t), stories=counts.get(one, 0)),
            href=f"{search_at}?{form.address(**{'from': one, 'to': one})}" if one in counts else "",
            tick=t.digits(one) if number % every == 0 else "",
        )
        for number, one in enumerate(spread)
    ]
    return bars(drawn, name=t("timeline"), rtl=t.direction == "rtl")


def _spread(first: str, last: str) -> list[str]:
    """Return the Jalali months (1403/07) or days (1403/07/01) from `first` to `last`, the newest _BARS of them."""
    start, end = (_first_day(text) for text in (first, last))
    if first.count("/") > 1:
        start = max(start, end - timedelta(days=_BARS - 1))
        days = (start + timedelta(days=number) for number in range((end - start).days + 1))
        return ["{:04}/{:02}/{:02}".format(*jalali_day(day)) for day in days]
    numbers = [int(year) * 12 + int(month) - 1 for year, month in (text.split("/") for text in (first, last))]
    months = range(max(numbers[0], numbers[1] - _BARS + 1), numbers[1] + 1)
    return [f"{number // 12}/{number % 12 + 1:02}" for number in months]


def _first_day(text: str) -> date:
    year, month, *day = (int(part) for part in text.split("/"))
    return gregorian(year, month, day[0] if day else 1)


def _name(text: str, t: Tongue) -> str:
    day = _first_day(text)
    return t.jalali(day) if text.count("/") > 1 else t.jalali_month(day)


def _stories(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what a hit does not say: kicker, section, revision."""
    places = ", ".join("?" * len(ids))
    rows = conn.execute(f"SELECT id, kicker, section, revision FROM stories WHERE id IN ({places})", list(ids))
    return {row["id"]: dict(row) for row in rows}
