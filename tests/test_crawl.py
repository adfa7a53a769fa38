"""A crawl for real: child process, Scrapy, loopback wire, archive; every link comes to exactly one end."""

import asyncio
import gzip
import json
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import monotonic

import pytest

from archive import standing
from archive.intake import Intake
from archive.link import Lease, Link, LinkState
from archive.settings import CrawlerSettings, SchedulerSettings, Settings
from archive.standing import Which
from archive.store import open_store
from crawler.agency import Agency
from crawler.crawl import Crawl
from crawler.ports import Answer
from scheduler.commands.crawl import crawl_all
from scheduler.demo.pages import WireStory
from tests.wire import faults
from tests.wire.stories import NOW


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def settings(**changes):
    crawler = CrawlerSettings(
        **{"delay_s": 0.0, "private_hosts": ("127.0.0.1",), "recheck_ages_s": (), "sitemap_s": 0.0, **changes}
    )
    return Settings(crawler=crawler, scheduler=SchedulerSettings(stop_s=5.0))


def crawl(store, *wires, **changes):
    """Crawl the wires once and return their reports."""
    return list(crawl_all(store, settings(**changes), [wire.agency for wire in wires], logging.ERROR))


def test_a_crawl_whose_archive_refuses_a_story_has_failed_and_says_why_and_no_attempt_is_counted(
    store, wire, monkeypatch
):
    def full(*_args):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(Intake, "keep", full)
        (report,) = crawl(store, wire)
    assert (report.outcome, report.new) == ("failed", 0)
    assert report.error == "archive: keep: OperationalError: database or disk is full"
    assert store.conn.execute("SELECT max(attempts), group_concat(DISTINCT state) FROM links").fetchone() == (
        0,
        "discovered",
    )
    assert crawl(store, wire)[0].new == len(wire.stories)


def bodies(store):
    return dict(store.conn.execute("SELECT story_id, body FROM stories"))


def states(store):
    return {
        url.rsplit("/", 2)[1]: (state, reason)
        for url, state, reason in store.conn.execute("SELECT url, state, reason FROM links")
    }


@pytest.mark.parametrize("family", ["nastooh", "iran-samaneh"])
def test_every_story_is_stored_once_and_to_the_letter(store, open_wire, family):
    wire = open_wire(200, family=family)
    (report,) = crawl(store, wire)
    assert (report.outcome, report.new, report.failed, report.listed) == ("ok", 200, 0, 400)
    assert bodies(store) == wire.truth()


def test_what_the_wire_says_of_a_story_is_kept(store, open_wire):
    wire = open_wire(3)
    crawl(store, wire)
    for told in wire.stories:
        (row,) = store.db["stories"].rows_where("story_id = ?", [str(told.id)])
        assert (row["title"], row["lead"], row["kicker"]) == (told.title, told.lead, told.kicker)
        assert row["published"] == told.published.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert tuple(json.loads(row["tags"])) == told.tags


def test_a_second_crawl_asks_for_nothing_it_has(store, wire):
    crawl(store, wire)
    before = len(wire.requests)
    (report,) = crawl(store, wire)
    assert (report.outcome, report.new, report.fetched) == ("ok", 0, 0)
    again = wire.requests[before:]
    assert [one.path for one in again] == ["/rss", "/sitemap/news/sitemap.xml"]
    assert all("if-none-match" in one.headers and "if-modified-since" in one.headers for one in again)


def test_a_changed_story_is_a_revision_and_the_first_text_is_kept(store, wire):
    crawl(store, wire)
    old = wire.stories[0]
    changed = WireStory(
        **{name: getattr(old, name) for name in WireStory.__slots__}
        | {
            "paragraphs": ("یک بند تازه و بلندتر از پیش با گفت‌وگو.", *old.paragraphs),
            "modified": NOW + timedelta(days=1),
        }
    )
    wire.stories[0] = changed
    (report,) = crawl(store, wire)
    assert (report.new, report.revised, report.unchanged) == (0, 1, 0)
    found = store.conn.execute(
        "SELECT v.body FROM story_revisions v JOIN stories s ON s.id = v.story WHERE s.story_id = ? ORDER BY number",
        (str(old.id),),
    )
    assert [body for (body,) in found] == ["\n".join(old.paragraphs), "\n".join(changed.paragraphs)]


