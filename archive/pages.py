"""Which raw page each revision of a story was read from, and those of links that gave none."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.raw.page import Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOf:
    """Where a raw page is: the month's file, its hash, and when it was fetched (UTC ISO 8601).

    It is the page of a revision of `story`, or of a `link` without a story.
    """

    agency: str
    month: str
    page: str
    fetched: str
    story: int | None = None
    revision: int = 0
    link: int | None = None


def note_story(conn: sqlite3.Connection, story: int, page: Packed) -> None:
    """Note that the current revision of `story` was read from `page`."""
    conn.execute(
        "INSERT OR REPLACE INTO story_pages (story, revision, month, page, fetched)"
        " SELECT id, revision, ?, ?, ? FROM stories WHERE id = ?",
        (page.month, page.hash, page.fetched, story),
    )


def note_link(conn: sqlite3.Connection, link: int, page: Packed) -> None:
    """Note that `page` was seen at `link` and gave no story."""
    conn.execute(
        "INSERT OR REPLACE INTO link_pages (link, month, page, fetched) VALUES (?, ?, ?, ?)",
        (link, page.month, page.hash, page.fetched),
    )


def forget_link(conn: sqlite3.Connection, link: int) -> None:
    """Forget the page of a link, which has a story now."""
    conn.execute("DELETE FROM link_pages WHERE link = ?", (link,))


def has(conn: sqlite3.Connection, story: int) -> bool:
    """Whether the page of a story's current revision is kept."""
    where = "SELECT 1 FROM story_pages p JOIN stories s ON s.id = p.story AND s.revision = p.revision WHERE s.id = ?"
    return conn.execute(where, (story,)).fetchone() is not None


def page_of(conn: sqlite3.Connection, story: int, revision: int | None = None) -> PageOf | None:
    """Return the page of a revision of a story (None: of its current one); None when it was not kept."""
    row = conn.execute(
        "SELECT s.agency, p.month, p.page, p.fetched, p.story, p.revision FROM stories s"
        " JOIN story_pages p ON p.story = s.id AND p.revision = coalesce(?, s.revision) WHERE s.id = ?",
        (revision, story),
    ).fetchone()
    names = ("agency", "month", "page", "fetched", "story", "revision")
    return None if row is None else PageOf(**dict(zip(names, row, strict=True)))


def pages(conn: sqlite3.Connection, agency: str = "", first: int = 0, last: int = 2**53) -> Iterator[PageOf]:
    """Yield the pages of stories numbered `first` to `last`, then of links without a story; of one agency or all."""
    bound = {"agency": agency, "first": first, "last": last}
    for row in conn.execute(
        "SELECT s.agency, p.month, p.page, p.fetched, p.story, p.revision FROM story_pages p"
        " JOIN stories s ON s.id = p.story WHERE p.story BETWEEN :first AND :last"
        " AND (:agency = '' OR s.agency = :agency) ORDER BY p.story, p.revision",
        bound,
    ):
        yield PageOf(agency=row[0], month=row[1], page=row[2], fetched=row[3], story=row[4], revision=row[5])
    for row in conn.execute(
        "SELECT l.agency, p.month, p.page, p.fetched, p.link FROM link_pages p JOIN links l ON l.id = p.link"
        " WHERE l.story IS NULL AND (:agency = '' OR l.agency = :agency) ORDER BY p.link",
        bound,
    ):
        yield PageOf(agency=row[0], month=row[1], page=row[2], fetched=row[3], link=row[4])
