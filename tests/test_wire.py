"""The test wire itself: other tests believe it, so it is proved first. And the demonstration's two agencies."""

import gzip
import http.client
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from importlib.resources import files
from urllib.parse import quote, urlsplit

import pytest

from crawler.agency import load_agency
from crawler.discover.feeds import read_feed
from crawler.discover.robots import read_robots
from crawler.discover.sitemaps import read_sitemap
from crawler.extract import extract
from scheduler.demo.wire import demo_wires, second_look
from tests.wire import faults
from tests.wire.stories import NOW, invent
from tests.wire.wire import FaultyWire

HALF_SPACE = "\N{ZERO WIDTH NON-JOINER}"
FAMILIES = ["nastooh", "iran-samaneh"]


def get(wire, path, *, timeout_s=10.0, **headers):
    connection = http.client.HTTPConnection(urlsplit(wire.home).netloc, timeout=timeout_s)
    try:
        connection.request(
            "GET", quote(path), headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


# -- stories ----------------------------------------------------------------------------------------------------------


def test_invented_stories_are_the_same_for_the_same_seed():
    assert invent(10, seed=4) == invent(10, seed=4)
    assert invent(10, seed=4) != invent(10, seed=5)


def test_no_two_invented_stories_are_alike():
    stories = invent(300)
    for key in (lambda one: one.id, lambda one: one.title, lambda one: one.lead, lambda one: one.paragraphs):
        assert len({key(story) for story in stories}) == 300


def test_invented_stories_have_all_that_persian_typing_brings():
    bodies = ["\n".join(story.paragraphs) for story in invent(100)]
    assert all(HALF_SPACE in body for body in bodies)
    for some in (
        "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER KAF}",
        "\N{ARABIC LETTER FARSI YEH}",
        "۵",
        "5",
        "به نظر شما",
        "&",
    ):
        assert any(some in body for body in bodies), some


# -- a sound wire -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_feed_and_sitemap_list_every_story_once(open_wire, family):
    wire = open_wire(30, family=family)
    told = {(wire.home.rstrip("/") + wire.path(story), story.title, story.published) for story in wire.stories}
    feed = read_feed(get(wire, wire.layout.feed)[2], wire.home, now=NOW, limit=1000)
    sitemap = read_sitemap(get(wire, wire.layout.sitemap)[2], wire.home, now=NOW, limit=1000)
    for links in (feed, sitemap.links):
        assert len(links) == 30
        assert {(link.url, link.title, link.published) for link in links} == told
        assert [link.published for link in links] == sorted((one[2] for one in told), reverse=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_page_holds_its_story_and_much_that_is_none(open_wire, family):
    wire = open_wire(12, family=family)
    for story in wire.stories:
        status, headers, raw = get(wire, wire.path(story))
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        found = extract(raw, wire.agency, wire.url(story), now=NOW).story
        assert found is not None
        assert found.body == wire.truth()[str(story.id)]
        assert (found.title, found.lead, found.kicker, found.section, found.tags) == (
            story.title, story.lead, story.kicker, story.section, story.tags,
        )  # fmt: skip
        assert (found.story_id, found.published) == (str(story.id), story.published)
        others = [one for one in wire.stories if one is not story and one.title in raw.decode()]
        assert len(others) >= 3
        for chrome in ("انتهای پیام", "نظر شما", "کد خبر", "برچسب"):
            assert chrome in raw.decode(), chrome


def test_half_spaces_come_as_letters_from_one_family_and_as_entities_from_the_other(open_wire):
    for family, written in (("nastooh", HALF_SPACE), ("iran-samaneh", "&zwnj;")):
        wire = open_wire(1, family=family)
        (story,) = wire.stories
        raw = get(wire, wire.path(story))[2].decode()
        assert all(escape(one).replace(HALF_SPACE, written) in raw for one in story.paragraphs)


def test_any_slug_leads_to_the_story_of_its_number(wire):
    story = wire.stories[3]
    assert (
        get(wire, f"/news/{story.id}/نشانی-کهنه")[2]
        == get(wire, wire.path(story))[2]
        == get(wire, f"/news/{story.id}")[2]
    )


@pytest.mark.parametrize("path", ["/news/1/خبر", "/news/x", "/tag/ایران", "/favicon.ico"])
def test_what_is_not_there_is_404(wire, path):
    assert get(wire, path)[0] == 404


def test_the_home_page_lists_stories_and_is_none(wire):
    status, _, page = get(wire, "/")
    assert status == 200
    assert all(story.title in page.decode() for story in wire.stories)
    assert not wire.agency.is_story(wire.home)


def test_robots_txt_forbids_the_search(wire):
    rules = read_robots(200, get(wire, "/robots.txt")[2])
    assert not rules.allowed(f"{wire.home}search?q=1", "Bayegan")
    assert rules.allowed(wire.url(wire.stories[0]), "Bayegan")


@pytest.mark.parametrize(("tag", "header"), [("ETag", "If_None_Match"), ("Last-Modified", "If_Modified_Since")])
@pytest.mark.parametrize("which", ["feed", "sitemap"])
def test_a_feed_that_is_known_is_not_sent_again(wire, which, tag, header):
    path = getattr(wire.layout, which)
    _, headers, body = get(wire, path)
    assert body
    status, again, nothing = get(wire, path, **{header: headers[tag]})
    assert (status, nothing, again[tag]) == (304, b"", headers[tag])


@pytest.mark.parametrize(("tag", "header"), [("ETag", "If_None_Match"), ("Last-Modified", "If_Modified_Since")])
def test_a_feed_that_changed_is_sent_again(open_wire, tag, header):
    wire = open_wire(5)
    known = get(wire, "/rss")[1][tag]
    wire.stories.extend(invent(1, seed=9, now=NOW + timedelta(hours=1), first_id=6_000_001))
    status, _, body = get(wire, "/rss", **{header: known})
    assert status == 200
    assert len(read_feed(body, wire.home, now=NOW, limit=100)) == 6


def test_requests_are_remembered_with_headers_and_times(wire):
    path = wire.path(wire.stories[0])
    for n in range(2):
        get(wire, path, User_Agent=f"Bayegan/{n}")
        time.sleep(0.05)
    asked = wire.asked_for(path)
    assert [one.headers["user-agent"] for one in asked] == ["Bayegan/0", "Bayegan/1"]
    assert asked[1].at_s - asked[0].at_s >= 0.05
    assert wire.requests == asked


def test_two_wires_stand_side_by_side(open_wire):
    one, other = open_wire(1), open_wire(1, family="iran-samaneh")
    assert one.home != other.home
    get(one, "/rss")
    assert len(one.requests) == 1
    assert other.requests == []


def test_a_closed_wire_answers_no_more():
    with FaultyWire(1) as wire:
        place = urlsplit(wire.home)
        assert get(wire, "/rss")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.hostname, place.port), timeout=1)


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [403, 404, 410, 500, 503])
def test_a_status_on_demand(wire, code):
    path = wire.path(wire.stories[0])
    wire.fault(path, faults.status(code, retry_after_s=7))
    status, headers, _ = get(wire, path)
    assert (status, headers["Retry-After"]) == (code, "7")
    assert get(wire, wire.path(wire.stories[1]))[0] == 200


