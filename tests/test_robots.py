"""What robots.txt allows."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.robots import read_robots

AGENT = "Bayegan"
HOME = "https://www.example.ir"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        pytest.param(200, False, id="success-is-obeyed"),
        pytest.param(206, False, id="any-success"),
        pytest.param(302, True, id="redirects-that-end-nowhere"),
        pytest.param(401, True, id="unauthorised"),
        pytest.param(403, True, id="forbidden"),
        pytest.param(404, True, id="missing"),
        pytest.param(410, True, id="gone"),
        pytest.param(429, False, id="too-many-requests"),
        pytest.param(500, False, id="server-error"),
        pytest.param(503, False, id="unavailable-for-now"),
        pytest.param(None, False, id="no-answer"),
    ],
)
def test_the_status_decides_first(status, allowed):
    rules = read_robots(status, b"User-agent: *\nDisallow: /\n")
    assert rules.allowed(f"{HOME}/news/1", AGENT) is allowed


MASHREGH = "User-agent: *\nDisallow: /search\n"
IRIB = "User-agent: *\nDisallow: /fa/save\nDisallow: /fa/archive\nDisallow: /fa/news/play\n"
LONGEST = "User-agent: *\nDisallow: /\nAllow: /fa/news\n"
OWN_GROUP = "User-agent: *\nDisallow: /\n\nUser-agent: bayegan\nDisallow: /search\n"
SHUT = "User-agent: Googlebot\nDisallow:\n\nUser-agent: Bayegan\nDisallow: /\n"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        pytest.param(MASHREGH, "/news/1/خبر", True, id="not-named"),
        pytest.param(MASHREGH, "/search?q=باران", False, id="named"),
        pytest.param(IRIB, "/fa/archive", False, id="archive"),
        pytest.param(IRIB, "/fa/news/play/1", False, id="longer-path"),
        pytest.param(IRIB, "/fa/news/12/خبر", True, id="story"),
        pytest.param(LONGEST, "/fa/news/12", True, id="the-longest-rule-wins"),
        pytest.param(LONGEST, "/ads", False, id="the-rest-is-shut"),
        pytest.param(OWN_GROUP, "/news/1", True, id="our-own-group-stands-alone"),
        pytest.param(OWN_GROUP, "/search", False, id="our-own-group-is-obeyed"),
        pytest.param(SHUT, "/news/1", False, id="we-are-not-wanted"),
        pytest.param("User-agent: *\nDisallow:\n", "/news/1", True, id="empty-disallow"),
        pytest.param("User-agent: a\nUser-agent: Bayegan\nDisallow: /x\n", "/x", False, id="a-group-of-two"),
        pytest.param("User-agent: Bayegan/0.1\nDisallow: /x\n", "/x", False, id="our-name-with-a-version"),
        pytest.param("User-agent: BAYEGAN*\nDisallow: /x\n", "/x", False, id="our-name-with-a-star"),
        pytest.param("useragent bayegan\nDisallow: /x\n", "/x", False, id="our-name-misspelt"),
        pytest.param("User-agent: Bay\nDisallow: /x\n", "/x", True, id="a-name-ours-begins-with"),
        pytest.param("User-agent: Bayegan-Images\nDisallow: /x\n", "/x", True, id="a-name-that-begins-with-ours"),
        pytest.param("User-agent: bayegan\nDisallow: /x\n\nUser-agent: bayegan\nDisallow: /y\n", "/x", False,
                     id="two-groups-of-ours-are-one"),
        pytest.param("User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf", False, id="wildcard"),
        pytest.param("User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf?x", True, id="end-of-address"),
        pytest.param("User-agent: *\nDisallow: /جستجو\n", "/%D8%AC%D8%B3%D8%AA%D8%AC%D9%88", False, id="persian-path"),
        pytest.param("\ufeffUser-agent: *\r\nDisallow: /search\r\n", "/search", False, id="byte-order-mark-and-crlf"),
        pytest.param("USER-AGENT: *\nDISALLOW: /search # no\n", "/search", False, id="capitals-and-comments"),
        pytest.param("<html><body>خطای ۴۰۴</body></html>", "/news/1", True, id="a-page-instead"),
        pytest.param("", "/news/1", True, id="empty"),
        pytest.param("User-agent: *\nDisallow: /\n", "/robots.txt", True, id="itself"),
    ],
)  # fmt: skip
def test_rules_are_read_as_rfc_9309_says(text, path, allowed):
    assert read_robots(200, text.encode()).allowed(HOME + path, AGENT) is allowed


def test_half_a_megabyte_is_read_and_no_line_that_was_cut_in_two():
    head, tail = b"User-agent: *\nDisallow: /search\n#", b"\nDisallow: /"
    body = head + b"x" * (512 * 1024 - len(head) - len(tail)) + tail + b"ads\nDisallow: /late\n"
    rules = read_robots(200, body)
    assert not rules.allowed(f"{HOME}/search", AGENT)
    assert rules.allowed(f"{HOME}/ads", AGENT)
    assert rules.allowed(f"{HOME}/late", AGENT)


@pytest.mark.parametrize(
    ("value", "delay_s"),
    [
        pytest.param("10", 10.0, id="whole"),
        pytest.param("0.5", 0.5, id="half"),
        pytest.param("-1", None, id="negative"),
        pytest.param("nan", None, id="no-number"),
        pytest.param("inf", None, id="for-ever"),
        pytest.param("soon", None, id="a-word"),
    ],
)
def test_a_crawl_delay_is_a_number_of_seconds(value, delay_s):
    assert read_robots(200, f"User-agent: *\nCrawl-delay: {value}\n".encode()).crawl_delay_s(AGENT) == delay_s


def test_the_whole_user_agent_may_be_asked_for():
    rules = read_robots(200, b"User-agent: Bayegan\nDisallow: /x\nCrawl-delay: 3\n")
    full = "Bayegan/0.1 (Persian news archive; archive@example.ir)"
    assert not rules.allowed(f"{HOME}/x", full)
    assert rules.crawl_delay_s(full) == 3


def test_a_file_made_to_cost_much_costs_little():
    names = "".join(f"User-agent: a{n}\n" for n in range(13_000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(15_000))
    began = time.monotonic()
    read_robots(200, (names + rules).encode()).allowed(HOME, AGENT)
    assert time.monotonic() - began < 5


def test_no_crawl_delay_is_none():
    assert read_robots(404, b"User-agent: *\nCrawl-delay: 5\n").crawl_delay_s(AGENT) is None


def test_sitemaps_are_listed_once_and_only_those_of_the_web():
    listed = [f"{HOME}/a.xml", "file:///etc/passwd", f"{HOME}/a.xml", "http://[::1", "/b"]
    text = "".join(f"Sitemap: {one}\n" for one in listed)
    assert read_robots(200, text.encode()).sitemaps == (f"{HOME}/a.xml",)


@given(st.binary(max_size=400), st.text(max_size=50))
def test_any_bytes_give_rules(body, path):
    rules = read_robots(200, body)
    assert rules.allowed(f"{HOME}/{path}", AGENT) in (True, False)
    assert rules.crawl_delay_s(AGENT) is None or rules.crawl_delay_s(AGENT) >= 0


def test_a_rule_longer_than_any_address_is_not_read():
    rules = read_robots(200, b"User-agent: *\nDisallow: /" + b"$" * 400_000 + b"\nDisallow: /search\n")
    assert rules.allowed("https://namune.ir/$", "Bayegan")
    assert not rules.allowed("https://namune.ir/search", "Bayegan")
