"""SECURITY.md and the code say the same: each limit it gives is the one that holds."""

import re
from pathlib import Path

import pytest

from archive import lines
from archive.settings import CrawlerSettings
from crawler import guard, scout
from crawler.discover import robots
from crawler.extract import page, rule
from crawler.fetch import delay, gates, network

TOP = Path(__file__).parent.parent
TEXT = (TOP / "SECURITY.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|(?: `.*)?$", TEXT, re.MULTILINE))
KIB, MIB, GIB = 1024, 1024**2, 1024**3
SETTINGS = CrawlerSettings()


@pytest.mark.parametrize(
    ("what", "limit"),
    [
        ("an answer, unpacked", f"{SETTINGS.page_bytes // MIB} MiB"),
        ("the head of an answer", f"{network.HEAD_BYTES // KIB} KiB"),
        ("an answer's time", f"{SETTINGS.response_s:g} s"),
        ("cookies", f"{gates.COOKIE_BYTES // KIB} KiB"),
        ("robots.txt; a line", f"{robots.MAX_BYTES // KIB} KiB; {robots.LONGEST_LINE // KIB} KiB"),
        ("the pause robots.txt", f"{delay.LONGEST_S:g} s"),
        ("a feed or sitemap", f"{SETTINGS.feed_bytes // MIB} MiB"),
        ("links of one feed", f"{SETTINGS.feed_links}"),
        ("sitemaps of one index", f"{scout.SITEMAPS_PER_INDEX}"),
        ("reading one page", f"{SETTINGS.extract_s:g} s, {SETTINGS.extract_bytes // GIB} GiB"),
        ("a story's letters", f"{page.MAX_LETTERS}; {rule.MANY}; {rule.MANY}"),
        ("a crawl's time", f"{SETTINGS.crawl_s:g} s"),
        ("a crawl's address space", f"{4 * SETTINGS.extract_bytes // GIB} GiB"),
        ("links a crawl fetches", f"{SETTINGS.crawl_links}"),
        ("a line of an import", f"{lines.MAX_LINE // MIB} MiB"),
        ("length", f"more than {guard.MAX_URL} characters"),
        ("hosts", f"more than {gates.MAX_HOSTS} in one crawl"),
    ],
)
def test_a_limit_is_the_one_that_is_told(what, limit):
    told = [value for name, value in ROWS.items() if name.startswith(what)]
    assert told == [limit]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:archive|crawler|docs)/[\w/.]+)", TEXT))))
def test_a_place_that_is_named_exists(path):
    assert (TOP / path.rstrip(".:")).exists()
