"""Is this story in the archive? The identity ladder, climbed through its tables."""

import sqlite3
from typing import Any

from archive import rows
from archive.analysis import Analysed


def climb(conn: sqlite3.Connection, new: Analysed) -> dict[str, Any] | None:
    """Return the row of the story that `new` is: by story id, else address (former and short ones too), else words."""
    story = new.story
    if story.story_id is not None:
        row = oldest(conn, "agency = ? AND story_id = ?", story.agency, story.story_id)
        if row:
            return row
    if new.address:
        # Two different story ids are two stories, whatever address they share.
        where = "agency = ? AND (story_id IS NULL OR ? IS NULL) AND "
        here = story.agency, story.story_id, new.address
        row = oldest(conn, f"{where} address = ?", *here)
        # Few have further addresses, and to ask for these alone takes a third of the time.
        if row is None and conn.execute("SELECT 1 FROM addresses WHERE address = ?", (new.address,)).fetchone():
            row = oldest(conn, f"{where} id IN (SELECT story FROM addresses WHERE address = ?)", *here)
        if row:
            return row
    if story.story_id is None:
        # The same words of the same moment: one story under two addresses.
        where = "content_hash = ? AND agency = ? AND published IS ?"
        return oldest(conn, where, new.content_hash, story.agency, rows.moment(story.published))
    return None


def oldest(conn: sqlite3.Connection, where: str, *values: str | int | None) -> dict[str, Any] | None:
    """Return the oldest story of a condition. Plain SQL: sqlite-utils takes ten times as long for one row."""
    found = conn.execute(f"SELECT * FROM stories WHERE {where} ORDER BY id LIMIT 1", values)
    row = found.fetchone()
    return None if row is None else dict(zip((name for name, *_ in found.description), row, strict=True))
