"""A crawl for real leaves a site alone when it asks for it, and does not believe a feed that lies."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from archive import ledger
from archive.settings import CrawlerSettings, SchedulerSettings, Settings
from archive.store import open_store
from scheduler.commands.crawl import crawl_all
from scheduler.demo.site import Reply
from scheduler.plan import plan
from tests.wire import faults


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def crawl(store, wire, **changes):
    crawler = CrawlerSettings(**{"delay_s": 0.0, "private_hosts": ("127.0.0.1",), "recheck_ages_s": (), **changes})
    settings = Settings(crawler=crawler, scheduler=SchedulerSettings(stop_s=5.0))
    (report,) = crawl_all(store, settings, [wire.agency], logging.ERROR)
    return report


def lie(asked, reply, _closed):
    """Answer with an ETag that never changes, and with 304 to whoever brings it."""
    if "if-none-match" in asked.headers:
        return Reply(status=304, headers={"ETag": '"for ever"'})
    return replace(reply, headers={"Content-Type": "application/xml", "ETag": '"for ever"'})


def test_a_site_that_says_when_to_come_back_is_left_alone_until_then(store, open_wire):
    wire = open_wire(10)
    for story in wire.stories:
        wire.fault(wire.path(story), faults.status(503, retry_after_s=1200))
    report = crawl(store, wire, requests_at_once=1)
    assert (report.pause_s, report.fetched) == (1200.0, 1)
    now = datetime.now(UTC)
    due = plan(Settings(), [wire.key]).next(wire.key, ledger.past(store.conn, wire.key, now), now)
    assert due.why == "asked to come back later"
    assert due.at - now > timedelta(minutes=19)


def test_three_times_too_many_requests_end_a_crawl(store, open_wire):
    wire = open_wire(10)
    for story in wire.stories:
        wire.fault(wire.path(story), faults.status(429))
    report = crawl(store, wire, requests_at_once=1)
    assert (report.pause_s, report.fetched) == (900.0, 3)


def test_a_feed_whose_validators_lie_is_caught_and_read_whole_from_then_on(store, open_wire):
    wire = open_wire(6)
    wire.fault("/rss", lie)
    wire.fault(wire.layout.sitemap, faults.status(404))
    later, wire.stories = wire.stories[4:], wire.stories[:4]
    assert crawl(store, wire).new == 4
    wire.stories.append(later[0])
    assert crawl(store, wire).new == 0  # 304: the feed says that nothing is new
    assert crawl(store, wire, feed_refresh_s=0.0).new == 1  # read whole, as it is now and then
    wire.stories.append(later[1])
    assert crawl(store, wire).new == 1  # never asked with these validators again
    assert "if-none-match" not in wire.asked_for("/rss")[-1].headers


def test_a_feed_that_wants_to_be_left_alone_is(store, open_wire):
    wire = open_wire(3)

    def resting(_asked, reply, _closed):
        return replace(reply, body=reply.body.replace(b"<channel>", b"<channel><ttl>20</ttl>"))

    wire.fault("/rss", resting)
    crawl(store, wire)
    crawl(store, wire)
    assert len(wire.asked_for("/rss")) == 1
    crawl(store, wire, feed_ttl_s=0.0)
    assert len(wire.asked_for("/rss")) == 2


def test_the_pause_that_robots_txt_asks_for_is_kept(store, open_wire):
    wire = open_wire(3)
    wire.robots = "User-agent: *\nCrawl-delay: 0.6\n"
    assert crawl(store, wire).new == 3
    times = [one.at_s for one in wire.requests if one.path.startswith("/news/")]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.6 * 0.5 - 0.05  # Scrapy varies it by half


def test_robots_txt_is_asked_for_once_a_day(store, open_wire):
    wire = open_wire(3)
    for _ in range(3):
        crawl(store, wire)
    assert len(wire.asked_for("/robots.txt")) == 1
    store.conn.execute("UPDATE robots SET fetched = '2020-01-01T00:00:00Z'")
    crawl(store, wire)
    assert len(wire.asked_for("/robots.txt")) == 2