def test_an_agency_is_told_who_asks(store, wire):
    crawl(store, wire, contact="https://example.org/bayegan")
    agents = {one.headers["user-agent"] for one in wire.requests}
    assert len(agents) == 1
    assert "Bayegan" in agents.pop()
    assert all("example.org/bayegan" in one.headers["user-agent"] for one in wire.requests)
    assert all("referer" not in one.headers for one in wire.requests)


def test_an_agency_is_not_asked_faster_than_the_delay(store, open_wire):
    wire = open_wire(4)
    crawl(store, wire, delay_s=0.4)
    times = [one.at_s for one in wire.requests if one.path.startswith("/news/")]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert min(pauses) >= 0.4 * 0.5 - 0.05  # Scrapy varies a delay by half


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        pytest.param("User-agent: *\nDisallow: /news/", False, id="forbidden"),
        pytest.param("User-agent: Bayegan\nDisallow: /news/\n\nUser-agent: *\nAllow: /", False, id="forbidden-by-name"),
        pytest.param("User-agent: *\nDisallow: /search", True, id="allowed"),
    ],
)
def test_robots_txt_is_obeyed(store, open_wire, robots, asked):
    wire = open_wire(2)
    wire.robots = robots
    crawl(store, wire)
    assert any(one.path.startswith("/news/") for one in wire.requests) is asked
    assert all("robots.txt" in reason for state, reason in states(store).values() if state == "failed")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [pytest.param(404, "ok", id="missing-allows"), pytest.param(503, "failed", id="broken-forbids")],
)
def test_a_robots_txt_that_cannot_be_had_counts_as_the_standard_says(store, wire, code, outcome):
    wire.fault("/robots.txt", faults.status(code))
    (report,) = crawl(store, wire)
    assert report.outcome == outcome
    assert (report.new == 0) is (outcome == "failed")


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        pytest.param(faults.status(404), "missing", "HTTP 404", id="404"),
        pytest.param(faults.status(410), "missing", "HTTP 410", id="410"),
        pytest.param(faults.status(403), "blocked", "HTTP 403", id="403"),
        pytest.param(faults.status(429), "blocked", "HTTP 429", id="429"),
        pytest.param(faults.status(500), "failed", "HTTP 500", id="500"),
        pytest.param(faults.redirect("/"), "missing", "led to /, which is no story", id="home"),
        pytest.param(faults.redirect("file:///etc/passwd"), "failed", "HTTP 302", id="redirect-to-a-file"),
        pytest.param(
            faults.redirect("http://169.254.169.254/latest"), "failed", "not a public address", id="redirect-inside"
        ),
        pytest.param(faults.redirect("http://localhost:1/"), "failed", "not a public address", id="redirect-by-name"),
        pytest.param(faults.cut(500), "failed", "", id="torn"),
        pytest.param(faults.bomb(64), "failed", "", id="gzip-bomb"),
        pytest.param(faults.huge(16), "failed", "", id="endless"),
        pytest.param(faults.body("<html><body></body></html>"), "empty", "empty", id="empty"),
        pytest.param(
            faults.body("در حال بررسی مرورگر، پیش از انتقال به سایت هستیم"), "blocked", "blocked", id="challenge"
        ),
        pytest.param(faults.hang(30), "failed", "took longer than", id="hanging"),
        pytest.param(faults.endless_headers(), "failed", "head of the answer longer", id="endless-head"),
        pytest.param(faults.endless_headers(0.2), "failed", "took longer than", id="head-that-drips"),
        pytest.param(faults.drip(200, 0.2), "failed", "took longer than", id="body-that-drips"),
    ],
)
def test_a_page_that_is_no_story_is_set_aside_with_its_reason(store, open_wire, fault, state, reason):
    wire = open_wire(3)
    spoilt = wire.stories[1]
    wire.fault(wire.path(spoilt), fault)
    (report,) = crawl(store, wire, response_s=1.5, page_bytes=4 * 1024 * 1024)
    assert (report.outcome, report.new) == ("ok", 2)
    found, why = states(store)[str(spoilt.id)]
    assert found == state
    assert reason in why
    assert why
    (attempts,) = store.conn.execute("SELECT attempts FROM links WHERE state = ?", (state,)).fetchone()
    assert attempts == 1


