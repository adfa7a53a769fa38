"""Past days are walked in the agency's own archive, what is missing is fetched, and the book tells."""

import logging
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coverage import Day, Walk, book, note_walk, walked
from archive.heatmap import html, svg
from archive.settings import CrawlerSettings, Settings
from archive.store import open_store
from archive.text.jalali import TEHRAN, midnight
from scheduler.commands.backfill import walk
from scheduler.holes import over, to_walk
from tests.stories import HOUR, NOON
from tests.wire import faults

TODAY = NOON.astimezone(TEHRAN).date()
SETTINGS = Settings(crawler=CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",), recheck_ages_s=()))
DAYS = [TODAY - timedelta(days=n) for n in range(4)]


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def per_day(wire):
    counts = {}
    for story in wire.stories:
        day = story.published.astimezone(TEHRAN).date()
        counts[day] = counts.get(day, 0) + 1
    return counts


def backfill(store, wire, days=DAYS, settings=SETTINGS):
    return list(walk(store, settings, wire.agency, days, logging.ERROR))


@pytest.mark.parametrize("family", ["nastooh", "iran-samaneh"])
def test_a_backfill_brings_home_every_story_of_its_days_and_no_other(store, open_wire, family):
    wire = open_wire(120, family=family)
    known = per_day(wire)
    days = sorted(known, reverse=True)[:2]
    steps = backfill(store, wire, days)
    assert [(step.day, step.report.outcome) for step in steps] == [(day, "ok") for day in days]
    of = {one.day: one for one in book(store.conn, min(days), max(days), wire.key)}
    assert {day: (of[day].stored, of[day].listed, of[day].holes) for day in days} == {
        day: (known[day], known[day], 0) for day in days
    }
    (stored,) = store.conn.execute("SELECT count(*) FROM stories").fetchone()
    assert stored == sum(known[day] for day in days)


def test_a_broken_page_leaves_the_day_to_be_walked_again(store, open_wire):
    wire = open_wire(40)
    day = max(per_day(wire))
    wire.fault("/archive", faults.status(500))
    (step,) = backfill(store, wire, [day])
    assert (step.report.outcome, walked(store.conn, wire.key, day, day)) == ("failed", {})
    wire.heal()
    backfill(store, wire, [day])
    assert list(walked(store.conn, wire.key, day, day)) == [day]


def test_without_a_day_archive_the_sitemaps_are_asked(store, open_wire, monkeypatch):
    wire = open_wire(40)
    monkeypatch.setattr(wire.layout.__class__, "archive", "", raising=False)
    known = per_day(wire)
    day = max(known)
    agency = type(wire.agency)(**{
        name: getattr(wire.agency, name) for name in ("key", "name", "home", "family", "feeds", "sitemaps", "story")
    })  # fmt: skip
    list(walk(store, SETTINGS, agency, [day], logging.ERROR))
    (one,) = book(store.conn, day, day, wire.key)
    assert (one.stored, one.listed) == (known[day], known[day])


def test_a_walk_cut_short_never_replaces_a_whole_one(store):
    store.add_agency("mehr")
    note_walk(store.conn, "mehr", TODAY, Walk(listed=30, pages=2, whole=True), NOON)
    note_walk(store.conn, "mehr", TODAY, Walk(listed=7, pages=1, whole=False), NOON + HOUR)
    (day,) = book(store.conn, TODAY, TODAY)
    assert (day.listed, day.stored, day.holes, day.walked) == (30, 0, 30, NOON)


@pytest.mark.parametrize(
    ("walks", "now", "wanted"),
    [
        pytest.param({}, midnight(TODAY) + HOUR, [2, 3], id="yesterday-is-not-over-yet"),
        pytest.param({}, midnight(TODAY) + 3 * HOUR, [1, 2, 3], id="all-days-since-the-first-crawl"),
        pytest.param({1: midnight(TODAY) + 3 * HOUR}, midnight(TODAY) + 4 * HOUR, [2, 3], id="walked-once"),
        pytest.param({1: midnight(TODAY) - HOUR}, midnight(TODAY) + 4 * HOUR, [1, 2, 3], id="walked-too-early"),
    ],
)
def test_each_day_that_is_over_is_walked_once(walks, now, wanted):
    walks = {TODAY - timedelta(days=ago): when for ago, when in walks.items()}
    first = midnight(TODAY) - timedelta(days=3)
    assert [(TODAY - day).days for day in to_walk(first, walks, now, 14)] == wanted


@given(st.integers(0, 10**7), st.integers(0, 30))
def test_no_day_is_walked_before_it_is_over(ago_s, days):
    now = NOON + timedelta(seconds=ago_s)
    wanted = to_walk(NOON - timedelta(days=40), {}, now, days)
    assert all(over(day) <= now for day in wanted)
    assert len(wanted) in (days, max(0, days - 1))


def test_the_heat_map_is_sound_xml_with_a_square_a_day():
    days = [
        Day(agency="mehr<&>", day=TODAY, stored=10, listed=10, walked=datetime.now(UTC)),
        Day(agency="isna", day=TODAY, stored=5, listed=10, walked=datetime.now(UTC)),
    ]
    picture = ET.fromstring(svg(days, date(2024, 9, 1), TODAY))  # noqa: S314 - our own
    squares = [one for one in picture.iter() if one.tag.endswith("rect")]
    assert len(squares) == 2 * 22
    colours = [one.get("fill") for one in squares if one.get("fill") != "#9aa0a6"]
    assert colours == ["#c1440e", "#2a9d62"]
    assert "mehr&lt;&amp;&gt;" in html(days, TODAY, TODAY)


def test_the_commands_tell_it_by_jalali_days(bayegan, wired, tmp_path):
    day = max(per_day(wired))
    file = tmp_path / "own" / "wire.toml"
    file.write_text(f'{file.read_text("utf-8")}archive = "{wired.layout.archive}"\n', "utf-8")
    done = bayegan("backfill", "wire", "--from", day.isoformat(), "--to", day.isoformat())
    assert (done.returncode, "day 1 of 1" in done.stdout) == (0, True), done.stderr
    again = bayegan("backfill", "wire", "--from", day.isoformat(), "--to", day.isoformat())
    assert (again.returncode, again.stdout) == (0, "")
    told = bayegan("coverage", "--month", day.isoformat(), "--json").stdout
    assert f'"stored": {per_day(wired)[day]}, "listed": {per_day(wired)[day]}, "missing": 0' in told
    assert bayegan("coverage", "--month", day.isoformat(), "--picture", "c.html").returncode == 0
    assert "<svg" in (tmp_path / "c.html").read_text("utf-8")
