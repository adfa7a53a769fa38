"""Whose turn an agency is, to be crawled or read again: one worker's at a time, for as long as it says that it lives.

A turn ends by itself when its holder is not heard of: by the clock of the database, so that no machine's own matters.
"""

import sqlite3
from collections.abc import Collection

_UNTIL = "clock_timestamp() + make_interval(secs => ?)"


class Turns:
    """The turns of one worker."""

    def __init__(self, conn: sqlite3.Connection, holder: str, dead_s: float) -> None:
        """Take turns through `conn` as `holder`; one that is not heard of for `dead_s` seconds has lost them."""
        self._conn, self._holder, self.dead_s = conn, holder, dead_s

    def take(self, agency: str) -> bool:
        """Take the turn of an agency if nobody has it; say whether it is ours."""
        taken = self._conn.execute(
            f"INSERT INTO turns (agency, holder, until) VALUES (?, ?, {_UNTIL}) ON CONFLICT (agency) DO UPDATE"
            " SET holder = excluded.holder, until = excluded.until"
            " WHERE turns.until < clock_timestamp() OR turns.holder = excluded.holder",
            (agency, self._holder, self.dead_s),
        )
        return taken.rowcount == 1

    def keep(self, agencies: Collection[str]) -> set[str]:
        """Say that we live; return those of `agencies` whose turn is not ours any more."""
        kept = self._conn.execute(
            f"UPDATE turns SET until = {_UNTIL} WHERE holder = ? AND agency = ANY(?) RETURNING agency",
            (self.dead_s, self._holder, list(agencies)),
        )
        return set(agencies) - {agency for (agency,) in kept}

    def give_back(self, agency: str) -> None:
        """Let another have the turn of an agency."""
        self._conn.execute("DELETE FROM turns WHERE agency = ? AND holder = ?", (agency, self._holder))