def test_a_cookie_challenge_that_leads_to_itself_is_followed(store, open_wire):
    wire = open_wire(3)
    wire.fault(wire.path(wire.stories[0]), faults.cookie_challenge())
    (report,) = crawl(store, wire)
    assert (report.new, report.failed) == (3, 0)


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        pytest.param(faults.redirect_to_itself(), 1, id="without-a-cookie"),
        pytest.param(faults.redirect_to_itself(cookie=True), 2, id="with-a-cookie-that-opens-nothing"),
    ],
)
def test_a_redirect_to_itself_for_ever_is_followed_once_at_most(store, open_wire, fault, asked):
    wire = open_wire(2)
    path = wire.path(wire.stories[0])
    wire.fault(path, fault)
    (report,) = crawl(store, wire)
    assert (report.new, report.failed, len(wire.asked_for(path))) == (1, 1, asked)
    assert states(store)[str(wire.stories[0].id)] == ("failed", "leads to itself")


def test_five_redirects_are_followed_and_no_more(store, open_wire):
    wire = open_wire(2)
    near, far = (story.id for story in wire.stories)
    for number, steps in ((near, 5), (far, 6)):
        story = next(one for one in wire.stories if one.id == number)
        for step in range(steps):
            leads = f"/news/{number}/{step + 1}" if step < steps - 1 else f"/news/{number}/end"
            wire.fault(f"/news/{number}/{step}" if step else wire.path(story), faults.redirect(leads))
    (report,) = crawl(store, wire)
    assert (report.new, report.failed) == (1, 1)
    assert states(store)[str(far)] == ("failed", "max redirections reached")


NESTED_FEED = "<rss><channel>" + "<item>" * 200_000 + "</channel></rss>"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(faults.body(NESTED_FEED), "extraction took longer than 3 s", id="nested-for-ever"),
        pytest.param(faults.body("<rss>" + " " * 5_000_000), "longer than 4194304 bytes", id="huge"),
        pytest.param(faults.body(gzip.compress(b"<rss>" + b" " * 5_000_000)), "more than 4194304 bytes", id="a-file-that-unpacks-to-huge"),
        pytest.param(faults.body('<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>'), "it declares entities", id="entities"),
    ],
)  # fmt: skip
def test_a_hostile_feed_costs_only_itself(store, open_wire, fault, why):
    wire = open_wire(3)
    wire.fault("/rss", fault)
    (report,) = crawl(store, wire, extract_s=3.0)
    assert (report.outcome, report.new) == ("ok", 3)
    assert why in report.error


def test_links_that_are_no_addresses_are_refused_when_they_are_announced(store, open_wire):
    wire = open_wire(3)
    bad = ("http://127.0.0.1:99999/news/1", "http://a@127.0.0.1/news/2", "http://127.0.0.1/news/3/&#x202e;x")
    items = "".join(f"<item><link>{one}</link></item>" for one in bad)
    good = "".join(f"<item><link>{wire.url(one)}</link></item>" for one in wire.stories)
    wire.fault("/rss", faults.body(f"<rss><channel>{items}{good}</channel></rss>"))
    (report,) = crawl(store, wire)
    assert (report.outcome, report.new, report.failed) == ("ok", 3, 0)
    assert "3 links refused" in report.error


def test_a_broken_feed_is_reported_and_the_sitemap_still_counts(store, wire):
    wire.fault("/rss", faults.body("<html>خطا</html>"))
    (report,) = crawl(store, wire)
    assert (report.outcome, report.new) == ("ok", 20)
    assert "/rss" in report.error


