"""How long a site is left alone, and when what its feed says of itself is believed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.link import FeedMemory
from crawler import patience
from crawler.discover.feeds import read_ttl_s
from tests.stories import HOUR, NOON

KNOWN = FeedMemory(url="https://a.ir/rss", etag='"1"', last_modified="x", content_hash=patience.content_hash(b"a"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("120", 120.0, id="seconds"),
        pytest.param(" 0 ", 0.0, id="now"),
        pytest.param("Sun, 22 Sep 2024 09:30:00 GMT", 3600.0, id="date"),
        pytest.param("Sun, 22 Sep 2024 07:30:00 GMT", 0.0, id="past"),
        pytest.param("99999999", 86400.0, id="bounded"),
        pytest.param("", None, id="none"),
        pytest.param("soon", None, id="words"),
        pytest.param("۱۲۰", None, id="persian-digits-are-no-http"),
        pytest.param("-5", None, id="negative"),
    ],
)
def test_retry_after_is_read_as_the_standard_says(header, seconds):
    assert patience.retry_after_s(header, NOON) == seconds


@given(st.text())
def test_no_header_breaks_it(header):
    found = patience.retry_after_s(header, NOON)
    assert found is None or 0 <= found <= 86400


@given(st.floats(0, 100), st.floats(0, 100), st.booleans())
def test_a_delay_is_within_bounds_and_no_error_page_shortens_it(delay_s, latency_s, well):
    found = patience.throttled(delay_s, latency_s, well=well, floor_s=2.0, ceiling_s=60.0)
    assert well or found >= min(delay_s, 60.0) or found >= delay_s
    if well:
        assert 2.0 <= found <= 60.0


@pytest.mark.parametrize(
    ("ttl_s", "ago_s", "rests"),
    [
        pytest.param(0, 1, False, id="no-ttl"),
        pytest.param(600, 300, True, id="within"),
        pytest.param(600, 560, False, id="a-tenth-early"),
        pytest.param(86400, 1700, False, id="obeyed-up-to-a-bound"),
        pytest.param(600, -300, False, id="the-clock-was-set-back"),
    ],
)
def test_a_feed_rests_as_it_asks(ttl_s, ago_s, rests):
    known = replace(KNOWN, ttl_s=float(ttl_s), fetched=NOON - timedelta(seconds=ago_s))
    assert patience.resting(known, NOON, 1800.0) is rests


@pytest.mark.parametrize(
    ("known", "sends"),
    [
        pytest.param(KNOWN, False, id="never-read-whole"),
        pytest.param(replace(KNOWN, read_whole=NOON - HOUR), True, id="read-whole-an-hour-ago"),
        pytest.param(replace(KNOWN, read_whole=NOON - 7 * HOUR), False, id="read-whole-long-ago"),
        pytest.param(replace(KNOWN, read_whole=NOON + HOUR), False, id="the-clock-was-set-back"),
        pytest.param(replace(KNOWN, read_whole=NOON - HOUR, lies=True), False, id="caught-lying"),
    ],
)
def test_validators_are_believed_for_a_while(known, sends):
    assert (patience.to_send(known, NOON, 6 * 3600.0) is not None) is sends


@pytest.mark.parametrize(
    ("etag", "last_modified", "body", "lies"),
    [
        pytest.param('"1"', "x", b"b", True, id="same-etag-other-content"),
        pytest.param('"1"', "x", b"a", False, id="same-etag-same-content"),
        pytest.param('"2"', "x", b"b", False, id="other-etag"),
        pytest.param("", "x", b"b", True, id="same-date-other-content"),
        pytest.param("", "y", b"b", False, id="other-date"),
        pytest.param("", "", b"b", False, id="no-validators"),
    ],
)
def test_validators_that_lie_are_caught(etag, last_modified, body, lies):
    answered = FeedMemory(url=KNOWN.url, etag=etag, last_modified=last_modified)
    known = patience.learnt(KNOWN, answered, body, NOON)
    assert (known.lies, known.content_hash, known.read_whole) == (lies, patience.content_hash(body), NOON)
    assert patience.learnt(known, answered, body, NOON).lies is lies  # once a liar, always one


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        pytest.param("<ttl>15</ttl>", 900.0, id="ttl"),
        pytest.param("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900.0, id="syndication"),
        pytest.param("<sy:updatePeriod> daily </sy:updatePeriod>", 86400.0, id="period-only"),
        pytest.param("<ttl>soon</ttl>", 0.0, id="word"),
        pytest.param("", 0.0, id="silent"),
    ],
)  # fmt: skip
def test_a_feed_says_how_often_it_wants_to_be_asked(said, seconds):
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>خبر</title>{said}</channel></rss>'.encode()
    assert read_ttl_s(body, KNOWN.url) == seconds
