"""The page of one story: as printed, with its dates, its revisions, what became of it, and how to cite it."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from archive.browse.cite import Citation, apa, bibtex_entry, readable
from archive.browse.cluster import Run, related, run_in, way
from archive.browse.front import agency_names
from archive.browse.page import look, reader, respond
from archive.duplicates.relations import Relations

_PACKED = ("tags", "images", "credit", "dates", "boilerplate")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story at one of its revisions; `text` is what it said then, `story` all else that is known of it."""

    story: Mapping[str, Any]
    text: Mapping[str, Any]
    revisions: Sequence[Mapping[str, Any]]
    withdrawal: Mapping[str, Any] | None
    raw: Mapping[str, Any] | None
    runs: Sequence[Run]
    way: Sequence[Run]  # through whom it came, itself first
    relations: Relations
    titles: Mapping[int, str]
    agency_name: str

    @property
    def is_current(self) -> bool:
        """Whether this is what the story says now."""
        return bool(self.text["number"] == self.story["revision"])

    @property
    def is_dated_otherwise(self) -> bool:
        """Whether a source of dates contradicts the one that is believed."""
        return any(date.get("disagrees") for date in self.story["dates"] or ())

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs."""
        return [line for line in self.text["body"].split("\n") if line]


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/story/ID` and `/story/ID/REVISION`."""
    page = await _page(datasette, request)
    cited = _citation(datasette, request, page)
    url = page.story["url"]
    return await respond(
        datasette,
        request,
        "story.html",
        page=page,
        apa=apa(cited),
        bibtex=readable(bibtex_entry(cited)),
        permalink=cited.archived,
        safe_url=url if url.startswith(("https://", "http://")) else "",
        shown_url=unquote(url),
    )


async def bibtex(datasette: Datasette, request: Request) -> Response:
    """Answer `/story/ID.bib`."""
    page = await _page(datasette, request)
    entry = bibtex_entry(_citation(datasette, request, page))
    return Response(entry, content_type="application/x-bibtex; charset=utf-8")


def load(conn: sqlite3.Connection, number: int, revision: int | None) -> StoryPage | None:
    """Return the page of story `number` at `revision` (None = as it is now); None when there is no such thing."""
    row = conn.execute("SELECT * FROM stories WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    texts = conn.execute("SELECT * FROM story_revisions WHERE story = ? ORDER BY number", (number,)).fetchall()
    wanted = row["revision"] if revision is None else revision
    text = next((dict(one) for one in texts if one["number"] == wanted), None)
    if text is None:
        return None
    relations, titles = related(conn, number)
    story = dict(row) | {name: json.loads(row[name]) if row[name] else None for name in _PACKED}
    return StoryPage(
        story=story,
        text=text,
        revisions=[{key: one[key] for key in ("number", "first_seen", "last_seen", "title")} for one in texts],
        withdrawal=_withdrawal(conn, number),
        raw=_raw(conn, number, text["number"]),
        runs=run_in(conn, number),
        way=way(conn, number),
        relations=relations,
        titles=titles,
        agency_name=agency_names(conn).get(row["agency"], row["agency"]),
    )


def _raw(conn: sqlite3.Connection, number: int, revision: int) -> dict[str, Any] | None:
    """Return which raw page a revision was read from; its source is never shown here (`bayegan page` prints it)."""
    row = conn.execute("SELECT * FROM story_pages WHERE story = ? AND revision = ?", (number, revision)).fetchone()
    return None if row is None else dict(row)


def _withdrawal(conn: sqlite3.Connection, number: int) -> dict[str, Any] | None:
    """Return the newest withdrawal that the evidence suffices for."""
    row = conn.execute(
        "SELECT * FROM withdrawals WHERE story = ? AND withdrawn IS NOT NULL ORDER BY number DESC LIMIT 1", (number,)
    ).fetchone()
    return None if row is None else {**row, "evidence": json.loads(row["evidence"])}


async def _page(datasette: Datasette, request: Request) -> StoryPage:
    asked = request.url_vars
    revision = asked.get("revision")
    page = await look(datasette, lambda conn: load(conn, int(asked["id"]), int(revision) if revision else None))
    if page is None:
        t = reader(request)
        raise NotFound(
            t("no_revision", number=asked["id"], n=int(revision)) if revision else t("no_story", number=asked["id"])
        )
    return page


def _citation(datasette: Datasette, request: Request, page: StoryPage) -> Citation:
    """Return what a citation says; its address names the revision, so that what is cited stays what was read."""
    story, text = page.story, page.text
    return Citation(
        key=f"{story['agency']}{story['id']}r{text['number']}",
        author=story["byline"] or page.agency_name,
        title=text["title"],
        publisher=page.agency_name,
        published=datetime.fromisoformat(story["published"]) if story["published"] else None,
        url=story["url"],
        archived=datasette.absolute_url(request, datasette.urls.path(f"story/{story['id']}/{text['number']}")),
        seen=datetime.fromisoformat(text["first_seen"]),
    )
