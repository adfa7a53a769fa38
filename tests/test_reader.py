"""What is read apart costs no more than itself, whatever becomes of it."""

import asyncio

import pytest

from archive.errors import DiscoveryError
from crawler.discover.feeds import read_feed
from crawler.reader import HostilePageError, open_reader
from tests.stories import NOON


@pytest.fixture(scope="module")
def reader():
    with open_reader(10.0, 1024**3) as reader:
        yield reader


def test_an_error_of_ours_comes_back_as_it_was(reader):
    with pytest.raises(DiscoveryError, match=r"https://namune.ir/rss: no feed: it is no XML"):
        asyncio.run(reader.apart(read_feed, b"x", "https://namune.ir/rss", now=NOON, limit=1))


def test_a_bug_costs_what_it_was_met_on_and_says_so(reader, caplog):
    with pytest.raises(HostilePageError, match=r"extraction failed: ValueError: invalid literal"):
        asyncio.run(reader.apart(int, "x"))
    assert "int failed" in caplog.text
    assert asyncio.run(reader.apart(int, "1")) == 1
