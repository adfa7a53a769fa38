"""Ask the archive, read-only: hits ranked, each with a snippet of the printed text."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive import place
from archive.duplicates.relations import clusters_of, other_agencies
from archive.errors import ArchiveError, StoryNotFoundError
from archive.schema import MIGRATIONS, check
from archive.search.engine import Ranked, Reader
from archive.search.facets import Facets
from archive.search.finding import find
from archive.search.note import Note
from archive.search.query import Query
from archive.search.snippet import Marks, snippet


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
    cluster: int  # the story that speaks for its copies; itself when it is alone
    also_ran_in: tuple[str, ...]  # the keys of other agencies that ran it

    def as_json(self) -> dict[str, Any]:
        """Return the hit as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found: one page of hits, and how many there are in all.

    `about` says that the count is reckoned, not counted; `cursor` asks for the next page, empty = there is none.
    `notes` say what was read otherwise than it was written, or not looked for.
    """

    hits: tuple[Hit, ...] = ()
    count: int = 0
    about: bool = False
    cursor: str = ""
    facets: Facets = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what was found as plain values."""
        return {**asdict(self), "hits": [hit.as_json() for hit in self.hits]}


@contextmanager
def open_archive(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the archive at `path` for reading only; raises ArchiveError when there is none."""
    if shared := place.shared_at(path):
        with place.engine(shared).open_reader(shared) as opened:
            yield opened
        return
    if not path.exists():
        raise ArchiveError(path, "no archive", "there is no such file; crawl or import first")
    try:
        conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, factory=Reader)
    except sqlite3.Error as error:
        raise ArchiveError(path, "cannot be opened", str(error)) from error
    with closing(conn):
        conn.row_factory = sqlite3.Row
        if check(conn, path) < len(MIGRATIONS):
            raise ArchiveError(path, "made by an older bayegan", "any crawl or import brings it up to date")
        conn.execute("PRAGMA cache_size = -32768")  # KiB: lists of common words are walked page by page
        conn.index = place.index_beside(path)
        yield conn


def search(conn: sqlite3.Connection, query: Query) -> Hits:
    """Return the stories that hold all words of `query`; those that hold any of them when none has all.

    Ends after `query.seconds` with what it found until then. Raises QueryError for a cursor of another search.
    """
    found = find(conn, query)
    return Hits(
        hits=hits_of(conn, found.page, found.marks),
        count=found.count,
        about=found.about,
        cursor=found.cursor,
        facets=found.facets,
        notes=found.notes,
    )


def show(conn: sqlite3.Connection, story: int, path: object) -> sqlite3.Row:
    """Return the row of one story; raises StoryNotFoundError."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM stories WHERE id = ?", (story,)).fetchone()
    if row is None:
        raise StoryNotFoundError(path, story)
    return row


def hits_of(conn: sqlite3.Connection, page: Ranked, marks: Marks) -> tuple[Hit, ...]:
    """Return the stories of a page in its order; one that was withdrawn from the table meanwhile is left out."""
    wanted = ", ".join("?" * len(page))
    sql = f"SELECT id, agency, story_id, url, title, lead, body, published FROM stories WHERE id IN ({wanted})"
    rows = {row[0]: row for row in conn.execute(sql, [one for one, _ in page])}
    clusters, others = clusters_of(conn, rows), other_agencies(conn, rows)
    return tuple(
        _hit(rows[one], score, marks, (clusters.get(one, one), others.get(one, ())))
        for one, score in page
        if one in rows
    )


def _hit(row: Sequence[Any], score: float, marks: Marks, ran: tuple[int, tuple[str, ...]]) -> Hit:
    story, agency, story_id, url, title, lead, body, published = row
    text = "\n".join(part for part in (lead, body) if part) or title
    cluster, also_ran_in = ran
    return Hit(
        id=story,
        agency=agency,
        story_id=story_id,
        url=url,
        title=title,
        published=published,
        score=float(f"{score:.5g}"),
        snippet=snippet(text, marks),
        cluster=cluster,
        also_ran_in=also_ran_in,
    )
