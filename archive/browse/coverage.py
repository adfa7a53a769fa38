"""The page of coverage: for each agency and day of a Jalali month, what it listed, what is stored, what is missing."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archive.browse.calendar import day_of, first_id
from archive.browse.charts import Cell, heat, level
from archive.browse.front import agency_names
from archive.browse.page import Recent, reader, respond
from archive.errors import QueryError
from archive.text.dates import parse_days
from archive.text.jalali import TEHRAN, jalali_day, month_days
from archive.tongue import Tongue

_recent = Recent(keep_s=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One agency's day: how many stories are stored, and how many it listed itself (None = not looked yet)."""

    stored: int = 0
    listed: int | None = None

    @property
    def missing(self) -> int:
        """How many of the listed stories are not there."""
        return max(0, (self.listed or 0) - self.stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A Jalali month: its days, the days of each agency, and what agencies are called."""

    first: date
    last: date
    agencies: Mapping[str, Mapping[date, Day]]
    names: Mapping[str, str]

    @property
    def days(self) -> Sequence[date]:
        """All days of the month."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def missing(self) -> list[tuple[str, date, Day]]:
        """Return the days that miss stories, the worst first."""
        found = [(key, day, one) for key, days in self.agencies.items() for day, one in days.items() if one.missing]
        return sorted(found, key=lambda one: -one[2].missing)


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/coverage`, of this month or of `?month=1403/07`."""
    now = datetime.now(UTC)
    first, last = _month(request.args.get("month") or "", now)
    found = await _recent.get(datasette, (first, last), lambda conn: load(conn, first, last))
    t, today = reader(request), now.astimezone(TEHRAN).date()
    return await respond(
        datasette,
        request,
        "coverage.html",
        coverage=found,
        chart=chart(found, t, today, datasette.urls.path("search")),
        before=_written(first - timedelta(days=1)),
        after=_written(last + timedelta(days=1)) if last < today else "",
    )


def load(conn: sqlite3.Connection, first: date, last: date) -> Coverage:
    """Return the coverage of all agencies from the day `first` to the day `last` (Tehran)."""
    names = agency_names(conn)
    return Coverage(first=first, last=last, agencies={key: days(conn, key, first, last) for key in names}, names=names)


def days(conn: sqlite3.Connection, agency: str, first: date, last: date) -> dict[date, Day]:
    """Return the days of one agency that hold or should hold a story."""
    between = (agency, first_id(first), first_id(last + timedelta(days=1)))
    stored = {
        day_of(day * 1_000_000): count
        for day, count in conn.execute(
            "SELECT id / 1000000, count(*) FROM stories WHERE agency = ? AND id >= ? AND id < ? GROUP BY 1", between
        )
    }
    listed = {
        day_of(day * 1_000_000): count
        for day, count in conn.execute(
            "SELECT day, listed FROM coverage WHERE agency = ? AND day >= ? / 1000000 AND day < ? / 1000000", between
        )
    }
    return {
        day: Day(stored=stored.get(day, 0), listed=listed.get(day)) for day in sorted(stored.keys() | listed.keys())
    }


def cell(day: date, one: Day, top: int, t: Tongue, href: str) -> Cell:
    """Return the field of a day: shaded by its stories, marked when some are missing."""
    if one.listed is None:
        label = t("cell_day", day=t.jalali(day), stories=one.stored)
    else:
        label = t("cell_covered", day=t.jalali(day), stories=one.stored, listed=one.listed, missing=one.missing)
    return Cell(level=level(one.stored, top), label=label, href=href if one.stored else "", is_hole=one.missing > 0)


def chart(coverage: Coverage, t: Tongue, today: date, search: str) -> Markup:
    """Return the heat map: a row an agency, a column a day."""
    rows = []
    for key, known in sorted(coverage.agencies.items(), key=lambda one: coverage.names[one[0]]):
        top = max((one.stored for one in known.values()), default=0)
        shown = [day for day in coverage.days if day <= today]
        rows.append(
            (
                coverage.names[key],
                [
                    cell(day, known.get(day, Day()), top, t, f"{search}?agency={key}&from={day}&to={day}")
                    for day in shown
                ],
            )
        )
    ticks = [t.digits(jalali_day(day)[2]) if number % 5 == 0 else "" for number, day in enumerate(coverage.days)]
    return heat(rows, name=t("coverage"), rtl=t.direction == "rtl", ticks=ticks)


def _month(text: str, now: datetime) -> tuple[date, date]:
    """Return the Jalali month that holds the day `text` names, else this month."""
    try:
        day = parse_days(text, now)[0]
    except QueryError:
        day = now.astimezone(TEHRAN).date()
    return month_days(*jalali_day(day)[:2])


def _written(day: date) -> str:
    year, month, _ = jalali_day(day)
    return f"{year}/{month:02}"
