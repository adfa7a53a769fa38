"""Which raw page each revision of a story was read from, and those of links that gave none."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from archive.raw.page import Packed
from archive.search.span import DAY, number
from archive.story import iso
from archive.text.jalali import midnight


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which pages are meant: of an agency (empty = all), of stories numbered `first` to `last`, or fetched since."""

    agency: str = ""
    first: int = 0
    last: int = 2**53
    since: str = ""  # for links, which have no number that tells their day
    until: str = "9999"

    @classmethod
    def of(cls, agency: str, first: date | None, last: date | None) -> "Span":
        """Return the pages of an agency from a first to a last day (Tehran's); None = without end."""
        after = None if last is None else last + timedelta(days=1)
        return cls(
            agency=agency,
            first=0 if first is None else number(first) * DAY,
            last=2**53 if after is None else number(after) * DAY - 1,
            since="" if first is None else iso(midnight(first)),
            until="9999" if after is None else iso(midnight(after)),
        )


_STORIES = (
    " FROM story_pages p JOIN stories s ON s.id = p.story"
    " WHERE (p.story, p.revision) > (:story, :revision) AND p.story BETWEEN :first AND :last"
    " AND (:agency = '' OR s.agency = :agency)"
)
_LINKS = (
    " FROM link_pages p JOIN links l ON l.id = p.link WHERE p.link > :link AND l.story IS NULL"
    " AND p.fetched >= :since AND p.fetched < :until AND (:agency = '' OR l.agency = :agency)"
)
_BEGINNING = {"story": 0, "revision": 0, "link": 0}
_AT_ONCE = 500


def count(conn: sqlite3.Connection, span: Span) -> int:
    """Return how many pages `pages` would yield."""
    bound = asdict(span) | _BEGINNING
    return sum(conn.execute(f"SELECT count(*){where}", bound).fetchone()[0] for where in (_STORIES, _LINKS))


def months(conn: sqlite3.Connection, span: Span) -> set[tuple[str, str]]:
    """Return of which agencies there are pages, each with the months in which they were fetched."""
    bound = asdict(span) | _BEGINNING
    found = [
        conn.execute(f"SELECT DISTINCT {agency}, p.month{where}", bound).fetchall()
        for agency, where in (("s.agency", _STORIES), ("l.agency", _LINKS))
    ]
    return {(agency, month) for rows in found for agency, month in rows}


def pages(conn: sqlite3.Connection, span: Span) -> Iterator[PageOf]:
    """Yield the pages of stories, by story and revision, then of links without a story; a few at a time.

    What is written meanwhile does not disturb it, and no read transaction is held.
    """
    at = _BEGINNING
    while found := conn.execute(
        f"SELECT s.agency, p.month, p.page, p.fetched, p.story, p.revision{_STORIES}"
        f" ORDER BY p.story, p.revision LIMIT {_AT_ONCE}",
        asdict(span) | at,
    ).fetchall():
        for agency, month, page, fetched, story, revision in found:
            yield PageOf(agency=agency, month=month, page=page, fetched=fetched, story=story, revision=revision)
            at = at | {"story": story, "revision": revision}
    while found := conn.execute(
        f"SELECT l.agency, p.month, p.page, p.fetched, p.link{_LINKS} ORDER BY p.link LIMIT {_AT_ONCE}",
        asdict(span) | at,
    ).fetchall():
        for agency, month, page, fetched, link in found:
            yield PageOf(agency=agency, month=month, page=page, fetched=fetched, link=link)
            at = at | {"link": link}


def adopt(conn: sqlite3.Connection, link: int, story: int) -> None:
    """Note that the page of a link gave `story` after all."""
    conn.execute(
        "INSERT OR REPLACE INTO story_pages (story, revision, month, page, fetched)"
        " SELECT s.id, s.revision, p.month, p.page, p.fetched FROM link_pages p JOIN stories s ON s.id = ?"
        " WHERE p.link = ?",
        (story, link),
    )
    forget_link(conn, link)
