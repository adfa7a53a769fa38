"""Troubles raise their alarm in time, end after it, and quiet days raise none; each is told once."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from archive import ledger
from archive.alarms import Alarm
from archive.ledger import Report
from archive.settings import WatchSettings
from archive.store import open_store
from archive.story import iso
from archive.text.jalali import TEHRAN
from crawler.agency import Agency
from scheduler.health.access import Look, access
from scheduler.health.changes import changes
from scheduler.health.machine import clock, dates_odd, disk
from scheduler.health.silence import Looks, quiet, silent
from scheduler.watch import Watch
from scheduler.when.holidays import in_nowruz, is_holiday
from scheduler.when.rhythm import Rhythm, whole_hour
from tests.stories import DAY, HOUR, NOON

MINUTE = timedelta(minutes=1)
BY_HOUR = [2, 1, 1, 1, 1, 2, 5, 12, 20, 26, 28, 28, 26, 24, 22, 22, 22, 20, 20, 18, 16, 14, 8, 4]


def rate(moment, per_day):
    """How many stories an hour an invented agency publishes: fewer on holidays, fewest at Nowruz."""
    local = moment.astimezone(TEHRAN)
    share = 0.25 if in_nowruz(local.date()) else 0.45 if is_holiday(local.date()) else 1.0
    return per_day * share * BY_HOUR[local.hour] / sum(BY_HOUR)


def publish(start, days, per_day, seed):
    """Return the moments at which an agency publishes, as chance has it (a thinned Poisson process)."""
    dice, at, moments, most = random.Random(seed), start, [], per_day * max(BY_HOUR) / sum(BY_HOUR)
    while at < start + timedelta(days=days):
        at += timedelta(hours=dice.expovariate(most))
        if dice.random() * most < rate(at, per_day):
            moments.append(at)
    return moments


def rhythm_of(moments, until):
    until = whole_hour(until)
    since = max(whole_hour(until - timedelta(days=28)), whole_hour(moments[0]) + HOUR)
    counts = Counter(whole_hour(one) for one in moments if since <= one < until)
    return Rhythm(counts=counts, since=since, until=until)


@pytest.mark.parametrize("per_day", [60, 150, 400, 1000])
@pytest.mark.parametrize(
    "start", [datetime(2024, 8, 20, tzinfo=UTC), datetime(2024, 2, 25, tzinfo=UTC)], ids=["summer", "over-nowruz"]
)
def test_quiet_hours_fridays_and_nowruz_are_no_silence(per_day, start):
    moments = publish(start, 42, per_day, per_day)
    for day in range(14, 42, 4):
        until = start + timedelta(days=day)
        known = rhythm_of([one for one in moments if one < until], until)
        low = quiet(known)
        for last, following in pairwise(one for one in moments if until <= one < until + 4 * DAY):
            looks = Looks(last_new=last, well_since=9, last_well=True)
            assert silent("mehr", known, low, looks, following) is None, (last, following)


@pytest.mark.parametrize(
    ("per_day", "start", "within"),
    [
        pytest.param(1000, 10, timedelta(hours=1), id="busy"),
        pytest.param(400, 10, timedelta(hours=2), id="middling"),
        pytest.param(60, 10, timedelta(hours=30), id="small"),
        pytest.param(400, 23, timedelta(hours=12), id="at-night"),
    ],
)
def test_silence_is_told_within_its_time(per_day, start, within):
    begin = datetime(2024, 8, 20, tzinfo=UTC)
    stopped = datetime(2024, 9, 23, start, tzinfo=TEHRAN)  # a Monday
    moments = [one for one in publish(begin, 40, per_day, 5) if one < stopped]
    known = rhythm_of(moments, stopped)
    low, at = quiet(known), stopped
    while silent("mehr", known, low, Looks(last_new=moments[-1], well_since=9, last_well=True), at) is None:
        at += 5 * MINUTE
        assert at - stopped <= within


def test_an_agency_that_cannot_be_looked_at_is_not_called_silent():
    moments = publish(NOON - 30 * DAY, 29, 400, 1)
    known = rhythm_of(moments, NOON)
    for looks in (
        Looks(last_new=moments[-1], well_since=9, last_well=False),
        Looks(last_new=moments[-1], well_since=1, last_well=True),
        Looks(last_new=None, well_since=9, last_well=True),
    ):
        assert silent("mehr", known, quiet(known), looks, NOON) is None


def look(ago_min, outcome="ok", **more):
    return Look(started=NOON - ago_min * MINUTE, outcome=outcome, **more)


def looks(*outcomes, **more):
    return [look(10 * (len(outcomes) - n), outcome, **more) for n, outcome in enumerate(outcomes)]


FINE = looks("ok", "ok", "ok", fetched=3)  # thirty, twenty and ten minutes ago
BEFORE = [look(600 - n, answer_s=0.5, fetched=2) for n in range(30)]


@pytest.mark.parametrize(
    ("own", "kinds"),
    [
        pytest.param(FINE, [], id="well"),
        pytest.param(looks("ok", "failed", "failed"), [], id="two-failures-are-an-accident"),
        pytest.param(looks("ok", "failed", "died", "killed"), ["failing"], id="three-are-not"),
        pytest.param(looks("failed", "failed", "failed", "ok"), [], id="well-again"),
        pytest.param(looks("failed", "failed", error="https://a.ir/rss: HTTP 403"), ["blocked"], id="403"),
        pytest.param(looks("failed", "failed", "failed", error="x: HTTP 429"), ["blocked"], id="blocked-not-failing"),
        pytest.param(looks("ok", "ok", fetched=6, blocked=5), ["blocked"], id="challenge"),
        pytest.param([*looks("ok", "ok", fetched=6, blocked=5), look(1)], ["blocked"], id="a-look-that-asked-for-no-page"),
        pytest.param([*looks("ok", "ok", fetched=6, blocked=5), look(1, fetched=2)], [], id="let-in-again"),
        pytest.param([*BEFORE, *looks("ok", "ok", "ok", answer_s=9.0)], ["slow"], id="slow"),
        pytest.param([*BEFORE, *looks("ok", "ok", "ok", answer_s=1.9)], [], id="slower-but-quick"),
        pytest.param([*BEFORE, *looks("ok", "ok", "ok", answer_s=9.0), look(1, answer_s=0.5)], [], id="quick-again"),
    ],
)  # fmt: skip
def test_a_trouble_of_one_agency(own, kinds):
    assert [
        one.kind for one in access({"mehr": own, "isna": FINE}, {"mehr": "mehr.ir", "isna": "isna.ir"}, NOON)
    ] == kinds


@pytest.mark.parametrize(
    ("down", "hosts", "said"),
    [
        pytest.param("abcd", "a.ir b.ir c.ir d.ir", "nothing can be reached: 4 agencies", id="all"),
        pytest.param("abc", "a.ir b.ir c.ir d.com", "no host under .ir can be reached: 3 agencies", id="the-country"),
        pytest.param("abd", "a.ir b.ir c.ir d.com", None, id="not-all-of-it"),
    ],
)
def test_all_at_once_is_one_alarm(down, hosts, said):
    names = dict(zip("abcd", hosts.split(), strict=True))
    states = {
        key: looks("ok", "failed", "failed", "failed", error="time-out") if key in down else FINE for key in "abcd"
    }
    found = access(states, names, NOON)
    if said is None:
        assert [one.kind for one in found] == ["failing"] * 3
    else:
        (one,) = found
        assert (one.kind, one.agency, one.since) == ("unreachable", "", iso(NOON - 30 * MINUTE))
        assert one.evidence.startswith(said)


def test_house_alarms():
    assert disk(3 * 2**30, 2 * 2**30, NOON, raised=False) is None
    assert (
        disk(2**30, 2 * 2**30, NOON, raised=False).evidence == "1.0 GiB free where the archive is; 2.0 GiB are wanted"
    )
    assert disk(2 * 2**30 + 1, 2 * 2**30, NOON, raised=True) is not None
    assert clock(NOON, "the clock was set back by 3600 s", NOON + MINUTE).kind == "clock"
    assert clock(NOON, "x", NOON + 2 * HOUR) is None
    assert clock(None, "", NOON) is None
    assert dates_odd("mehr", (20, 15), (100, 2), NOON).evidence.startswith("dates of 15 of the last 20 stories")
    assert dates_odd("mehr", (20, 15), (100, 90), NOON) is None
    assert dates_odd("mehr", (3, 3), (100, 0), NOON) is None


def alarm(kind, agency="", **more):
    return Alarm(kind=kind, agency=agency, since=iso(NOON), evidence="x", **more)


def test_an_alarm_begins_once_and_ends():
    assert changes([], [alarm("slow", "mehr")], NOON) == [alarm("slow", "mehr")]
    assert changes([alarm("slow", "mehr", id=3)], [alarm("slow", "mehr")], NOON) == []
    (over,) = changes([alarm("slow", "mehr", id=3)], [], NOON)
    assert (over.id, over.until) == (3, iso(NOON))
    assert changes([alarm("drift:body", "mehr", id=4)], [], NOON) == []


def test_while_nothing_can_be_reached_nothing_is_known_of_the_agencies():
    assert changes([alarm("silent", "mehr", id=3)], [alarm("unreachable")], NOON) == [alarm("unreachable")]


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def test_failures_in_a_row_are_counted_and_ended_by_one_that_went_well(store):
    store.add_agency("mehr")
    outcomes = ["ok", "failed", "died", "killed", "ok", "failed", "stopped"]
    counted = []
    for n, outcome in enumerate(outcomes):
        number = ledger.begin(store.conn, "mehr", NOON + n * MINUTE)
        ledger.end(store.conn, number, Report(agency="mehr", outcome=outcome), NOON + n * MINUTE)
        counted.append(ledger.past(store.conn, "mehr", NOON).failures)
    assert counted == [0, 1, 2, 3, 0, 1, 1]


def test_while_no_other_agency_was_reached_since_the_line_may_be_to_blame():
    down = looks("failed", "failed", "failed", error="time-out")
    waiting = [look(60), look(50)]  # reached before, not looked at since
    hosts = {"mehr": "mehr.ir", "isna": "isna.ir"}
    assert access({"mehr": down, "isna": waiting}, hosts, NOON) == []
    assert access({"mehr": down, "isna": [*waiting, look(5)]}, hosts, NOON) == []  # not tried since
    assert [one.kind for one in access({"mehr": down, "isna": [*waiting, look(15)]}, hosts, NOON)] == ["failing"]
    assert [one.kind for one in access({"mehr": down}, hosts, NOON)] == ["failing"]


def test_by_a_clock_that_jumped_nobody_is_called_silent(store, tmp_path):
    store.add_agency("mehr")
    stopped = datetime(2024, 9, 23, 10, tzinfo=TEHRAN)
    for n, new in enumerate((1, 0, 0, 0, 0)):
        number = ledger.begin(store.conn, "mehr", stopped + 2 * n * MINUTE)
        ledger.end(store.conn, number, Report(agency="mehr", new=new), stopped + 2 * n * MINUTE)
    agency = Agency(key="mehr", name="مهر", home="https://www.mehrnews.com/")
    watch = Watch(tmp_path / "news.db", WatchSettings(disk_least_bytes=0), {"mehr": agency})
    watch.learn({"mehr": rhythm_of(publish(stopped - 40 * DAY, 40, 1000, 5), stopped)})
    later = stopped + 3 * HOUR
    watch.jumped(later, "the clock was set forward by 10200 s")
    assert [one.kind for one in watch.check(store.conn, later)] == ["clock"]
    after = later + 61 * MINUTE
    assert sorted((one.kind, one.until is None) for one in watch.check(store.conn, after)) == [
        ("clock", False),
        ("silent", True),
    ]
    watch.jumped(after, "the clock was set back by 60 s")
    assert [one.kind for one in watch.check(store.conn, after)] == ["clock"]  # who is silent stays so meanwhile
