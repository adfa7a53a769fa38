"""Layout drift: a field that is hardly found any more raises an alarm within ten stories; nights and holidays raise none."""

import json
import logging
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive import readings
from archive.alarms import Alarm, dismiss, note
from archive.alarms import alarms as alarms_of
from archive.readings import FORTNIGHT, Seen
from archive.store import open_store
from archive.story import iso
from archive.visit import Visit
from crawler.extract import extract
from crawler.fields import fields
from scheduler.commands.crawl import crawl_all
from scheduler.health.drift import drifts, judge
from tests.test_crawl import settings
from tests.wire import faults
from tests.wire.stories import NOW

START = datetime(2024, 3, 1, tzinfo=UTC)
# How often the desks of an invented agency have each field; night and holiday are written by few of them.
ALWAYS = {"title": 1.0, "published": 1.0, "story_id": 1.0, "section": 0.99}
DESKS = {
    "سیاست": {"kicker": 0.7, "lead": 0.99, "byline": 0.6, "tags": 0.99, "images": 0.95, "body": 1.0, "rule": 0.995},
    "جهان": {"kicker": 0.6, "lead": 0.98, "byline": 0.1, "tags": 0.98, "images": 0.97, "body": 1.0, "rule": 0.995},
    "ورزش": {"kicker": 0.2, "lead": 0.9, "byline": 0.3, "tags": 0.95, "images": 0.98, "body": 0.99, "rule": 0.99},
    "هوا": {"kicker": 0.0, "lead": 0.2, "byline": 0.0, "tags": 0.5, "images": 0.6, "body": 0.99, "rule": 0.98},
    "استان‌ها": {"kicker": 0.3, "lead": 0.95, "byline": 0.8, "tags": 0.9, "images": 0.8, "body": 0.99, "rule": 0.99},
    "فوری": {"kicker": 0.0, "lead": 0.05, "byline": 0.0, "tags": 0.3, "images": 0.4, "body": 0.97, "rule": 0.95},
}
WORKDAY, NIGHT, FRIDAY, HOLIDAY = (
    (30, 15, 15, 5, 30, 5), (5, 50, 10, 5, 5, 25), (10, 25, 40, 10, 10, 5), (5, 35, 25, 15, 10, 10),
)  # fmt: skip


def simulate(seed, *, days=35, a_day=40, holidays=range(19, 33), broken=(), since=START + timedelta(days=999)):
    """Return the alarms of an agency's simulated weeks, in order: with how many stories were read since it broke."""
    dice, seen, alarms, judged, told, after = random.Random(seed), [], [], 0, [], 0
    moment = START
    while moment < START + timedelta(days=days):
        hour, holiday = (moment.hour + 3.5) % 24, (moment - START).days in holidays
        pace = a_day / 86400 * (0.15 if hour < 6 else 1.3) * (0.35 if holiday else 0.6 if moment.weekday() == 4 else 1)
        moment += timedelta(seconds=dice.expovariate(pace))
        shares = HOLIDAY if holiday else NIGHT if hour < 6 else FRIDAY if moment.weekday() == 4 else WORKDAY
        (desk,) = dice.choices(list(DESKS.values()), shares)
        there = {name: dice.random() < share for name, share in (desk | ALWAYS).items()}
        if moment >= since:
            after += 1
            there |= dict.fromkeys(broken, False)
        seen.append(
            Seen(
                id=len(seen) + 1,
                at=iso(moment),
                found=frozenset(name for name in there if there[name]),
                missing=frozenset(name for name in there if not there[name]),
            )
        )
        if after == 0 and dice.random() > 0.1:  # a crawl brings some ten stories at a time; when it matters, each alone
            continue
        fortnight = [one for one in seen if one.at >= iso(moment - FORTNIGHT)]
        for alarm in drifts(fortnight, alarms, agency="namune", judged=judged):
            known = [one for one in alarms if one.id != alarm.id]
            alarms = [*known, replace(alarm, id=alarm.id or len(alarms) + 1)]
            told.append((alarm.about, alarm.evidence, after, alarm.until))
        judged = seen[-1].id
        if after > 25:
            break
    return told


@pytest.mark.parametrize("a_day", [15, 60], ids="{}-stories-a-day".format)
@pytest.mark.parametrize("seed", range(2))
def test_weeks_with_nights_fridays_and_new_year_raise_no_alarm(seed, a_day):
    assert simulate(seed, a_day=a_day) == []


