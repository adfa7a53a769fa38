"""What was taken down is told apart from what could not be fetched; what comes back is noted."""

import json
import logging
from datetime import timedelta
from types import MappingProxyType

import pytest

from archive.frontier import TRUST
from archive.intake import Intake
from archive.ledger import Report
from archive.link import FeedMemory, Link, LinkState
from archive.settings import AgencySettings, CrawlerSettings, Settings
from archive.store import open_store
from archive.withdrawals import WAITS_S, healthy, look_again_after_s, withdrawn_at
from scheduler.commands.crawl import crawl_all
from tests.stories import DAY, HOUR, NOON, analysed
from tests.wire import faults

URL = "https://www.namune.ir/news/101/کتابخانه"
WELL = Report(agency="namune", unchanged=5, missing=1)
GONE = LinkState.MISSING, "HTTP 404"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        store.add_agency("namune", hosts=["www.namune.ir"])
        yield store


@pytest.fixture
def intake(store):
    """An agency's intake whose one link has given its story, and is due again after an hour."""
    intake = Intake(store=store, agency="namune", recheck_ages_s=(3600.0, 7200.0, 10 * 86400.0))
    intake.discover([Link(url=URL)], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.keep(lease.id, analysed(), NOON, FeedMemory(url=URL, etag='"1"'))
    return intake


def look(intake, when, found, report=WELL):
    """Look at the link again at `when`, in a crawl of its own: `found` is None for the story, else how it is set aside."""
    intake.store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z'")
    for lease in intake.lease(1, when):
        if found is None:
            intake.keep(lease.id, analysed(), when)
        else:
            intake.set_aside(lease.id, *found, when)
    intake.end(report)


def withdrawals(store):
    rows = store.conn.execute("SELECT number, sightings, withdrawn, reappeared FROM withdrawals ORDER BY number")
    return rows.fetchall()


def test_two_sightings_an_hour_apart_withdraw_a_story_with_their_evidence(intake, store):
    look(intake, NOON + HOUR, GONE)
    assert withdrawals(store) == [(1, 1, None, None)]
    look(intake, NOON + 2 * HOUR, (LinkState.MISSING, "led to /, which is no story"))
    assert withdrawals(store) == [(1, 2, "2024-09-22T10:30:00Z", None)]
    (evidence,) = store.conn.execute("SELECT evidence FROM withdrawals").fetchone()
    assert json.loads(evidence) == [
        {"at": "2024-09-22T09:30:00Z", "what": "HTTP 404"},
        {"at": "2024-09-22T10:30:00Z", "what": "led to /, which is no story"},
    ]


def test_two_sightings_within_the_hour_do_not(intake, store):
    look(intake, NOON + HOUR, GONE)
    look(intake, NOON + HOUR + timedelta(minutes=59), GONE)
    assert withdrawals(store) == [(1, 2, None, None)]


@pytest.mark.parametrize("state", [LinkState.FAILED, LinkState.BLOCKED, LinkState.EMPTY, LinkState.QUARANTINED])
def test_a_failure_is_never_a_withdrawal(intake, store, state):
    for hours in range(1, 6):
        look(intake, NOON + hours * HOUR, (state, "HTTP 503"))
    assert withdrawals(store) == []


def test_what_is_gone_while_the_agency_is_unwell_is_not_believed(intake, store):
    for hours in range(1, 6):
        look(intake, NOON + hours * HOUR, GONE, Report(agency="namune", new=2, failed=9, missing=1))
    assert withdrawals(store) == []


def test_a_crawl_that_never_ended_says_nothing(intake, store):
    intake.store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z'")
    (lease,) = intake.lease(1, NOON + HOUR)
    intake.set_aside(lease.id, *GONE, NOON + HOUR)
    assert withdrawals(store) == []


def test_a_story_seen_between_two_sightings_was_never_gone(intake, store):
    look(intake, NOON + HOUR, GONE)
    look(intake, NOON + 2 * HOUR, None)
    look(intake, NOON + 3 * HOUR, GONE)
    assert withdrawals(store) == [(1, 1, None, None)]


def test_a_story_that_comes_back_reappears_and_may_be_withdrawn_again(intake, store):
    for hours in (1, 2):
        look(intake, NOON + hours * HOUR, GONE)
    look(intake, NOON + DAY, None)
    for hours in (1, 2):
        look(intake, NOON + DAY + hours * HOUR, GONE)
    assert withdrawals(store) == [
        (1, 2, "2024-09-22T10:30:00Z", "2024-09-23T08:30:00Z"),
        (2, 2, "2024-09-23T10:30:00Z", None),
    ]


def test_the_text_of_a_withdrawn_story_stays(intake, store):
    for hours in (1, 2):
        look(intake, NOON + hours * HOUR, GONE)
    assert store.conn.execute("SELECT count(*), max(revision) FROM stories").fetchone() == (1, 1)


def test_a_story_that_another_link_leads_to_is_not_gone_before_that_link_is_looked_at(intake, store):
    intake.discover([Link(url="https://www.namune.ir/x101")], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.keep(lease.id, analysed(), NOON)
    store.conn.execute("UPDATE links SET next_look = NULL")
    store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z' WHERE id = 1")
    (lease,) = intake.lease(1, NOON + HOUR)
    intake.set_aside(lease.id, *GONE, NOON + HOUR)
    intake.end(WELL)
    assert withdrawals(store) == []
    (other,) = intake.lease(9, NOON + HOUR)
    assert other.link.url == "https://www.namune.ir/x101"
    intake.set_aside(other.id, *GONE, NOON + HOUR)
    intake.end(WELL)
    assert withdrawals(store) == [(1, 1, None, None)]


@pytest.mark.parametrize(
    ("report", "well"),
    [
        pytest.param(Report(agency="a", unchanged=3, missing=1), True, id="one-of-four"),
        pytest.param(Report(agency="a", missing=1), True, id="the-only-one-looked-at"),
        pytest.param(Report(agency="a", outcome="stopped", new=1, missing=1), True, id="stopped"),
        pytest.param(Report(agency="a", new=4, missing=9), False, id="a-redesign"),
        pytest.param(Report(agency="a", new=4, missing=1, failed=5), False, id="failing"),
        pytest.param(Report(agency="a", new=4, missing=1, blocked=5), False, id="blocked"),
        pytest.param(Report(agency="a", outcome="failed", new=4, missing=1), False, id="no-source-answered"),
        pytest.param(Report(agency="a", outcome="killed"), False, id="killed"),
    ],
)
def test_an_agency_is_well_when_most_of_it_is_there(report, well):
    assert healthy(report) is well


@pytest.mark.parametrize(
    ("minutes", "found"),
    [([0], None), ([0, 59], None), ([0, 60], 60), ([0, 30, 59, 61], 61), ([0, 90, 120], 90)],
    ids=str,
)
def test_the_first_sighting_an_hour_after_the_first_one_suffices(minutes, found):
    times = [(NOON + timedelta(minutes=one)).isoformat() for one in minutes]
    assert withdrawn_at(times) == (None if found is None else (NOON + timedelta(minutes=found)).isoformat())


def test_what_is_gone_is_looked_at_ever_more_rarely_and_then_no_more():
    assert [look_again_after_s(looks) for looks in range(1, 7)] == [*WAITS_S, None]


def test_a_304_is_believed_a_few_times_then_the_page_is_read_again(intake):
    etags = []
    for number in range(1, TRUST + 2):
        intake.store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z'")
        (lease,) = intake.lease(1, NOON + number * HOUR)
        etags.append(lease.memory.etag)
        if lease.memory.etag:
            intake.unchanged(lease.id, NOON + number * HOUR)
        else:
            intake.keep(lease.id, analysed(), NOON + number * HOUR, FeedMemory(url=URL, etag='"2"'))
    assert etags == ['"1"'] * TRUST + [""]
    intake.store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z'")
    assert intake.lease(1, NOON + DAY)[0].memory.etag == '"2"'


def test_an_unchanged_story_is_seen(intake, store):
    (lease,) = intake.lease(1, NOON + HOUR)
    intake.unchanged(lease.id, NOON + HOUR)
    assert store.conn.execute("SELECT last_seen, revision FROM stories").fetchone() == ("2024-09-22T09:30:00Z", 1)
    assert store.conn.execute("SELECT next_look FROM links").fetchone() == ("2024-09-22T10:30:00Z",)


def settings(**changes):
    crawler = CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",), recheck_ages_s=())
    return Settings(crawler=crawler, agencies=MappingProxyType({"wire": AgencySettings(**changes)}))


def crawl(store, wire):
    """Crawl the wire with everything due."""
    store.conn.execute("UPDATE links SET next_look = '2024-01-01T00:00:00Z'")
    (report,) = crawl_all(store, settings(recheck_ages_s=(1e9,)), [wire.agency], logging.ERROR)
    return report


def backdate(store, hours):
    store.conn.execute("UPDATE withdrawals SET first_gone = ?", ((NOON - hours * HOUR).isoformat(),))


def test_a_crawl_sees_what_was_taken_down_and_asks_for_the_rest_conditionally(store, open_wire):
    wire = open_wire(6)
    assert crawl(store, wire).new == 6
    deleted, hidden, replaced = wire.stories[:3]
    wire.stories.remove(deleted)
    wire.fault(wire.path(hidden), faults.redirect("/"))
    wire.fault(wire.path(replaced), faults.redirect(wire.url(wire.stories[-1])))
    report = crawl(store, wire)
    assert (report.missing, report.unchanged, report.new, report.outcome) == (3, 3, 0, "ok")
    assert withdrawals(store) == [(1, 1, None, None)] * 3
    assert any("if-none-match" in one.headers for one in wire.asked_for(wire.path(wire.stories[-1])))
    backdate(store, 1)
    crawl(store, wire)
    reasons = dict(store.conn.execute(
        "SELECT story_id, json_extract(evidence, '$[1].what') FROM withdrawals JOIN stories ON id = story"
        " WHERE withdrawn IS NOT NULL"
    ))  # fmt: skip
    assert reasons == {
        str(deleted.id): "HTTP 404",
        str(hidden.id): "led to /, which is no story",
        str(replaced.id): f"led to another story, {wire.stories[-1].id}",
    }
    wire.heal()
    wire.stories.insert(0, deleted)
    assert crawl(store, wire).unchanged == 6
    assert store.conn.execute("SELECT count(*) FROM withdrawals WHERE reappeared IS NOT NULL").fetchone() == (3,)
