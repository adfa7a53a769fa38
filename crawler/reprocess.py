"""Read the archive's raw pages again by today's rules: what comes out differently, and put it in its place."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from archive import pages, rows
from archive.analysis import Analysed
from archive.errors import ArchiveError
from archive.intake import Intake
from archive.pages import PageOf, Span
from archive.raw.months import has_page, read_page
from archive.raw.page import RawPage
from archive.store import Store
from archive.story import DateFound
from crawler.agency import Agency
from crawler.house import with_lines
from crawler.reader import HostilePageError, Page, Reading

# What was said of a story's dates elsewhere than on its page; the archive remembers it with the story.
_ELSEWHERE = frozenset({"feed", "sitemap", "seen"})
# Where a story is, and what is said of its dates elsewhere, is no matter of extraction.
_NOT_COMPARED = frozenset({"agency", "url", "dates"})
_OF_REVISIONS = ("kicker", "title", "lead", "body", "modified")


class Outcome(StrEnum):
    """What became of a page that was read again."""

    SAME = "same"
    CHANGED = "changed"
    FOUND = "found"  # a link that gave no story gives one now
    LOST = "lost"  # a story's page gives none now: the story stays as it was
    FAILED = "failed"  # its page could not be read, or killed its reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A page that was read again: what came of it, and the fields that differ, as they were and as they are now."""

    page: PageOf
    outcome: Outcome
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""
    analysed: Analysed | None = None


class Reads(Protocol):
    """Read a page in bounded time."""

    async def read(self, page: Page, agency: Agency, now: datetime) -> Reading:
        """Return what the page is; raises HostilePageError."""


async def reread(
    conn: sqlite3.Connection,
    folder: Path,
    span: Span,
    agencies: Mapping[str, Agency],
    reads: Reads,
    *,
    shared: bool = False,
) -> AsyncIterator[Reread]:
    """Yield every page of `span` as it is read by today's rules; `folder` holds the raw pages, nothing is written.

    Of a `shared` archive, pages that other folders have are left out.
    """
    known = {key: with_lines(conn, agency) for key, agency in agencies.items()}
    for one in pages.pages(conn, span):
        if one.agency not in known:
            yield Reread(page=one, outcome=Outcome.FAILED, reason=f"no agency file for {one.agency}")
            continue
        if shared and not has_page(folder, one.month, one.page):
            continue
        try:
            raw = read_page(folder, one.month, one.page, one.fetched)
            reading = await reads.read(_page(conn, one, raw), known[one.agency], raw.fetched)
        except (ArchiveError, HostilePageError) as error:
            yield Reread(page=one, outcome=Outcome.FAILED, reason=str(error))
            continue
        yield _judge(conn, one, reading)


def put(store: Store, one: Reread, now: datetime) -> None:
    """Put what came out differently in its place: no revision, since no agency changed anything."""
    if one.analysed is None:
        return
    if one.outcome is Outcome.FOUND and one.page.link is not None:
        with store.atomic():
            stored = Intake(store=store, agency=one.page.agency).keep(one.page.link, one.analysed, now)
            pages.adopt(store.conn, one.page.link, stored.id)
    elif one.outcome is Outcome.CHANGED and one.page.story is not None:
        with store.atomic():
            if store.row(one.page.story)["revision"] == one.page.revision:
                store.retell(one.page.story, one.analysed)
            else:
                store.retell_revision(one.page.story, one.page.revision, one.analysed)


def _page(conn: sqlite3.Connection, one: PageOf, raw: RawPage) -> Page:
    said: tuple[DateFound, ...] = ()
    if one.story is not None:
        said = tuple(date for date in rows.story(_row(conn, one.story)).dates if date.source in _ELSEWHERE)
    charset = next((value for name, value in raw.response if name.lower() == "content-type"), "")
    return Page(url=raw.url, body=raw.body, charset=charset.rpartition("charset=")[2], announced=said)


def _judge(conn: sqlite3.Connection, one: PageOf, reading: Reading) -> Reread:
    if reading.analysed is None:
        outcome = Outcome.SAME if one.story is None else Outcome.LOST
        return Reread(page=one, outcome=outcome, reason=f"{reading.verdict}: {reading.reason}")
    if one.story is None:
        title = ("", reading.analysed.story.title)
        return Reread(page=one, outcome=Outcome.FOUND, fields={"title": title}, analysed=reading.analysed)
    fields = _differences(conn, one, reading.analysed)
    outcome = Outcome.CHANGED if fields else Outcome.SAME
    return Reread(page=one, outcome=outcome, fields=fields, analysed=reading.analysed)


def _differences(conn: sqlite3.Connection, one: PageOf, analysed: Analysed) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ between what the archive has of a page and what is read now."""
    new = analysed.story.as_json()
    row = _row(conn, one.story or 0)
    if row["revision"] == one.revision:
        old = {name: value for name, value in rows.story(row).as_json().items() if name not in _NOT_COMPARED}
        # What the page does not tell stays as it is known from elsewhere.
        return {name: (old[name], new[name]) for name in old if old[name] != new[name] and _tells(name, new[name])}
    found = conn.execute(
        f"SELECT {', '.join(_OF_REVISIONS)} FROM revisions WHERE story = ? AND number = ?", (one.story, one.revision)
    ).fetchone()
    past = dict(zip(_OF_REVISIONS, found or (), strict=bool(found)))
    return {name: (past[name], new[name]) for name in past if past[name] != new[name]}


def _tells(name: str, value: object) -> bool:
    return name not in ("story_id", "published", "published_raw") or value not in (None, "")


def _row(conn: sqlite3.Connection, story: int) -> dict[str, Any]:
    found = conn.execute("SELECT * FROM stories WHERE id = ?", (story,))
    return dict(zip((name for name, *_ in found.description), found.fetchone(), strict=True))