@pytest.mark.parametrize(
    "when",
    [timedelta(days=16, hours=9), timedelta(days=18, hours=22), timedelta(days=21)],
    ids=["day", "night", "friday"],
)
@pytest.mark.parametrize("name", ["title", "body", "published", "story_id", "rule", "section"])
def test_a_field_that_vanishes_is_named_within_ten_stories(name, when):
    told = simulate(1, broken=(name,), since=START + when, holidays=())
    about, evidence, after, _ = told[0]
    assert (about, after <= 10) == (name, True)
    assert "of last 10; found in" in evidence
    assert [other for other, *_ in told] == [name]


@pytest.mark.parametrize("name", ["lead", "tags"])
def test_a_field_that_some_desks_do_without_takes_twenty(name):
    told = simulate(2, broken=(name,), since=START + timedelta(days=17, hours=9), holidays=())
    assert told[0][0] == name
    assert told[0][2] <= 25


def history(*parts):
    """Return readings of one a quarter of an hour: parts of (how many, whether the body was there)."""
    there = [is_there for count, is_there in parts for _ in range(count)]
    return [
        Seen(id=n, at=iso(START + timedelta(minutes=15 * n)), found=frozenset(["body"] if is_there else []),
             missing=frozenset([] if is_there else ["body"]))
        for n, is_there in enumerate(there, 1)
    ]  # fmt: skip


def begun(*parts, alarms=(), judged=0):
    return [(one.about, one.until) for one in drifts(history(*parts), list(alarms), agency="namune", judged=judged)]


@pytest.mark.parametrize(
    ("parts", "alarms"),
    [
        pytest.param([(60, True), (10, False)], [("body", None)], id="gone"),
        pytest.param([(60, True), (4, False)], [], id="four-slips"),
        pytest.param([(60, True), (4, False), (40, True), (4, False), (40, True)], [], id="now-and-then"),
        pytest.param([(20, True), (10, False)], [], id="too-young-to-know"),
        pytest.param([(70, False)], [], id="never-was-there"),
        pytest.param([(60, True), (500, False)], [("body", None)], id="one-alarm-however-long"),
        pytest.param([(60, True), (10, False), (10, True)], [("body", None), ("body", "2024-03-01T19:30:00Z")], id="back-again"),
        pytest.param([], [], id="nothing-read"),
    ],
)  # fmt: skip
def test_an_alarm_begins_when_a_field_is_gone_and_ends_when_it_is_back(parts, alarms):
    assert begun(*parts) == alarms


def test_judging_step_by_step_tells_the_same_as_at_once():
    parts = [(60, True), (30, False), (40, True), (20, False)]
    at_once = drifts(history(*parts), [], agency="namune", judged=0)
    alarms, told = [], []
    for end in range(1, 151):
        for one in drifts(history(*parts)[:end], alarms, agency="namune", judged=end - 1):
            alarms = [*(other for other in alarms if other.id != one.id), replace(one, id=one.id or len(alarms) + 1)]
            told.append(replace(one, id=0))
    assert told == [replace(one, id=0) for one in at_once]


def test_a_dismissed_alarm_is_not_raised_again():
    parts = [(60, True), (20, False)]
    (alarm,) = drifts(history(*parts), [], agency="namune", judged=0)
    ended = iso(START + timedelta(minutes=15 * 80))
    assert begun(*parts, (200, False), alarms=[replace(alarm, id=1, until=ended, dismissed=True)], judged=80) == []


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def test_readings_are_judged_once_and_forgotten_in_time(store):
    store.add_agency("namune")
    for n in range(70):
        visit = Visit(found=("title", "body")) if n < 60 else Visit(found=("title",), missing=("body",))
        readings.note(store.conn, "namune", visit, START + timedelta(minutes=n))
    now = START + timedelta(hours=2)
    (alarm,) = judge(store, "namune", now)
    assert (alarm.about, alarm.evidence) == ("body", "body empty in 5 of last 10; found in 100% before")
    assert judge(store, "namune", now) == []
    (known,) = alarms_of(store.conn, going_on=True)
    assert (known.agency, known.kind, known.until) == ("namune", "drift:body", None)
    later = START + 3 * FORTNIGHT
    readings.note(store.conn, "namune", Visit(found=("title", "body")), later)
    assert judge(store, "namune", later) == []
    assert store.db["readings"].count == 1
    assert dismiss(store.conn, known.id, later)
    assert not dismiss(store.conn, known.id, later)


