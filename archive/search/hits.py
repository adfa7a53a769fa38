"""Ask the archive, read-only: hits ranked, each with a snippet of the printed text."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError, StoryNotFoundError
from archive.schema import MIGRATIONS, check
from archive.search.query import Match, Query, compile_query
from archive.search.snippet import snippet

# A word of the title says more than one of the lead, that more than one of the body; stems find, spellings rank.
WEIGHTS = "4.0, 2.0, 1.0, 0.3, 0.0"
_DAY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story that a search found; `score` is higher for better ones, `snippet` has HTML escaped and hits in <mark>."""

    id: int
    agency: str
    story_id: str | None
    url: str
    title: str
    published: str | None  # UTC, ISO 8601
    score: float
    snippet: str

    def as_json(self) -> dict[str, Any]:
        """Return the hit as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found: the first `limit` hits, and how many there are in all."""

    hits: tuple[Hit, ...]
    count: int


@contextmanager
def open_archive(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the archive at `path` for reading only; raises ArchiveError when there is none."""
    if not path.exists():
        raise ArchiveError(path, "no archive", "there is no such file; crawl or import first")
    try:
        conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise ArchiveError(path, "cannot be opened", str(error)) from error
    with closing(conn):
        conn.row_factory = sqlite3.Row
        if check(conn, path) < len(MIGRATIONS):
            raise ArchiveError(path, "made by an older bayegan", "any crawl or import brings it up to date")
        yield conn


def search(conn: sqlite3.Connection, query: Query) -> Hits:
    """Return the stories that hold all words of `query`."""
    match = compile_query(query)
    if match is None:
        return Hits(hits=(), count=0)
    where, values = _where(query, match)
    (count,) = conn.execute(f"SELECT count(*) FROM story_index WHERE {where}", values).fetchone()
    order = "i.rowid DESC" if query.newest else "rank, i.rowid DESC"
    found = conn.execute(
        "SELECT s.id, s.agency, s.story_id, s.url, s.kicker, s.title, s.lead, s.body, s.published, i.rank AS rank"
        f" FROM (SELECT rowid, bm25(story_index, {WEIGHTS}) AS rank FROM story_index WHERE {where}) AS i"
        f" JOIN stories s ON s.id = i.rowid ORDER BY {order} LIMIT :limit",
        {**values, "limit": query.limit},
    )
    return Hits(hits=tuple(_hit(row, match) for row in found), count=count)


def show(conn: sqlite3.Connection, story: int, path: object) -> sqlite3.Row:
    """Return the row of one story; raises StoryNotFoundError."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM stories WHERE id = ?", (story,)).fetchone()
    if row is None:
        raise StoryNotFoundError(path, story)
    return row


def _where(query: Query, match: Match) -> tuple[str, dict[str, Any]]:
    """Return the condition on the index and its values; days are a range of ids, which FTS5 walks directly."""
    conditions = ["story_index MATCH :match"]
    values: dict[str, Any] = {"match": match.expression}
    if query.first_day is not None:
        conditions.append("rowid >= :first")
        values["first"] = _first_id(query.first_day)
    if query.last_day is not None:
        conditions.append("rowid < :after")
        values["after"] = _first_id(query.last_day + timedelta(days=1))
    return " AND ".join(conditions), values


def _first_id(day: date) -> int:
    return int(day.strftime("%Y%m%d")) * _DAY


def _hit(row: sqlite3.Row, match: Match) -> Hit:
    text = "\n".join(part for part in (row["lead"], row["body"]) if part) or row["title"]
    return Hit(
        id=row["id"],
        agency=row["agency"],
        story_id=row["story_id"],
        url=row["url"],
        title=row["title"],
        published=row["published"],
        score=round(-row["rank"], 4),
        snippet=snippet(text, match.terms),
    )