def test_an_agency_that_does_not_answer_has_failed_and_harms_no_other(store, open_wire):
    down, up = open_wire(3), open_wire(3, family="iran-samaneh", seed=2)
    down.key, up.key = "down", "up"
    down.fault("*", faults.status(500))
    reports = {report.agency: report for report in crawl(store, down, up)}
    assert (reports["down"].outcome, reports["up"].outcome, reports["up"].new) == ("failed", "ok", 3)
    ledger = dict(store.conn.execute("SELECT agency, outcome FROM crawls"))
    assert ledger == {"down": "failed", "up": "ok"}


def test_a_crawl_that_hangs_is_ended_in_time_and_loses_nothing(store, open_wire):
    wire = open_wire(3)
    wire.fault(wire.path(wire.stories[2]), faults.hang(60))
    started = monotonic()
    (report,) = crawl(store, wire, crawl_s=4.0)
    assert (report.outcome, report.error) == ("killed", "longer than 4 s")
    assert monotonic() - started < 15
    wire.heal()
    crawl(store, wire)
    assert bodies(store) == wire.truth()


NESTED = "<p>".join(["متن"] * 400_000)
BOMB = f"<html><body>{'<a href=x>پیوند</a>' * 60_000}{NESTED}</body></html>"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param({"extract_s": 4.0}, "extraction took longer than 4 s", id="time"),
        pytest.param({"extract_bytes": 350 * 1024 * 1024, "extract_s": 60.0}, "extraction", id="memory"),
    ],
)
def test_a_page_that_blows_up_its_reader_costs_only_itself_and_can_be_tried_again(store, open_wire, limits, said):
    wire = open_wire(3)
    hostile = wire.stories[0]
    wire.fault(wire.path(hostile), faults.body(BOMB))
    (report,) = crawl(store, wire, **limits)
    assert (report.outcome, report.new, report.failed) == ("ok", 2, 1)
    state, reason = states(store)[str(hostile.id)]
    assert state == "quarantined"
    assert said in reason
    wire.heal()
    assert crawl(store, wire)[0].fetched == 0  # not before its time
    assert standing.requeue(store.conn, Which(states=(LinkState.QUARANTINED,)), datetime.now(UTC)) == 1
    (report,) = crawl(store, wire)
    assert (report.fetched, report.new) == (1, 1)
    assert bodies(store) == wire.truth()


class EndlessLinks:
    """An archive that always has more links; all it is told is forgotten."""

    async def lease(self, count, now):
        return [Lease(id=n, link=Link(url=f"https://namune.ir/news/{n}")) for n in range(count)]

    async def set_aside(self, link, state, reason, now, visit):
        pass

    async def dictionary(self, month):
        return None


def test_a_crawl_with_more_links_than_time_ends_by_itself():
    async def gone(url, known=None):
        await asyncio.sleep(0.01)
        return Answer(url=url, status=404)

    agency = Agency(key="namune", name="نمونه", home="https://namune.ir/")
    one = Crawl(
        agency,
        CrawlerSettings(crawl_s=0.3),
        archive=EndlessLinks(),
        fetch=gone,
        read=None,
        apart=None,
        clock=lambda: NOW,
    )
    report = asyncio.run(asyncio.wait_for(one.run(), timeout=20))
    assert (report.outcome, report.missing > 0) == ("ok", True)


def test_the_new_stories_of_a_day_are_bounded_and_the_rest_waits(store, wire):
    assert crawl(store, wire, new_per_day=6)[0].new == 6
    assert crawl(store, wire, new_per_day=6)[0].new == 0
    assert crawl(store, wire, new_per_day=9)[0].new == 3
    assert crawl(store, wire)[0].new == 11


def test_the_links_of_one_crawl_are_bounded(store, wire):
    (report,) = crawl(store, wire, crawl_links=7)
    assert report.fetched == 7
    (report,) = crawl(store, wire)
    assert report.fetched == 13


def test_an_over_long_address_is_refused_when_it_is_announced(store, open_wire):
    wire = open_wire(3)
    known = wire.stories[1]
    long = WireStory(**{name: getattr(known, name) for name in WireStory.__slots__} | {"title": "دراز " * 500})
    wire.stories[1] = long
    (report,) = crawl(store, wire)
    assert (report.outcome, report.new, report.failed) == ("ok", 2, 0)
    assert "1 links refused: address longer than 2000 characters" in report.error
    assert str(long.id) not in states(store)
