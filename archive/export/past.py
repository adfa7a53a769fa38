"""The past of a story on its way in: earlier texts, other addresses, withdrawals, and the pages it was read from."""

import sqlite3

from archive import rows
from archive.export.jsonl import Whole


def hashes(conn: sqlite3.Connection, story: int) -> list[str]:
    """Return the content hashes of all texts of a story, the current one last."""
    found = conn.execute("SELECT content_hash FROM story_revisions WHERE story = ? ORDER BY number", (story,))
    return [one for (one,) in found]


def write(conn: sqlite3.Connection, story: int, whole: Whole) -> None:
    """Write what hangs on `story`; revisions and withdrawals that are there are replaced, addresses are added to."""
    for one in whole.revisions:
        row = {"story": story, **one}
        row["sum"] = rows.digest(row, rows.SUMMED_REVISION)
        _put(conn, "revisions", row)
    for one in whole.withdrawals:
        _put(conn, "withdrawals", {"story": story, **one})
    for one in whole.pages:
        _put(conn, "story_pages", {"story": story, **one})
    conn.executemany(
        "INSERT INTO addresses (story, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(story, place) for place in whole.addresses],
    )


def _put(conn: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    conn.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", row)
