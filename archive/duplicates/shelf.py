"""The fingerprints of the last days' stories, on one shelf a day: found by their value, dropped by the day.

They stand in the archive a row a story, where writing is cheap, and in memory by their value, where finding is.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from struct import pack

from archive.duplicates.places import Places
from archive.duplicates.recent import Recent

# A story's id is its day (yyyymmdd) times this, and a number of that day.
NUMBERS_A_DAY = 1_000_000
# Days that are kept, and stories that are kept however many days they take: what was touched last stays longest.
DAYS, STORIES = 14, 20_000
# A shelf that holds so many takes no more: they have 90 MiB in memory. Only imports that know no dates have such days.
A_DAY = 200_000
# Stories on the shelves that stay in memory: five days of 8,000.
IN_MEMORY = 40_000
# Stories of shelves that were let go of and still take memory: taking them out goes through all, some 30 ms.
LET_GO = 8_000

# Of a shelf in memory that is being changed: whatever happens meanwhile, it is read again.
_UNSURE = -1


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """The shelf of one day in memory, as when it was touched for the time `touched`; `number` among the places."""

    day: int
    number: int
    touched: int
    stories: int = 0


class Shelves:
    """The shelves of the archive that `conn` writes to; whoever calls holds the transaction.

    What is in memory is looked at again whenever the archive says that it stands otherwise: after a rollback.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Have nothing in memory yet."""
        self.conn = conn
        self.recent = Recent()
        self._places = Places()
        self._known: dict[int, _Shelf] = {}  # by day, those that were asked last at the end
        self._let_go = 0  # stories of other shelves among the places
        self._last: int | None = None  # the highest `touched` there ever was: it never falls, whatever is rolled back

    def look_up(self, days: tuple[int, int], prints: Collection[int], most: int) -> dict[int, list[int]]:
        """Return, for each of `prints` on the shelves from the first to the last day, the stories that have it.

        They are in order; where there are `most` of a fingerprint or more, any `most` of them.
        """
        rows = self.conn.execute(
            "SELECT day, touched FROM fingerprint_days WHERE day BETWEEN ? AND ? ORDER BY day", days
        )
        shelves = [self._shelf(day, touched) for day, touched in rows.fetchall()]
        self._forget(len(shelves))
        firsts = {shelf.number: shelf.day * NUMBERS_A_DAY for shelf in shelves}
        found: dict[int, list[int]] = {}
        asked = list(prints)
        for at, stories in self._places.find(row_of(asked), firsts, most):
            found[asked[at]] = sorted(stories)
        return found

    def put(self, story: int, prints: Collection[int]) -> None:
        """Put the fingerprints of a story on the shelf of its day, and make room when a new day begins."""
        day = story // NUMBERS_A_DAY
        row = self.conn.execute("SELECT touched, stories FROM fingerprint_days WHERE day = ?", (day,)).fetchone()
        if row is None:
            self.conn.execute("INSERT INTO fingerprint_days (day, stories, touched) VALUES (?, 0, 0)", (day,))
            row = (0, 0)
        elif row[1] >= A_DAY:
            return
        shelf = self._shelf(day, row[0])
        packed = row_of(prints)
        self.conn.execute("INSERT INTO fingerprints (story, prints) VALUES (?, ?)", (story, packed))
        with self._touching(shelf, 1):
            self._places.add(shelf.number, story % NUMBERS_A_DAY, packed)
        if row == (0, 0):
            self._make_room()

    def remove(self, story: int) -> None:
        """Take the fingerprints of a story from its shelf; none may be there any more."""
        row = self.conn.execute("SELECT prints FROM fingerprints WHERE story = ?", (story,)).fetchone()
        if row is None:
            return
        day = story // NUMBERS_A_DAY
        (touched,) = self.conn.execute("SELECT touched FROM fingerprint_days WHERE day = ?", (day,)).fetchone()
        shelf = self._shelf(day, touched)
        self.conn.execute("DELETE FROM fingerprints WHERE story = ?", (story,))
        with self._touching(shelf, -1):
            self._places.take(shelf.number, story % NUMBERS_A_DAY, row[0])

    def clear(self, day: int) -> None:
        """Take everything from the shelf of a day (yyyymmdd)."""
        self.conn.execute("DELETE FROM fingerprints WHERE story BETWEEN ? AND ?", numbers(day))
        self.conn.execute("DELETE FROM fingerprint_days WHERE day = ?", (day,))
        if day in self._known:
            self._let_go_of(day)

    def clear_all(self) -> None:
        """Take everything from all shelves."""
        self.conn.execute("DELETE FROM fingerprints")
        self.conn.execute("DELETE FROM fingerprint_days")
        for day in list(self._known):
            self._let_go_of(day)

    def _shelf(self, day: int, touched: int) -> _Shelf:
        """Return the shelf of a day as it stands in the archive, where it was last touched for the time `touched`."""
        shelf = self._known.get(day)
        if shelf is None or shelf.touched != touched:
            if shelf is not None:
                self._let_go_of(day)
            shelf = _Shelf(day=day, number=self._places.shelf(), touched=touched)
            sql = "SELECT story, prints FROM fingerprints WHERE story BETWEEN ? AND ?"
            for story, packed in self.conn.execute(sql, numbers(day)):
                self._places.add(shelf.number, story % NUMBERS_A_DAY, packed)
                shelf.stories += 1
        self._known.pop(day, None)
        self._known[day] = shelf
        return shelf

    @contextmanager
    def _touching(self, shelf: _Shelf, more: int) -> Iterator[None]:
        """Note that a shelf has so many stories more, and let it be changed in memory."""
        if self._last is None:
            (self._last,) = self.conn.execute("SELECT max(touched) FROM fingerprint_days").fetchone()
        self._last += 1
        change = "UPDATE fingerprint_days SET stories = stories + ?, touched = ? WHERE day = ?"
        self.conn.execute(change, (more, self._last, shelf.day))
        shelf.touched = _UNSURE
        yield
        shelf.touched = self._last
        shelf.stories += more

    def _forget(self, asked: int) -> None:
        """Let go of shelves while there is too much in memory; the last `asked` of them stay."""
        stories = sum(shelf.stories for shelf in self._known.values())
        for day in list(self._known)[: max(0, len(self._known) - asked)]:
            if stories <= IN_MEMORY:
                return
            stories -= self._known[day].stories
            self._let_go_of(day)

    def _let_go_of(self, day: int) -> None:
        """Let go of a shelf in memory, and take out of the places what was let go of when that is much."""
        self._let_go += self._known.pop(day).stories
        if self._let_go >= LET_GO:
            self._places.keep(frozenset(shelf.number for shelf in self._known.values()))
            self._let_go = 0

    def _make_room(self) -> None:
        """Clear the shelves that were touched least recently, while there are too many of them and of stories."""
        shelves = self.conn.execute("SELECT day, stories FROM fingerprint_days ORDER BY touched").fetchall()
        stories = sum(count for _, count in shelves)
        for day, count in shelves[: max(0, len(shelves) - DAYS)]:
            if stories <= STORIES:
                return
            self.clear(day)
            stories -= count


def numbers(day: int) -> tuple[int, int]:
    """Return the first and the last number a story of a day (yyyymmdd) can have."""
    return day * NUMBERS_A_DAY, (day + 1) * NUMBERS_A_DAY - 1


def row_of(prints: Collection[int]) -> bytes:
    """Return fingerprints as a row holds them."""
    return pack(f">{len(prints)}Q", *prints)
