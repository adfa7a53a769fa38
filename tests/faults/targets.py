"""What is fuzzed: each reader of what strangers write, with what must hold for any bytes whatever."""

import html
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from archive.errors import DiscoveryError, QueryError
from archive.lines import LineError, read_line
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.text.dates import parse_date
from archive.text.letters import HALF_SPACE, clean, keepable
from crawler.agency import HERE, Agency, load_family
from crawler.discover.feeds import read_feed, read_ttl_s
from crawler.discover.robots import read_robots
from crawler.discover.sitemaps import read_sitemap
from crawler.extract import extract
from crawler.extract.decode import decode
from crawler.guard import refusal
from tests.stories import NOON, analysed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL, LIMIT, MAX_BYTES = "https://www.namune.ir/news/12/x", 50, 1 << 20
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC) - timedelta(days=1)
CORPUS, GOLDEN = Path(__file__).parent / "corpus", Path(__file__).parents[1] / "pages"
FAMILIES = ("nastooh", "iran-samaneh", "asam", None)
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(f"[^\\W_]+(?:{HALF_SPACE}[^\\W_]+)+")


def page(data: bytes) -> None:
    """A page gives a verdict; a story holds nothing that is no text, and no word that lost its half-spaces."""
    found = extract(data, _agency(FAMILIES[crc32(data) % len(FAMILIES)]), URL, now=NOW)
    assert keepable(found.reason)
    if found.story is not None:
        told = found.story.as_json()
        assert all(map(keepable, _texts(told)))
        _half_spaces(data, f"{told['title']}\n{told['lead']}\n{told['body']}")


def feed(data: bytes) -> None:
    """A feed gives links of the web, or says that it is none."""
    try:
        links = read_feed(data, URL, now=NOW, limit=LIMIT, max_bytes=MAX_BYTES)
        assert read_ttl_s(data, URL) >= 0
    except DiscoveryError as error:
        _one_line(error)
        return
    assert len(links) <= LIMIT
    for link in links:
        assert link.url.startswith(("http://", "https://"))
        assert keepable(link.title)
        assert isinstance(refusal(link.url), str)
        _moment(link.published)


def sitemap(data: bytes) -> None:
    """A sitemap gives links and sitemaps of the web, or says that it is none."""
    try:
        found = read_sitemap(data, URL, now=NOW, limit=LIMIT, max_bytes=MAX_BYTES)
    except DiscoveryError as error:
        _one_line(error)
        return
    assert max(len(found.links), len(found.sitemaps)) <= LIMIT
    for url in (*(one.url for one in found.links), *(one for one, _ in found.sitemaps)):
        assert url.startswith(("http://", "https://"))
    for link in found.links:
        assert keepable(link.title)
        _moment(link.modified)


def robots(data: bytes) -> None:
    """A robots.txt gives rules, and never none for itself."""
    rules = read_robots(200, data)
    assert rules.allowed("https://www.namune.ir/robots.txt", "Bayegan")
    rules.allowed(URL, "Bayegan")
    delay_s = rules.crawl_delay_s("Bayegan")
    assert delay_s is None or delay_s >= 0


def date(data: bytes) -> None:
    """A date is a moment a story can have, in UTC, or none."""
    _moment(parse_date(data.decode("utf-8", "surrogateescape"), now=NOW))


def query(data: bytes) -> None:
    """A query gives hits of the archive, or says what is wrong with it."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = search(_archive(), Query(text=text, limit=5, now=NOON))
    except QueryError as error:
        _one_line(error)
        return
    assert len(found.hits) <= 5


def line(data: bytes) -> None:
    """A line of JSON is a story of text, or an error that says why it is none."""
    try:
        story = read_line(data, agency="namune", now=NOW)
    except LineError:
        return
    assert all(map(keepable, _texts(story.as_json())))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (page, feed, sitemap, robots, date, query, line)
}


def seeds(name: str) -> list[bytes]:
    """Return what the mutations of a target begin with: our own inventions, and whatever once broke something."""
    kept = [one.read_bytes() for one in sorted((CORPUS / name).glob("*"))]
    return kept + [one.read_bytes() for one in sorted(GOLDEN.glob("*/*.html"))] if name == "page" else kept


@cache
def _agency(family: str | None) -> Agency:
    known = None if family is None else load_family(HERE / "families" / f"{family}.toml")
    return Agency(key="namune", name="نمونه", home="https://www.namune.ir/", family=known, story=r"/news/(?P<id>\d+)")


@cache
def _archive() -> Any:
    folder = tempfile.TemporaryDirectory(prefix="fuzz-")
    path = Path(folder.name) / "news.db"
    with open_store(path) as store:
        for number in range(30):
            store.add(analysed(story_id=str(number), url="", title=f"خبر {number} برف", published=NOON), now=NOON)
    opened = open_archive(path)
    _OPEN.extend((folder, opened))  # until the process ends
    return opened.__enter__()


_OPEN: list[Any] = []


def _half_spaces(data: bytes, told: str) -> None:
    """No word of the page that has a half-space may stand in the story without it, where the page does not print it so.

    trafilatura alone would lose every one of them («گفت‌وگو» becomes «گفتوگو»).
    """
    printed = html.unescape(decode(data))
    shown = clean(_TAG.sub("", printed))
    for word in set(_WORD.findall(shown)):
        lost = word.replace(HALF_SPACE, "")
        assert told.count(lost) <= max(shown.count(lost), printed.count(lost)), f"{word} has lost its half-space"


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


def _moment(moment: datetime | None) -> None:
    assert moment is None or (moment.utcoffset() == timedelta(0) and EARLIEST <= moment <= NOW + timedelta(days=2))


def _one_line(error: Exception) -> None:
    assert "\n" not in str(error)
