"""The pages of agencies: all of them, and one with its rhythm, its days, its sections and its newest stories."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from archive.browse.calendar import first_id
from archive.browse.charts import Cell, heat, level
from archive.browse.coverage import Day, cell, days
from archive.browse.front import agency_names
from archive.browse.page import Recent, reader, respond
from archive.duplicates.syndication import Share, syndication
from archive.story import iso
from archive.text.jalali import TEHRAN, jalali, midnight
from archive.tongue import Tongue

_WEEKS = 8  # of days
_RHYTHM_WEEKS = 4  # of hours and sections
_SECTIONS = 12
_SHARE_DAYS = 7  # of what is its own and what was taken over
_NEWEST = 30
# Saturday begins the week.
_WEEK = (5, 6, 0, 1, 2, 3, 4)
_HOURS = 24
_recent = Recent(keep_s=120.0)
_week = Recent(keep_s=600.0)  # who took stories over from whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency lately: counts by weekday (Monday 0) and hour of Tehran over four weeks, by day over eight."""

    key: str
    name: str
    rhythm: Mapping[tuple[int, int], int]
    sections: Sequence[tuple[str, int]]
    newest: Sequence[Mapping[str, Any]]
    crawl: Mapping[str, Any] | None
    names: Mapping[str, str]
    coverage: Mapping[date, Day]

    @property
    def total(self) -> int:
        """How many stories of these weeks there are."""
        return sum(day.stored for day in self.coverage.values())