def test_a_fault_can_pass(wire):
    wire.fault("/rss", faults.status(503), times=2)
    assert [get(wire, "/rss")[0] for _ in range(4)] == [503, 503, 200, 200]


def test_a_fault_can_be_everywhere_but_where_another_is(wire):
    wire.fault("*", faults.status(500))
    wire.fault("/rss", faults.status(404))
    assert [get(wire, path)[0] for path in ("/rss", "/robots.txt", "/nowhere")] == [404, 500, 500]
    wire.heal()
    assert [get(wire, path)[0] for path in ("/rss", "/robots.txt", "/nowhere")] == [200, 200, 404]


def test_a_server_that_hangs(wire):
    wire.fault("/rss", faults.hang(0.3))
    with pytest.raises(TimeoutError):
        get(wire, "/rss", timeout_s=0.1)
    assert get(wire, "/rss")[0] == 200


def test_closing_does_not_wait_for_a_hanging_answer():
    with FaultyWire(1) as wire:
        wire.fault("/rss", faults.hang(60))
        with pytest.raises(TimeoutError):
            get(wire, "/rss", timeout_s=0.1)
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_a_body_that_is_cut_off(wire):
    wire.fault("/rss", faults.cut(100))
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(wire, "/rss")
    assert len(caught.value.partial) == 100