@pytest.mark.parametrize(
    ("change", "found", "missing"),
    [
        pytest.param(None, {"title", "lead", "body", "published", "story_id", "rule"}, set(), id="as-it-should-be"),
        pytest.param(('class="item-text"', 'class="x"'), {"title", "lead"}, {"body"}, id="body-s-class-renamed"),
    ],
)
def test_a_page_tells_which_fields_it_had(open_wire, change, found, missing):
    wire = open_wire(3)
    page = wire.answer(type("Asked", (), {"path": wire.path(wire.stories[0]), "headers": {}})()).body.decode()
    if change:
        page = page.replace(*change).replace('itemprop="articleBody"', "").replace("item-body", "y")
    visit = fields(extract(page.encode(), wire.agency, wire.url(wire.stories[0]), now=NOW), wire.agency)
    assert set(visit.found) >= found
    assert set(visit.missing) >= missing


@pytest.mark.parametrize(
    ("page", "visit"),
    [
        pytest.param("<html><body></body></html>", Visit(missing=("body",)), id="empty"),
        pytest.param("<html><title>403 Forbidden</title><body>Access denied</body></html>", Visit(), id="a-wall"),
        pytest.param("<html><title>صفحه پیدا نشد</title></html>", Visit(), id="not-found"),
    ],
)
def test_a_page_without_a_story_says_only_what_it_can(wire, page, visit):
    assert fields(extract(page.encode(), wire.agency, wire.url(wire.stories[0]), now=NOW), wire.agency) == visit


def test_pictures_need_no_text(wire):
    page = "<html><head><meta property='og:type' content='photo'><title>بازار گل در یک روز پاییزی</title></head><body><h1>بازار گل در یک روز پاییزی</h1></body></html>"
    visit = fields(extract(page.encode(), wire.agency, wire.url(wire.stories[0]), now=NOW), wire.agency)
    assert "title" in visit.found
    assert {"body", "lead", "kicker", "rule"}.isdisjoint({*visit.found, *visit.missing})


def test_a_redesigned_site_raises_an_alarm_after_ten_stories(store, open_wire):
    wire = open_wire(40)
    list(crawl_all(store, settings(), [wire.agency], logging.ERROR))
    assert alarms_of(store.conn) == []
    fresh = open_wire(10, seed=9, now=NOW + timedelta(days=1)).stories
    wire.stories = [replace(one, id=one.id + 1000) for one in fresh] + wire.stories
    for story in wire.stories[:10]:
        wire.fault(wire.path(story), faults.body(f"<html><body><h1>{story.title}</h1><div>بزودی</div></body></html>"))
    list(crawl_all(store, settings(), [wire.agency], logging.ERROR))
    (alarm,) = alarms_of(store.conn, going_on=True)
    assert (alarm.agency, alarm.about) == ("wire", "body")


def test_the_status_is_told_on_one_screen(bayegan, tmp_path, wired):
    bayegan("crawl")
    done = bayegan("status", "--json")
    (row,) = json.loads(done.stdout)["agencies"]
    assert (done.returncode, row["agency"], row["outcome"], row["new_in_a_day"], row["links"]) == (
        0, "wire", "ok", 10, {"done": 10},
    )  # fmt: skip
    with open_store(tmp_path / "news.db") as store:
        evidence = "body empty in 9 of last 10; found in 100% before"
        note(store.conn, [Alarm(agency="wire", kind="drift:body", evidence=evidence, since=iso(NOW))], NOW)
    done = bayegan("status")
    assert done.returncode == 1
    assert "alarm 1: wire: body empty in 9 of last 10; found in 100% before; since 2024-09-23T12:00:00Z" in done.stdout
    assert bayegan("status", "--dismiss", 1).returncode == 0
    assert bayegan("status", "--dismiss", 1).returncode == 2


def test_the_status_names_those_whose_certificates_are_not_verified(bayegan, tmp_path, wired):
    bayegan("crawl")
    assert "certificates" not in bayegan("status").stdout
    file = tmp_path / "own" / "wire.toml"
    file.write_text(f"{file.read_text('utf-8')}verify_tls = false\n", "utf-8")
    assert "certificates not verified (verify_tls = false): wire\n" in bayegan("status").stdout
    assert json.loads(bayegan("status", "--json").stdout)["unverified_certificates"] == ["wire"]
    file.write_text("nonsense = 1\n", "utf-8")
    done = bayegan("status")
    assert (done.returncode, done.stderr) == (0, "bayegan: own/wire.toml: nonsense: no such setting\n")
    assert "no alarms" in done.stdout
