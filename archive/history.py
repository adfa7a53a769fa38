"""Ask what became of stories: their revisions, the edits and the withdrawals of a stretch of time."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from archive.errors import ArchiveError, StoryNotFoundError
from archive.revisions import changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which events are meant: of an agency (empty = all), `since` and before `until` (UTC, ISO 8601; empty = open)."""

    agency: str = ""
    since: str = ""
    until: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a story: «changed», «withdrawn» or «reappeared», when, and what is known of it.

    `details` are the kinds of changes (`archive.revisions.Kind`), or the evidence of a withdrawal.
    """

    at: str  # UTC, ISO 8601
    what: str
    story: int
    agency: str
    url: str
    title: str
    revision: int
    details: list[Any] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the event as plain values."""
        return asdict(self)


def revision(conn: sqlite3.Connection, story: int, number: int, path: object) -> dict[str, Any]:
    """Return one text of a story as a row of the view `story_revisions`.

    Raises StoryNotFoundError, or ArchiveError when it has no such revision.
    """
    rows = conn.execute("SELECT * FROM story_revisions WHERE story = ? ORDER BY number", (story,)).fetchall()
    if not rows:
        raise StoryNotFoundError(path, story)
    for row in rows:
        if row["number"] == number:
            return dict(row)
    raise ArchiveError(path, f"story {story} has no revision {number}", f"it has 1 to {rows[-1]['number']}")


def last_revision(conn: sqlite3.Connection, story: int, path: object) -> int:
    """Return the number of a story's current revision; raises StoryNotFoundError."""
    row = conn.execute("SELECT revision FROM stories WHERE id = ?", (story,)).fetchone()
    if row is None:
        raise StoryNotFoundError(path, story)
    return int(row[0])


def withdrawn(conn: sqlite3.Connection, story: int) -> str | None:
    """Return since when a story is known to be taken down (UTC, ISO 8601); None = it stands, as far as is known."""
    row = conn.execute(
        "SELECT withdrawn FROM withdrawals WHERE story = ? AND withdrawn IS NOT NULL AND reappeared IS NULL", (story,)
    ).fetchone()
    return None if row is None else row[0]


def edits(conn: sqlite3.Connection, window: Window) -> Iterator[Event]:
    """Yield the newest revisions that followed another, newest first, each with the kinds of what it changed."""
    found = conn.execute(
        "SELECT r.at, r.story, r.number, s.agency, s.url, s.title FROM ("
        " SELECT first_seen AS at, story, number FROM revisions WHERE number > 1"
        # Only the newest are read, from the index stories_by_revised, however many stories there are.
        " UNION ALL SELECT * FROM (SELECT revised, id, revision FROM stories"
        "  WHERE revised >= :since AND (:until = '' OR revised < :until) AND (:agency = '' OR agency = :agency)"
        "  ORDER BY revised DESC, id DESC LIMIT :limit) AS newest"
        ") AS r JOIN stories s ON s.id = r.story WHERE r.at >= :since AND (:until = '' OR r.at < :until)"
        " AND (:agency = '' OR s.agency = :agency) ORDER BY r.at DESC, r.story DESC, r.number DESC LIMIT :limit",
        asdict(window),
    )
    for at, story, number, agency, url, title in found.fetchall():
        old, new = (revision(conn, story, one, "") for one in (number - 1, number))
        kinds = list(dict.fromkeys(str(change.kind) for change in changes(old, new)))
        yield Event(
            at=at, what="changed", story=story, agency=agency, url=url, title=title, revision=number, details=kinds
        )


def withdrawals(conn: sqlite3.Connection, window: Window) -> Iterator[Event]:
    """Yield the newest withdrawals and reappearances, newest first, each with its evidence."""
    found = conn.execute(
        "SELECT w.at, w.what, w.story, s.agency, s.url, s.title, s.revision, w.evidence FROM ("
        " SELECT withdrawn AS at, 'withdrawn' AS what, story, evidence FROM withdrawals WHERE withdrawn IS NOT NULL"
        " UNION ALL SELECT reappeared, 'reappeared', story, '[]' FROM withdrawals"
        " WHERE withdrawn IS NOT NULL AND reappeared IS NOT NULL"
        ") AS w JOIN stories s ON s.id = w.story WHERE w.at >= :since AND (:until = '' OR w.at < :until)"
        " AND (:agency = '' OR s.agency = :agency) ORDER BY w.at DESC, w.story DESC LIMIT :limit",
        asdict(window),
    )
    for at, what, story, agency, url, title, number, evidence in found.fetchall():
        yield Event(
            at=at,
            what=what,
            story=story,
            agency=agency,
            url=url,
            title=title,
            revision=number,
            details=json.loads(evidence),
        )
