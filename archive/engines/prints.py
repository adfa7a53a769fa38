"""Fingerprints in a shared archive: found by their value in a table, since many machines change the days at once."""

from collections.abc import Collection

from archive.duplicates.shelf import A_DAY, NUMBERS_A_DAY, Shelves, numbers, row_of

# One question to the server instead of four; of a full day nothing comes, and nothing is put there.
_PUT = (
    "WITH here AS (INSERT INTO fingerprint_days (day, stories, touched) VALUES (?, 1, nextval('touches'))"
    " ON CONFLICT (day) DO UPDATE SET stories = fingerprint_days.stories + 1, touched = excluded.touched"
    " WHERE fingerprint_days.stories < ? RETURNING stories),"
    " kept AS (INSERT INTO fingerprints (story, prints) SELECT CAST(? AS bigint), CAST(? AS bytea) FROM here),"
    " found AS (INSERT INTO prints (value, story) SELECT v, CAST(? AS bigint)"
    " FROM here, unnest(CAST(? AS bigint[])) v) SELECT stories FROM here"
)


class SharedShelves(Shelves):
    """The same shelves, with nothing of them in this process's memory; whoever calls holds the transaction."""

    def look_up(self, days: tuple[int, int], prints: Collection[int], most: int) -> dict[int, list[int]]:
        """Return, for each of `prints` on the shelves from the first to the last day, `most` stories that have it."""
        rows = self.conn.execute(
            "SELECT v, p.story FROM unnest(CAST(? AS bigint[])) v, LATERAL (SELECT story FROM prints WHERE value = v"
            " AND story BETWEEN ? AND ? ORDER BY story LIMIT ?) p ORDER BY v, p.story",
            (_array(prints), numbers(days[0])[0], numbers(days[1])[1], most),
        )
        found: dict[int, list[int]] = {}
        for value, story in rows:
            found.setdefault(value, []).append(story)
        return found

    def put(self, story: int, prints: Collection[int]) -> None:
        """Put the fingerprints of a story on the shelf of its day, and make room when a new day begins."""
        row = self.conn.execute(_PUT, (story // NUMBERS_A_DAY, A_DAY, story, row_of(prints), story, _array(prints)))
        if row.fetchone() == (1,):
            self._make_room()

    def remove(self, story: int) -> None:
        """Take the fingerprints of a story from its shelf; none may be there any more."""
        row = self.conn.execute("DELETE FROM fingerprints WHERE story = ? RETURNING prints", (story,)).fetchone()
        if row is None:
            return
        values = [int.from_bytes(row[0][at : at + 8], "big") for at in range(0, len(row[0]), 8)]
        self.conn.execute("DELETE FROM prints WHERE story = ? AND value = ANY(?)", (story, values))
        self.conn.execute(
            "UPDATE fingerprint_days SET stories = stories - 1, touched = nextval('touches') WHERE day = ?",
            (story // NUMBERS_A_DAY,),
        )

    def clear(self, day: int) -> None:
        """Take everything from the shelf of a day (yyyymmdd)."""
        rows = self.conn.execute("SELECT story FROM fingerprints WHERE story BETWEEN ? AND ?", numbers(day))
        for (story,) in rows.fetchall():
            self.remove(story)
        self.conn.execute("DELETE FROM fingerprint_days WHERE day = ?", (day,))

    def clear_all(self) -> None:
        """Take everything from all shelves."""
        self.conn.execute("TRUNCATE fingerprints, fingerprint_days, prints")


def _array(numbers: Collection[int]) -> str:
    """Return numbers as PostgreSQL writes an array; a list takes psycopg 0.16 ms more for each story."""
    return f"{{{','.join(map(str, numbers))}}}"
