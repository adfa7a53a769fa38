"""One crawl of one agency: discover, fetch what is due, read it, hand it over. Knows neither Scrapy nor the disk."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from archive.analysis import Analysed
from archive.errors import DiscoveryError
from archive.frontier import FeedMemory, Lease, LinkState
from archive.ledger import Report
from archive.link import Link
from archive.settings import CrawlerSettings
from archive.store import Stored
from archive.story import DateFound, iso
from archive.visit import NOTHING, Visit
from crawler import guard
from crawler.agency import Agency
from crawler.discover.feeds import read_feed
from crawler.discover.sitemaps import read_sitemap
from crawler.extract import Verdict
from crawler.reader import HostilePageError, Page, Reading

LOG = logging.getLogger(__name__)

# Links are leased a few at a time, so that a crawl that is stopped gives back the rest unseen.
LEASE_COUNT = 10
# After this share of its time a crawl asks for no more links, so that it ends by itself and is not killed.
LAST_CALL = 0.9
# A sitemap index may lead to years of sitemaps; a crawl looks only at those of its newest news.
SITEMAPS_PER_INDEX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, redirects followed: `url` is where it ended, `body` is decompressed."""

    url: str
    status: int
    body: bytes = b""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""


class FetchError(Exception):
    """No answer came, or none that may be used: time-out, refused address, robots.txt, too large."""


class Fetch(Protocol):
    """Ask for an address, giving the validators of the answer one already has."""

    async def __call__(self, url: str, known: FeedMemory | None = None) -> Answer:
        """Return the answer; raises FetchError when there is none."""


class Read(Protocol):
    """Read a page in bounded time."""

    async def __call__(self, page: Page, agency: Agency, now: datetime) -> Reading:
        """Return what the page is; raises HostilePageError."""


class Archive(Protocol):
    """What a crawl asks of the archive (see `archive.intake.Intake`); calls block until the commit."""

    def discover(self, links: Sequence[Link], now: datetime) -> int:
        """Note links; return how many were new."""

    def lease(self, count: int, now: datetime) -> list[Lease]:
        """Hand out links that are due."""

    def keep(
        self, link: int, analysed: Analysed, now: datetime, memory: FeedMemory | None = None, visit: Visit = NOTHING
    ) -> Stored:
        """Store the story of a link, whose page was served with `memory`."""

    def unchanged(self, link: int, now: datetime) -> None:
        """Note that the page of a known story is as it was."""

    def set_aside(self, link: int, state: LinkState, reason: str, now: datetime, visit: Visit = NOTHING) -> None:
        """Note that a link gave no story."""

    def recall(self, url: str) -> FeedMemory:
        """Return a feed's validators."""

    def remember(self, feed: FeedMemory, status: int, links: int, now: datetime) -> None:
        """Note how a feed answered."""


