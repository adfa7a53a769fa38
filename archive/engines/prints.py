"""Fingerprints in a shared archive: found by their value in a table, since many machines change the days at once."""

from collections.abc import Collection

from archive.duplicates.shelf import A_DAY, NUMBERS_A_DAY, Shelves, numbers, row_of


class SharedShelves(Shelves):
    """The same shelves, with nothing of them in this process's memory; whoever calls holds the transaction."""

    def look_up(self, days: tuple[int, int], prints: Collection[int], most: int) -> dict[int, list[int]]:
        """Return, for each of `prints` on the shelves from the first to the last day, `most` stories that have it."""
        rows = self.conn.execute(
            "SELECT v, p.story FROM unnest(CAST(? AS bigint[])) v, LATERAL (SELECT story FROM prints WHERE value = v"
            " AND story BETWEEN ? AND ? ORDER BY story LIMIT ?) p ORDER BY v, p.story",
            (list(prints), numbers(days[0])[0], numbers(days[1])[1], most),
        )
        found: dict[int, list[int]] = {}
        for value, story in rows:
            found.setdefault(value, []).append(story)
        return found

    def put(self, story: int, prints: Collection[int]) -> None:
        """Put the fingerprints of a story on the shelf of its day, and make room when a new day begins."""
        day = story // NUMBERS_A_DAY
        row = self.conn.execute("SELECT stories FROM fingerprint_days WHERE day = ?", (day,)).fetchone()
        if row is not None and row[0] >= A_DAY:
            return
        self.conn.execute("INSERT INTO fingerprints (story, prints) VALUES (?, ?)", (story, row_of(prints)))
        self.conn.execute(
            "INSERT INTO prints (value, story) SELECT v, ? FROM unnest(CAST(? AS bigint[])) v ON CONFLICT DO NOTHING",
            (story, list(prints)),
        )
        self.conn.execute(
            "INSERT INTO fingerprint_days (day, stories, touched) VALUES (?, 1, nextval('touches')) ON CONFLICT (day)"
            " DO UPDATE SET stories = fingerprint_days.stories + 1, touched = excluded.touched",
            (day,),
        )
        if row is None:
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
