"""Is this story in the archive? The identity ladder, climbed through its tables."""

import sqlite3
from typing import Any

from archive.analysis import Analysed


def climb(conn: sqlite3.Connection, new: Analysed) -> dict[str, Any] | None:
    """Return the row of the story that `new` is: by story id, else address (former and short ones too), else words."""
    story = new.story
    rungs = []
    if story.story_id is not None:
        rungs.append("story_id = :story_id")
    if new.address:
        # Two different story ids are two stories, whatever address they share.
        other = "" if story.story_id is None else " AND coalesce(story_id, '') = ''"
        rungs += [
            f"address = :address{other}",
            f"id IN (SELECT story FROM addresses WHERE address = :address){other}",
        ]
    if story.story_id is None:
        # The same words of the same moment: one story under two addresses.
        moment = "published IS NULL" if new.row["published"] is None else "published = :published"
        rungs.append(f"content_hash = :content_hash AND {moment}")
    # One question for all rungs, since some servers are far away; most stories are new, and it finds nothing.
    asked = (f"SELECT {at} AS rung, id FROM stories WHERE agency = :agency AND {one}" for at, one in enumerate(rungs))
    found = conn.execute(
        " UNION ALL ".join(asked),
        {
            "agency": story.agency,
            "story_id": story.story_id,
            "address": new.address,
            "content_hash": new.content_hash,
            "published": new.row["published"],
        },
    ).fetchall()
    return oldest(conn, "id = ?", min(found)[1]) if found else None


def oldest(conn: sqlite3.Connection, where: str, *values: str | int | None) -> dict[str, Any] | None:
    """Return the oldest story of a condition. Plain SQL: sqlite-utils takes ten times as long for one row."""
    found = conn.execute(f"SELECT * FROM stories WHERE {where} ORDER BY id LIMIT 1", values)
    row = found.fetchone()
    return None if row is None else dict(zip((name for name, *_ in found.description), row, strict=True))
