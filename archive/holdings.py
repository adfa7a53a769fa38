"""Which folders of raw pages the workers of a shared archive have, and of which months.

Raw pages stay on the machine that fetched them, so whoever wants them read again asks here who has them.
"""

import socket
import sqlite3
from collections.abc import Collection
from pathlib import Path


def name_of(folder: Path, machine: str = "") -> str:
    """Return what a folder of raw pages is called among machines; `machine` empty = the host's name."""
    return f"{machine or socket.gethostname()}:{folder.resolve()}"


def note(conn: sqlite3.Connection, folder: str, months: Collection[str]) -> None:
    """Note that `folder` holds raw pages that were fetched in `months`, and in no others."""
    held = list(months)
    conn.execute("DELETE FROM holdings WHERE folder = ? AND NOT month = ANY(?)", (folder, held))
    conn.executemany(
        "INSERT INTO holdings (folder, month) VALUES (?, ?) ON CONFLICT DO NOTHING", [(folder, one) for one in held]
    )


def holders(conn: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the months of each folder."""
    found: dict[str, set[str]] = {}
    for folder, month in conn.execute("SELECT folder, month FROM holdings ORDER BY folder"):
        found.setdefault(folder, set()).add(month)
    return found