class Crawl:
    """The steps of one crawl; `counts` is the report in the making, so that a crawl cut short still has one."""

    def __init__(
        self,
        agency: Agency,
        settings: CrawlerSettings,
        *,
        archive: Archive,
        fetch: Fetch,
        read: Read,
        clock: Callable[[], datetime],
    ) -> None:
        """Crawl `agency` within the bounds of `settings`; the shells are passed in."""
        self.agency, self.settings = agency, settings
        self.counts: Counter[str] = Counter()
        self._archive, self._fetch, self._read, self._clock = archive, fetch, read, clock
        self._one_at_a_time = asyncio.Lock()
        self._leasing = asyncio.Lock()
        self._waiting: list[Lease] = []
        self._leased = 0
        self._errors: list[str] = []
        self._last_call = 0.0  # on the clock of the event loop

    async def run(self) -> Report:
        """Discover, then fetch every link that is due, a few at once, while there is time; return the report."""
        self._last_call = asyncio.get_running_loop().time() + LAST_CALL * self.settings.crawl_s
        sources = [(self.agency.address(path), self._feed) for path in self.agency.feeds]
        sources += [(self.agency.address(path), self._sitemap) for path in self.agency.sitemaps]
        answered = [await look(url) for url, look in sources]
        workers = (self._work() for _ in range(max(1, self.settings.requests_at_once)))
        await asyncio.gather(*workers)
        reached = any(answered) or not sources
        return self.report("ok" if reached else "failed")

    def report(self, outcome: str) -> Report:
        """Return the report so far; its error is the first complaint of discovery, if there was one."""
        return Report(agency=self.agency.key, outcome=outcome, error=next(iter(self._errors), ""), **self.counts)

    async def _ask[**P, T](self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the archive without holding up the downloads; one call at a time, since it is one pipe."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(method, *args, **kwargs)

    # -- discover ---------------------------------------------------------------------------------------------------

    async def _feed(self, url: str) -> bool:
        """Note the links of one feed; say whether it answered."""
        answer = await self._source(url)
        if answer is None or answer.status == _NOT_MODIFIED:
            return answer is not None
        links = self._try(lambda: read_feed(answer.body, answer.url, now=self._clock(), limit=self.settings.feed_links))
        return await self._note(url, answer, links)

    async def _sitemap(self, url: str, depth: int = 0) -> bool:
        """Note the links of one sitemap, or of the newest sitemaps of an index; say whether it answered."""
        answer = await self._source(url)
        if answer is None or answer.status == _NOT_MODIFIED:
            return answer is not None
        limit = self.settings.feed_links
        found = self._try(lambda: read_sitemap(answer.body, answer.url, now=self._clock(), limit=limit))
        if found is not None and depth == 0:
            newest = sorted(found.sitemaps, key=lambda one: one[1].timestamp() if one[1] else 0.0, reverse=True)
            for inner, _ in newest[:SITEMAPS_PER_INDEX]:
                await self._sitemap(inner, depth + 1)
        return await self._note(url, answer, None if found is None else found.links)

    async def _source(self, url: str) -> Answer | None:
        """Fetch a feed or sitemap, conditionally; None (and a complaint) when it does not answer as it should."""
        known = await self._ask(self._archive.recall, url)
        try:
            answer = await self._fetch(url, known)
        except FetchError as error:
            self._complain(f"{url}: {error}")
            return None
        self.counts["bytes"] += len(answer.body)
        if answer.status not in (_OK, _NOT_MODIFIED):
            self._complain(f"{url}: HTTP {answer.status}")
            return None
        if len(answer.body) > self.settings.feed_bytes:
            self._complain(f"{url}: longer than {self.settings.feed_bytes} bytes")
            return None
        return answer

    async def _note(self, url: str, answer: Answer, links: Sequence[Link] | None) -> bool:
        """Put the links that are stories of this agency into the frontier; remember the feed's validators."""
        if links is None:
            return False
        stories = [replace(link, found_in=url) for link in links if self.agency.is_story(link.url)]
        refusals = {one.url: why for one in stories if (why := guard.refusal(one.url, self.settings.private_hosts))}
        if refusals:
            self._complain(f"{url}: {len(refusals)} links refused: {next(iter(refusals.values()))}")
        stories = [one for one in stories if one.url not in refusals]
        self.counts["listed"] += len(stories)
        # Links first: validators that are remembered without their links would hide those links for ever.
        await self._ask(self._archive.discover, stories, self._clock())
        memory = FeedMemory(url=url, etag=answer.etag, last_modified=answer.last_modified)
        await self._ask(self._archive.remember, memory, answer.status, len(stories), self._clock())
        return True

    def _try[T](self, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except DiscoveryError as error:
            self._complain(str(error))
            return None

    def _complain(self, what: str) -> None:
        LOG.warning("%s: %s", self.agency.key, what)
        self._errors.append(what)

    # -- fetch, read, hand over -------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Fetch one link after the other until none is due."""
        while (lease := await self._next()) is not None:
            self.counts["fetched"] += 1
            await self._visit(lease)

    async def _next(self) -> Lease | None:
        """Return the next link to fetch; None when none is due or the crawl has had its share of links or time."""
        if asyncio.get_running_loop().time() > self._last_call:
            return None
        async with self._leasing:
            room = self.settings.crawl_links - self._leased
            if not self._waiting and room > 0:
                got = await self._ask(self._archive.lease, min(LEASE_COUNT, room), self._clock())
                self._leased += len(got)
                self._waiting.extend(got)
            return self._waiting.pop(0) if self._waiting else None

    async def _visit(self, lease: Lease) -> None:
        """Bring one link to its end: a story kept, or the link set aside with its reason."""
        try:
            answer = await self._fetch(lease.link.url, lease.memory)
            self.counts["bytes"] += len(answer.body)
            if answer.status == _NOT_MODIFIED and lease.story is not None:
                await self._ask(self._archive.unchanged, lease.id, self._clock())
                self.counts["unchanged"] += 1
                return
            aside = refused(answer, self.agency) or moved(lease, answer, self.agency)
            if aside is None:
                await self._keep(lease, answer)
                return
        except (FetchError, HostilePageError) as error:
            state = LinkState.QUARANTINED if isinstance(error, HostilePageError) else LinkState.FAILED
            aside = state, str(error)
        await self._set_aside(lease, *aside)

    async def _set_aside(self, lease: Lease, state: LinkState, reason: str, visit: Visit = NOTHING) -> None:
        self.counts[_COUNTED[state]] += 1
        LOG.info("%s: %s: %s: %s", self.agency.key, lease.link.url, state, reason)
        await self._ask(self._archive.set_aside, lease.id, state, reason, self._clock(), visit)

    async def _keep(self, lease: Lease, answer: Answer) -> None:
        """Read the page and store its story, or set the link aside when there is none."""
        now = self._clock()
        page = Page(url=answer.url, body=answer.body, charset=answer.charset, announced=announced(lease.link, now))
        reading = await self._read(page, self.agency, now)
        if reading.analysed is None:
            state = _ASIDE.get(reading.verdict, LinkState.EMPTY)
            await self._set_aside(lease, state, f"{reading.verdict}: {reading.reason}", reading.visit)
            return
        memory = FeedMemory(url=answer.url, etag=answer.etag, last_modified=answer.last_modified)
        stored = await self._ask(self._archive.keep, lease.id, reading.analysed, self._clock(), memory, reading.visit)
        self.counts[stored.verdict] += 1


def announced(link: Link, now: datetime) -> tuple[DateFound, ...]:
    """Return what a feed or sitemap said of the story's dates, and that it is seen `now`."""
    found = (("feed", link.published), ("sitemap", link.modified), ("seen", now))
    return tuple(DateFound(source=source, raw=iso(when), value=when) for source, when in found if when is not None)


def refused(answer: Answer, agency: Agency) -> tuple[LinkState, str] | None:
    """Say why an answer holds no story, before its body is read; None = it may."""
    if answer.status in _GONE:
        return LinkState.MISSING, f"HTTP {answer.status}"
    if answer.status in _SHUT:
        return LinkState.BLOCKED, f"HTTP {answer.status}"
    if answer.status != _OK:
        return LinkState.FAILED, f"HTTP {answer.status}"
    if not agency.owns(answer.url):
        return LinkState.BLOCKED, f"led to another site: {urlsplit(answer.url).hostname}"
    if not agency.is_story(answer.url):
        return LinkState.MISSING, f"led to {urlsplit(answer.url).path or '/'}, which is no story"
    return None


def moved(lease: Lease, answer: Answer, agency: Agency) -> tuple[LinkState, str] | None:
    """Say so when the page of a known story now leads to another story; None = it does not."""
    was, now = (agency.story_id(url) for url in (lease.link.url, answer.url))
    if lease.story is None or was is None or now is None or was == now:
        return None
    return LinkState.MISSING, f"led to another story, {now}"


_OK, _NOT_MODIFIED = 200, 304
_GONE = (404, 410)
_SHUT = (401, 403, 407, 429, 451)
_ASIDE = {Verdict.BLOCKED: LinkState.BLOCKED, Verdict.MISSING: LinkState.MISSING}
_COUNTED = {
    LinkState.EMPTY: "empty",
    LinkState.BLOCKED: "blocked",
    LinkState.MISSING: "missing",
    LinkState.FAILED: "failed",
    LinkState.QUARANTINED: "failed",
}
