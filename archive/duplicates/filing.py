"""File a story among those of the last days: compare it, note what it is to them, and put it where it is found.

Everything here happens in the story's own transaction and depends on nothing but what stands in the archive, so that
the same stories in the same order give the same clusters, whatever was killed between.
"""

import sqlite3
from collections.abc import Collection

from archive.duplicates import shelf
from archive.duplicates.candidates import REACH, candidates
from archive.duplicates.clusters import regroup
from archive.duplicates.judgement import RULES_VERSION, Judgement, Kind, judge
from archive.duplicates.sketch import Sketch, paragraphs_of, sketch_of, words
from archive.duplicates.wording import SKETCH_VERSION

_PART = "sketch"


def file(conn: sqlite3.Connection, story: int, sketch: Sketch) -> None:
    """File a story that has just been written into `stories`."""
    if _compare(conn, story, sketch, _related(conn, story)):
        regroup(conn, [story])
    shelf.put(conn, story, sketch.prints)


def refile(conn: sqlite3.Connection, story: int, old: Sketch, new: Sketch) -> None:
    """File a story anew whose text was `old` and is `new` now; it may leave its cluster, and so may its copies.

    Stories that were compared with it look for their match again, in the order of their numbers.
    """
    related = _related(conn, story)
    shelf.remove(conn, story, old.prints)
    conn.execute("DELETE FROM edges WHERE story = :story OR other = :story", {"story": story})
    _compare(conn, story, new, related)
    shelf.put(conn, story, new.prints)
    for other in related:
        conn.execute("DELETE FROM edges WHERE story = ?", (other,))
        _compare(conn, other, sketch_of(*_text(conn, other)), _related(conn, other))
    regroup(conn, [story, *related])


def refresh(conn: sqlite3.Connection) -> bool:
    """Put the last days' stories on the shelves anew if sketches were made otherwise; say whether that was so.

    What stories are to each other stays as it was found: `bayegan recluster` judges it by today's rules.
    """
    row = conn.execute("SELECT version FROM versions WHERE part = ?", (_PART,)).fetchone()
    if row is not None and row[0] == SKETCH_VERSION:
        return False
    shelf.clear_all(conn)
    restock_last(conn)
    conn.execute("INSERT OR REPLACE INTO versions (part, version) VALUES (?, ?)", (_PART, SKETCH_VERSION))
    return True


def file_again(conn: sqlite3.Connection, story: int) -> None:
    """File a story that stands in the archive, on no shelf and without edges of its own."""
    file(conn, story, sketch_of(*_text(conn, story)))


def restock_last(conn: sqlite3.Connection) -> None:
    """Put the stories of the last days on their shelves where these were cleared."""
    after = 1 << 62
    for _ in range(REACH.days + 1):
        (last,) = conn.execute("SELECT max(id) FROM stories WHERE id < ?", (after,)).fetchone()
        if last is None:
            return
        day = last // shelf.NUMBERS_A_DAY
        if not conn.execute("SELECT 1 FROM fingerprint_days WHERE day = ?", (day,)).fetchone():
            restock(conn, day)
        after = day * shelf.NUMBERS_A_DAY


def restock(conn: sqlite3.Connection, day: int) -> None:
    """Put the stories of a day (yyyymmdd) on its shelf anew, as they stand in the archive."""
    shelf.clear(conn, day)
    for (story,) in conn.execute(
        "SELECT id FROM stories WHERE id BETWEEN ? AND ? ORDER BY id", shelf.numbers(day)
    ).fetchall():
        shelf.put(conn, story, sketch_of(*_text(conn, story)).prints)


def _compare(conn: sqlite3.Connection, story: int, sketch: Sketch, later: Collection[int] = ()) -> bool:
    """Note what a story is to its candidates but the `later` ones; say whether it is a copy of one."""
    found = candidates(conn, story, sketch)
    if not found.stories:
        return False
    mine = words(sketch.paragraphs, found.house)
    judged = {
        other: judge(words(paragraphs_of(*_text(conn, other)), found.house), mine)
        for other in found.stories
        if other not in later
    }
    edges = _edges(judged)
    conn.executemany(
        "INSERT OR REPLACE INTO edges (story, other, kind, of_story, of_other, version) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (story, other, one.kind, round(100 * one.of_second), round(100 * one.of_first), RULES_VERSION)
            for other, one in edges.items()
        ],
    )
    return any(one.kind is Kind.COPY for one in edges.values())


def _edges(judged: dict[int, Judgement]) -> dict[int, Judgement]:
    """Return what is worth noting: the best copy, the best issue of the same form, and every shared passage.

    Passages shared with further copies of what this is a copy of go without saying.
    """
    chosen: dict[int, Judgement] = {}
    for kind in (Kind.COPY, Kind.UPDATE):
        alike = [other for other, one in judged.items() if one.kind is kind]
        if alike:
            # Candidates come in order of what they share: the first of equals is the nearest, or the earliest.
            best = max(alike, key=lambda other: judged[other].of_first + judged[other].of_second)
            chosen[best] = judged[best]
    return chosen | {other: one for other, one in judged.items() if one.kind is Kind.REUSE}


def _related(conn: sqlite3.Connection, story: int) -> list[int]:
    """Return the later stories that were found to be copies, issues or users of a story."""
    return [other for (other,) in conn.execute("SELECT story FROM edges WHERE other = ? ORDER BY story", (story,))]


def _text(conn: sqlite3.Connection, story: int) -> tuple[str, str, str]:
    title, lead, body = conn.execute("SELECT title, lead, body FROM stories WHERE id = ?", (story,)).fetchone()
    return title, lead, body
