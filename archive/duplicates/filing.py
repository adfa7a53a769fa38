"""File a story among those of the last days: compare it, note what it is to them, and put it where it is found.

Everything here happens in the story's own transaction and depends on nothing but what stands in the archive, so that
the same stories in the same order give the same clusters, whatever was killed between.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from archive.duplicates.candidates import REACH, Candidates, candidates
from archive.duplicates.clusters import Edge, is_alone, regroup
from archive.duplicates.judgement import RULES_VERSION, Kind, judge
from archive.duplicates.shelf import NUMBERS_A_DAY, Shelves, numbers
from archive.duplicates.sketch import Paragraphs, Sketch, paragraphs_in, paragraphs_of, sketch_of, text_of, words
from archive.duplicates.wording import SKETCH_VERSION

_PART = "sketch"


def file(shelves: Shelves, row: Mapping[str, Any], sketch: Sketch) -> None:
    """File a story that has just been written into `stories` as `row`."""
    changed = _compare(shelves, row, sketch)
    if changed:
        regroup(shelves.conn, changed)
    _put(shelves, row, sketch)


def refile(shelves: Shelves, story: int, new: Sketch) -> None:
    """File a story anew whose text is `new` now; it may leave its cluster, and so may its copies.

    Stories that were found to be something to it look for their match again, in the order of their numbers.
    """
    conn = shelves.conn
    rows = conn.execute("SELECT story FROM edges WHERE other = ? ORDER BY story", (story,)).fetchall()
    related = [other for (other,) in rows]
    shelves.remove(story)
    conn.execute("DELETE FROM edges WHERE story = :story OR other = :story", {"story": story})
    row = _row(conn, story)
    changed = {story, *related, *_compare(shelves, row, new)}
    _put(shelves, row, new)
    for other in related:
        conn.execute("DELETE FROM edges WHERE story = ?", (other,))
        row = _row(conn, other)
        changed |= _compare(shelves, row, _sketch(row))
    regroup(conn, changed)


def refresh(shelves: Shelves) -> bool:
    """Put the last days' stories on the shelves anew if sketches were made otherwise; say whether that was so.

    What stories are to each other stays as it was found: `bayegan recluster` judges it by today's rules.
    """
    conn = shelves.conn
    row = conn.execute("SELECT version FROM versions WHERE part = ?", (_PART,)).fetchone()
    if row is not None and row[0] == SKETCH_VERSION:
        return False
    shelves.clear_all()
    restock_last(shelves)
    conn.execute("INSERT OR REPLACE INTO versions (part, version) VALUES (?, ?)", (_PART, SKETCH_VERSION))
    return True


def file_again(shelves: Shelves, story: int) -> None:
    """File a story that stands in the archive, on no shelf and without edges of its own."""
    row = _row(shelves.conn, story)
    file(shelves, row, _sketch(row))


def restock_last(shelves: Shelves) -> None:
    """Put the stories of the last days on their shelves where these were cleared."""
    conn, after = shelves.conn, 1 << 62
    for _ in range(REACH.days + 1):
        (last,) = conn.execute("SELECT max(id) FROM stories WHERE id < ?", (after,)).fetchone()
        if last is None:
            return
        day = last // NUMBERS_A_DAY
        if not conn.execute("SELECT 1 FROM fingerprint_days WHERE day = ?", (day,)).fetchone():
            restock(shelves, day)
        after = day * NUMBERS_A_DAY


def restock(shelves: Shelves, day: int) -> None:
    """Put the stories of a day (yyyymmdd) on its shelf anew, as they stand in the archive."""
    shelves.clear(day)
    sql = "SELECT id FROM stories WHERE id BETWEEN ? AND ? ORDER BY id"
    for (story,) in shelves.conn.execute(sql, numbers(day)).fetchall():
        shelves.put(story, _sketch(_row(shelves.conn, story)).prints)


def _put(shelves: Shelves, row: Mapping[str, Any], sketch: Sketch) -> None:
    shelves.put(row["id"], sketch.prints)
    shelves.recent.keep(row["id"], row["sum"], sketch.text)


def _compare(shelves: Shelves, row: Mapping[str, Any], sketch: Sketch) -> set[int]:
    """Note what a story is to its candidates, or later ones to it; return it and its copies when it has any."""
    conn, story = shelves.conn, row["id"]
    found = candidates(shelves, story, row["published"] or row["first_seen"], sketch)
    if not found.earlier and not found.later:
        return set()
    mine = words(sketch.paragraphs, found.house)
    paragraphs, edges = _paragraphs(shelves, found), []
    for other in (*found.earlier, *found.later):
        judged = judge(words(paragraphs[other], found.house), mine)
        of_other, of_story = round(100 * judged.of_first), round(100 * judged.of_second)
        if judged.kind and other in found.later:
            edges.append(Edge(story=other, other=story, kind=judged.kind, of_story=of_other, of_other=of_story))
        elif judged.kind:
            edges.append(Edge(story=story, other=other, kind=judged.kind, of_story=of_story, of_other=of_other))
    chosen = [*_best(edges), *_adopted(conn, edges, story)]
    conn.executemany(
        # Not OR REPLACE: SQLite guards that with a savepoint, at which FTS5 writes out what it has gathered.
        "INSERT INTO edges (story, other, kind, of_story, of_other, version) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (story, other) DO UPDATE SET kind = excluded.kind, of_story = excluded.of_story,"
        " of_other = excluded.of_other, version = excluded.version",
        [(one.story, one.other, one.kind, one.of_story, one.of_other, RULES_VERSION) for one in chosen],
    )
    return {end for one in chosen if one.kind == Kind.COPY for end in (one.story, one.other)}


def _best(edges: list[Edge]) -> Iterator[Edge]:
    """Yield the best copy edge, the best of the same form, and every shared passage.

    Candidates come in order of what they share: the first of equals is the nearest, or the earliest.
    """
    for kind in (Kind.COPY, Kind.UPDATE):
        alike = [one for one in edges if one.kind == kind]
        if alike:
            yield max(alike, key=lambda one: one.of_story + one.of_other)
    yield from (one for one in edges if one.kind == Kind.REUSE)


def _adopted(conn: sqlite3.Connection, edges: list[Edge], story: int) -> Iterator[Edge]:
    """Yield the edges of later copies that came in before what they copy and have found no match so far."""
    for one in edges:
        if one.kind == Kind.COPY and one.other == story and is_alone(conn, one.story):
            yield one


def _paragraphs(shelves: Shelves, found: Candidates) -> dict[int, Paragraphs]:
    """Return the words of candidates; the texts of those not filed lately are asked for at once: servers may be far."""
    kept = {story: shelves.recent.text(story, row_sum) for story, row_sum in found.sums.items()}
    paragraphs = {story: paragraphs_in(text) for story, text in kept.items() if text is not None}
    rest = [story for story in kept if story not in paragraphs]
    if rest:
        sql = f"SELECT id, title, lead, body FROM stories WHERE id IN ({', '.join('?' * len(rest))})"
        for story, *texts in shelves.conn.execute(sql, rest).fetchall():
            paragraphs[story] = paragraphs_of(*texts)
            shelves.recent.keep(story, found.sums[story], text_of(paragraphs[story]))
    return paragraphs


def _row(conn: sqlite3.Connection, story: int) -> dict[str, Any]:
    """Return what is asked here of the row of a story."""
    names = ("id", "published", "first_seen", "sum", "title", "lead", "body")
    row = conn.execute(f"SELECT {', '.join(names)} FROM stories WHERE id = ?", (story,)).fetchone()
    return dict(zip(names, row, strict=True))


def _sketch(row: Mapping[str, Any]) -> Sketch:
    return sketch_of(row["title"], row["lead"], row["body"])
