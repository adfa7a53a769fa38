"""What a search found, to take along: CSV, JSON, JSON Lines, and an Atom feed to follow it with."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, AsgiWriter, Request, Response

from archive.atom import TYPE, Entry, feed, head
from archive.browse.asking import Asked, ask, asked
from archive.browse.page import look, reader
from archive.errors import QueryError
from archive.export.tables import CSV_MARK, csv_line
from archive.search.query import Query
from archive.story import iso
from archive.text.jalali import jalali

MOST = 10_000  # stories of one export
_FEED = 50
_STEP = 500
COLUMNS = (
    "id agency published published_jalali kicker title lead body section tags byline url revision permalink".split()
)


async def export(datasette: Datasette, request: Request) -> Response | AsgiStream:
    """Answer `/search.FORMAT` with up to MOST stories, in the order of the page; written as they are read."""
    now, wanted = datetime.now(UTC), request.url_vars["format"]
    form = asked(request, now, reader(request))
    home = datasette.absolute_url(request, datasette.urls.path("story/"))
    if wanted == "atom":
        rows, _ = await look(
            datasette, partial(_page, form=form, query=form.newest().query(now, limit=_FEED), home=home)
        )
        address = datasette.absolute_url(request, f"{datasette.urls.path('search')}?{form.address()}")
        text = atom(rows, form.text or form.agency, address, now)
        return Response(text, content_type=TYPE)
    form_of = _FORMS[wanted]

    async def written(writer: AsgiWriter) -> None:
        await writer.write(form_of.head)
        cursor, left = "", 0 if form.is_empty else MOST
        while left > 0:
            first, step = left == MOST, min(_STEP, left)
            query = form.query(now, limit=step, cursor=cursor)
            rows, cursor = await look(datasette, partial(_page, form=form, query=query, home=home))
            await writer.write(form_of.rows(rows, first))
            left = left - step if cursor else 0
        await writer.write(form_of.tail)

    name = f"bayegan-{now:%Y%m%d-%H%M}.{wanted}"
    headers = {"content-disposition": f'attachment; filename="{name}"'} if request.args.get("_dl") else {}
    return AsgiStream(written, headers=headers, content_type=form_of.kind)


def _page(conn: sqlite3.Connection, form: Asked, query: Query, home: str) -> tuple[list[dict[str, Any]], str]:
    """Return one page of stories and the cursor of the next, empty at the end."""
    try:
        hits = ask(conn, form, query)
    except QueryError:
        return [], ""
    rows = list(_stories(conn, [hit.id for hit in hits.hits]))
    for row in rows:
        row["permalink"] = f"{home}{row['id']}/{row['revision']}"
    return rows, hits.cursor if rows else ""


def _stories(conn: sqlite3.Connection, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    places = ", ".join("?" * len(ids))
    sql = (
        "SELECT id, agency, published, kicker, title, lead, body, section, tags, byline, url, revision, revised,"
        f" first_seen FROM stories WHERE id IN ({places})"
    )
    rows = {row["id"]: row for row in conn.execute(sql, list(ids))}
    for one in ids:
        if one in rows:
            row = dict(rows[one])
            when = row["published"]
            row["published_jalali"] = jalali(datetime.fromisoformat(when)) if when else None
            row["tags"] = json.loads(row["tags"])
            yield row


def csv_rows(rows: Sequence[Mapping[str, Any]], _: bool = False) -> str:
    """Return rows as CSV that no spreadsheet takes for formulas."""
    return "".join(csv_line(row[name] for name in COLUMNS) for row in rows)


def json_rows(rows: Sequence[Mapping[str, Any]], first: bool) -> str:
    """Return rows as members of a JSON array."""
    members = ",\n".join(json.dumps(_ordered(row), ensure_ascii=False) for row in rows)
    return members if first or not members else f",\n{members}"


def json_lines(rows: Sequence[Mapping[str, Any]], _: bool = False) -> str:
    """Return rows as JSON Lines."""
    return "".join(f"{json.dumps(_ordered(row), ensure_ascii=False)}\n" for row in rows)


def atom(rows: Sequence[Mapping[str, Any]], title: str, address: str, now: datetime) -> str:
    """Return rows as the feed of the search at `address`."""
    entries = list(map(_entry, rows))
    updated = max((one.updated for one in entries), default=iso(now))
    return feed(head(name=address, title=f"بایگان: {title}", updated=updated, url=address), entries)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        story=row["id"],
        title=row["title"],
        author=row["byline"] or row["agency"],
        updated=row["revised"] or row["published"] or row["first_seen"],
        published=row["published"],
        url=row["permalink"],
        summary=row["lead"] or row["body"][:300],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a format begins, writes some rows (are they the first?), and ends."""

    kind: str
    rows: Callable[[Sequence[Mapping[str, Any]], bool], str]
    head: str = ""
    tail: str = ""


_FORMS = {
    "csv": _Form(kind="text/csv; charset=utf-8", rows=csv_rows, head=f"{CSV_MARK}{csv_line(COLUMNS)}"),
    "json": _Form(kind="application/json; charset=utf-8", rows=json_rows, head="[", tail="]\n"),
    "jsonl": _Form(kind="application/x-ndjson; charset=utf-8", rows=json_lines),
}


def _ordered(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}