async def index(datasette: Datasette, request: Request) -> Response:
    """Answer `/agencies`."""
    now = datetime.now(UTC)
    found = await _recent.get(datasette, "agencies", lambda conn: agencies(conn, now))
    return await respond(datasette, request, "agencies.html", agencies=found)


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/agency/KEY`."""
    key, now = tilde_decode(request.url_vars["key"]), datetime.now(UTC)
    found = await _recent.get(datasette, ("agency", key), lambda conn: load(conn, key, now))
    t = reader(request)
    if found is None:
        raise NotFound(t("no_agency", name=key))
    return await respond(
        datasette,
        request,
        "agency.html",
        agency=found,
        share=(await _week.get(datasette, "shares", lambda conn: _shares(conn, now))).get(key),
        names=found.names,
        rhythm=_rhythm(found, t),
        calendar=_calendar(found, t, now.astimezone(TEHRAN).date(), datasette.urls.path("search")),
    )


def agencies(conn: sqlite3.Connection, now: datetime) -> list[dict[str, Any]]:
    """Return every agency with its newest story's moment and how many stories it published in the last week."""
    since = first_id(now.astimezone(TEHRAN).date() - timedelta(days=6))
    rows = conn.execute(
        "SELECT a.key, a.name, (SELECT published FROM stories WHERE agency = a.key ORDER BY id DESC LIMIT 1) AS newest,"
        " (SELECT count(*) FROM stories WHERE agency = a.key AND id >= ?) AS week FROM agencies a"
        " ORDER BY week DESC, a.key",
        (since,),
    )
    return [dict(row) | {"name": row["name"] or row["key"]} for row in rows]


def load(conn: sqlite3.Connection, key: str, now: datetime) -> Agency | None:
    """Return what the page of an agency shows; None when there is no such agency."""
    row = conn.execute("SELECT name FROM agencies WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    rhythm, sections = _latest(conn, key, now)
    return Agency(
        key=key,
        name=row["name"] or key,
        rhythm=rhythm,
        sections=sections,
        newest=_newest(conn, key),
        crawl=_last_crawl(conn, key),
        names=agency_names(conn),
        coverage=days(conn, key, first_day(now), now.astimezone(TEHRAN).date()),
    )


def _shares(conn: sqlite3.Connection, now: datetime) -> dict[str, Share]:
    """Return who took stories over from whom in the last days."""
    today = now.astimezone(TEHRAN).date()
    return {share.agency: share for share in syndication(conn, today - timedelta(days=_SHARE_DAYS - 1), today)}


def first_day(now: datetime) -> date:
    """Return the Saturday with which the weeks of an agency's page begin."""
    today = now.astimezone(TEHRAN).date()
    return today - timedelta(days=_WEEK.index(today.weekday()) + 7 * (_WEEKS - 1))


def _latest(
    conn: sqlite3.Connection, key: str, now: datetime
) -> tuple[Counter[tuple[int, int]], list[tuple[str, int]]]:
    """Return how many stories of the last weeks were published in each hour of the week, and their sections."""
    rhythm: Counter[tuple[int, int]] = Counter()
    asked = (key, first_id(now.astimezone(TEHRAN).date() - timedelta(weeks=_RHYTHM_WEEKS)), iso(now))
    lately = "FROM stories WHERE agency = ? AND id >= ? AND published <= ?"
    # Tehran is half an hour beside UTC, so that half hours are needed to know its hour.
    halves = "SELECT substr(published, 1, 14) || iif(substr(published, 15, 1) < '3', '00', '30'), count(*)"
    for half, stories in conn.execute(f"{halves} {lately} GROUP BY 1", asked):
        local = datetime.fromisoformat(f"{half}:00Z").astimezone(TEHRAN)
        rhythm[local.weekday(), local.hour] += stories
    sections = conn.execute(
        f"SELECT section, count(*) AS stories {lately} AND section <> '' GROUP BY section"
        " ORDER BY stories DESC, section LIMIT ?",
        (*asked, _SECTIONS),
    )
    return rhythm, [(section, stories) for section, stories in sections]


def _newest(conn: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
    rows = conn.execute(
        "SELECT id, title, kicker, section, published, revision FROM stories WHERE agency = ? ORDER BY id DESC LIMIT ?",
        (key, _NEWEST),
    )
    # Ids tell the day, not the hour.
    return sorted((dict(row) for row in rows), key=lambda row: row["published"] or "", reverse=True)


def _last_crawl(conn: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    row = conn.execute("SELECT * FROM crawls WHERE agency = ? ORDER BY started DESC LIMIT 1", (key,)).fetchone()
    return None if row is None else dict(row)


def _rhythm(agency: Agency, t: Tongue) -> str:
    """Return the heat map of hours and weekdays."""
    top = max(agency.rhythm.values(), default=0)
    rows = [
        (
            t.weekday_name(weekday),
            [_hour(agency.rhythm.get((weekday, hour), 0), top, weekday, hour, t) for hour in range(_HOURS)],
        )
        for weekday in _WEEK
    ]
    ticks = [t.digits(hour) if hour % 3 == 0 else "" for hour in range(_HOURS)]
    return heat(rows, name=t("rhythm_of", name=agency.name), rtl=t.direction == "rtl", ticks=ticks)


def _hour(stories: int, top: int, weekday: int, hour: int, t: Tongue) -> Cell:
    label = t("cell_hour", weekday=t.weekday_name(weekday), hour=t.digits(f"{hour}:00"), stories=stories)
    return Cell(level=level(stories, top), label=label)


def _calendar(agency: Agency, t: Tongue, today: date, search: str) -> str:
    """Return the heat map of days: a row a weekday, a column a week."""
    first, top = first_day(datetime.now(UTC)), max((one.stored for one in agency.coverage.values()), default=0)
    rows = []
    for place, weekday in enumerate(_WEEK):
        shown = [first + timedelta(days=7 * week + place) for week in range(_WEEKS)]
        cells = [_cell(agency, day, top, t, search) for day in shown if day <= today]
        rows.append((t.weekday_name(weekday), cells))
    return heat(rows, name=t("days_of", name=agency.name), rtl=t.direction == "rtl", side=24)


def _cell(agency: Agency, day: date, top: int, t: Tongue, search: str) -> Cell:
    written = jalali(midnight(day))
    href = f"{search}?{urlencode({'agency': agency.key, 'from': written, 'to': written, 'sort': 'newest'})}"
    return cell(day, agency.coverage.get(day, Day()), top, t, href)