def test_a_body_that_drips(wire):
    whole = get(wire, "/robots.txt")[2]
    wire.fault("/robots.txt", faults.drip(10, 0.05))
    began = time.monotonic()
    assert get(wire, "/robots.txt")[2] == whole
    assert time.monotonic() - began >= 0.05 * (len(whole) // 10)


def test_a_redirect(wire):
    wire.fault("/rss", faults.redirect("/feed", 301))
    status, headers, _ = get(wire, "/rss")
    assert (status, headers["Location"]) == (301, "/feed")


def test_a_redirect_to_itself_until_the_cookie_is_brought(wire):
    path = wire.path(wire.stories[0])
    wire.fault(path, faults.cookie_challenge())
    status, headers, _ = get(wire, path)
    assert (status, headers["Location"]) == (302, quote(path))
    assert get(wire, path, Cookie=headers["Set-Cookie"].partition(";")[0])[0] == 200


def test_a_wrong_charset(wire):
    path = wire.path(wire.stories[0])
    wire.fault(path, faults.header("Content-Type", "text/html; charset=windows-1256"))
    _, headers, body = get(wire, path)
    assert headers["Content-Type"].endswith("1256")
    assert wire.stories[0].title in body.decode()


def test_another_body(wire):
    wire.fault("/rss", faults.body("<rss><channel><item>"))
    assert get(wire, "/rss")[2] == b"<rss><channel><item>"


def test_a_body_without_end(wire):
    wire.fault("/rss", faults.huge(3))
    _, headers, body = get(wire, "/rss")
    assert "Content-Length" not in headers
    assert len(body) == 3 * 1024 * 1024


def test_a_body_that_swells(wire):
    wire.fault("/rss", faults.bomb(20))
    _, headers, body = get(wire, "/rss")
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < 30_000
    assert len(gzip.decompress(body)) == 20 * 1024 * 1024


# -- the demonstration ------------------------------------------------------------------------------------------------


def test_the_demonstration_is_fresh_whenever_it_is_shown():
    for now in (datetime(2024, 3, 20, 12, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)):
        stories = [story for wire in demo_wires(now) for story in wire.stories]
        assert len(stories) == 30
        assert len({story.id for story in stories}) == 30
        assert all(now - timedelta(days=4) < story.published < now for story in stories)


def test_the_demonstration_brings_every_story_home_to_the_letter():
    for wire in demo_wires(NOW):
        agency = load_agency(files("scheduler.demo") / "agencies" / f"{wire.key}.toml")
        with wire:
            for story in wire.stories:
                found = extract(
                    get(wire, wire.layout.path(story))[2], replace(agency, home=wire.home), wire.url(story), now=NOW
                ).story
                assert found is not None
                assert found.body == "\n".join(story.paragraphs)
                assert (found.title, found.lead, found.published) == (story.title, story.lead, story.published)


def test_both_agencies_of_the_demonstration_print_one_story_and_the_second_says_whose_it_is():
    first, second = demo_wires(NOW)
    (copy,) = [story for story in second.stories if first.name in story.paragraphs[0]]
    fold = str.maketrans("يك", "یک")
    assert copy.title.translate(fold) in {story.title for story in first.stories}


def test_at_the_second_look_one_story_has_changed_and_is_announced_so():
    wires = demo_wires(NOW)
    before = {story.id: story for wire in wires for story in wire.stories}
    later = NOW + timedelta(hours=1)
    assert second_look(wires, later) == 1
    after = {story.id: story for wire in wires for story in wire.stories}
    changed = [number for number in after if after[number].paragraphs != before[number].paragraphs]
    announced = [number for number in after if after[number].modified == later]
    assert len(changed) == 1
    assert set(changed) < set(announced)
    assert len(announced) == 3
