"""The coverage book: of each agency and day, what its own day archive lists, what is stored, what is missing."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from archive.story import iso
from archive.text.jalali import TEHRAN, midnight

_DAY = 1_000_000  # a story's id is its day (yyyymmdd) times this, plus a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One agency's day (Tehran's). `listed` is what its day archive lists, None = not walked (or not to its end)."""

    agency: str
    day: date
    stored: int = 0
    missing: int = 0  # links of the day that are known and have given no story, those gone for good apart
    listed: int | None = None
    walked: datetime | None = None

    @property
    def holes(self) -> int:
        """How many stories of the day are certainly not in the archive."""
        return max(self.missing, (self.listed or 0) - self.stored)


def note_walk(conn: sqlite3.Connection, agency: str, day: date, walk: "Walk", now: datetime) -> None:
    """Note what an agency's day archive listed of a day; a walk cut short never replaces a whole one."""
    conn.execute(
        "INSERT INTO coverage (agency, day, listed, pages, walked, whole) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (agency, day) DO UPDATE SET listed = excluded.listed, pages = excluded.pages,"
        " walked = excluded.walked, whole = excluded.whole WHERE excluded.whole >= coverage.whole",
        (agency, number(day), walk.listed, walk.pages, iso(now), walk.whole),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What a walk through a day archive found: stories of that day by their own date; pages; whether to its end."""

    listed: int
    pages: int
    whole: bool


def walked(conn: sqlite3.Connection, agency: str, first: date, last: date) -> dict[date, datetime]:
    """Return the days from `first` to `last` that were walked to their end, and when."""
    rows = conn.execute(
        "SELECT day, walked FROM coverage WHERE agency = ? AND day BETWEEN ? AND ? AND whole = 1",
        (agency, number(first), number(last)),
    )
    return {_date(day): datetime.fromisoformat(when) for day, when in rows}


def book(conn: sqlite3.Connection, first: date, last: date, agency: str = "") -> list[Day]:
    """Return the days from `first` to `last` of which anything is known, by agency (all, or one) and day."""
    where, values = ("agency = :agency AND", {"agency": agency}) if agency else ("", {})
    span = {**values, "first": number(first), "last": number(last)}
    days: dict[tuple[str, int], dict[str, int]] = {}
    for key, day, count in conn.execute(
        f"SELECT agency, id / {_DAY}, count(*) FROM stories"
        f" WHERE {where} id BETWEEN :first * {_DAY} AND (:last + 1) * {_DAY} - 1 GROUP BY 1, 2",
        span,
    ):
        days.setdefault((key, day), {})["stored"] = count
    for key, day, count in conn.execute(
        "SELECT agency, CAST(strftime('%Y%m%d', coalesce(published, discovered), '+210 minutes') AS INTEGER), count(*)"
        f" FROM links WHERE {where} story IS NULL AND state <> 'missing'"
        " AND coalesce(published, discovered) BETWEEN :since AND :until GROUP BY 1, 2",
        {**span, "since": iso(midnight(first)), "until": iso(midnight(date.fromordinal(last.toordinal() + 1)))},
    ):
        days.setdefault((key, day), {})["missing"] = count
    looks = {
        (key, day): (listed, when)
        for key, day, listed, when in conn.execute(
            "SELECT agency, day, listed, walked FROM coverage"
            f" WHERE {where} day BETWEEN :first AND :last AND whole = 1",
            span,
        )
    }
    found = []
    for key, day in sorted({*days, *looks}):
        listed, when = looks.get((key, day), (None, None))
        counts = days.get((key, day), {})
        moment = None if when is None else datetime.fromisoformat(when)
        found.append(Day(agency=key, day=_date(day), listed=listed, walked=moment, **counts))
    return found


def number(day: date) -> int:
    """Return a day as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def today(now: datetime) -> date:
    """Return the day of an aware moment in Tehran."""
    return now.astimezone(TEHRAN).date()


def _date(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)
