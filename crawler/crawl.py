"""One crawl of one agency: discover, fetch what is due, read it, hand it over. Knows neither Scrapy nor the disk."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from archive.ledger import Report
from archive.link import FeedMemory, Lease, Link, LinkState
from archive.raw.page import Packed, RawPage
from archive.settings import CrawlerSettings
from archive.story import DateFound, iso
from archive.text.letters import clean
from archive.visit import NOTHING, Visit
from crawler.agency import Agency
from crawler.extract import Verdict
from crawler.notes import Notes
from crawler.pages import PagePacker
from crawler.ports import Answer, Apart, Archive, Fetch, FetchError, Read
from crawler.reader import HostilePageError, Page
from crawler.scout import Scout

LOG = logging.getLogger(__name__)

# Links are leased a few at a time, so that a crawl that is stopped gives back the rest unseen.
LEASE_COUNT = 10
# After this share of its time a crawl asks for no more links, so that it ends by itself and is not killed.
LAST_CALL = 0.9


class Crawl:
    """The steps of one crawl; its notes are the report in the making, so that a crawl cut short still has one."""

    def __init__(
        self,
        agency: Agency,
        settings: CrawlerSettings,
        *,
        archive: Archive,
        fetch: Fetch,
        read: Read,
        apart: Apart,
        clock: Callable[[], datetime],
        days: Sequence[date] = (),
    ) -> None:
        """Crawl `agency` within the bounds of `settings`, or back-fill its `days`; the shells are passed in."""
        self.agency, self.settings = agency, settings
        self._archive, self._fetch, self._read, self._clock, self._days = archive, fetch, read, clock, days
        self._apart = apart
        self._notes = Notes(agency=agency.key)
        self._packer = PagePacker(archive.dictionary)
        self._leasing = asyncio.Lock()
        self._waiting: list[Lease] = []
        self._leased = 0
        self._last_call = 0.0  # on the clock of the event loop

    async def run(self) -> Report:
        """Discover, then fetch every link that is due, a few at once, while there is time; return the report."""
        self._last_call = asyncio.get_running_loop().time() + LAST_CALL * self.settings.crawl_s
        scout = Scout(
            self.agency,
            self.settings,
            archive=self._archive,
            fetch=self._fetch,
            apart=self._apart,
            notes=self._notes,
            clock=self._clock,
        )
        reached = await (scout.walk(self._days) if self._days else scout.look())
        workers = (self._work() for _ in range(max(1, self.settings.requests_at_once)))
        await asyncio.gather(*workers)
        return self.report("ok" if reached else "failed")

    def report(self, outcome: str) -> Report:
        """Return the report so far; its error is the first complaint of discovery, if there was one."""
        notes = self._notes
        counts: Mapping[str, Any] = notes.counts  # by the names of a report's fields
        return Report(
            agency=self.agency.key,
            outcome=outcome,
            error=next(iter(notes.errors), ""),
            pause_s=notes.pause_s,
            **counts,
        )

    # -- fetch, read, hand over -------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Fetch one link after the other until none is due."""
        while (lease := await self._next()) is not None:
            self._notes.counts["fetched"] += 1
            await self._visit(lease)

    async def _next(self) -> Lease | None:
        """Return the next link to fetch; None when none is due or the crawl has had its share of links or time."""
        if asyncio.get_running_loop().time() > self._last_call or self._notes.pause_s:
            return None
        async with self._leasing:
            room = self.settings.crawl_links - self._leased
            if not self._waiting and room > 0:
                got = await self._archive.lease(min(LEASE_COUNT, room), self._clock())
                self._leased += len(got)
                self._waiting.extend(got)
            return self._waiting.pop(0) if self._waiting else None

    async def _visit(self, lease: Lease) -> None:
        """Bring one link to its end: a story kept, or the link set aside with its reason."""
        try:
            answer = await self._fetch(lease.link.url, lease.memory)
            self._notes.heard(answer)
            if answer.status == _NOT_MODIFIED and lease.story is not None:
                await self._archive.unchanged(lease.id, self._clock())
                self._notes.counts["unchanged"] += 1
                return
            aside = refused(answer, self.agency) or moved(lease, answer, self.agency)
            if aside is None:
                await self._keep(lease, answer)
                return
        except FetchError as error:
            aside = LinkState.FAILED, str(error)
        await self._set_aside(lease, *aside)

    async def _set_aside(self, lease: Lease, state: LinkState, reason: str, visit: Visit = NOTHING) -> None:
        self._notes.counts[_COUNTED[state]] += 1
        LOG.info("%s: %s: %s: %s", self.agency.key, lease.link.url, state, reason)
        await self._archive.set_aside(lease.id, state, clean(reason), self._clock(), visit)

    async def _keep(self, lease: Lease, answer: Answer) -> None:
        """Read the page and store its story, or set the link aside when there is none."""
        now = self._clock()
        page = Page(url=answer.url, body=answer.body, charset=answer.charset, announced=announced(lease.link, now))
        packing = asyncio.ensure_future(self._pack(answer, now))
        try:
            reading = await self._read(page, self.agency, now)
        except HostilePageError as error:
            await self._set_aside(lease, LinkState.QUARANTINED, str(error), Visit(page=await packing))
            return
        visit = replace(reading.visit, page=await packing)
        if reading.analysed is None:
            state = _ASIDE.get(reading.verdict, LinkState.EMPTY)
            said = visit if state is LinkState.EMPTY else reading.visit
            await self._set_aside(lease, state, f"{reading.verdict}: {reading.reason}", said)
            return
        memory = FeedMemory(url=answer.url, etag=answer.etag, last_modified=answer.last_modified)
        analysed = reading.analysed
        stored = await self._archive.keep(lease.id, analysed, self._clock(), memory, visit)
        self._notes.counts[stored.verdict] += 1

    async def _pack(self, answer: Answer, now: datetime) -> Packed | None:
        """Return the raw page of an answer, packed; None when raw pages are not kept."""
        if not self.settings.raw_pages:
            return None
        page = RawPage(
            agency=self.agency.key,
            url=answer.url,
            fetched=now,
            status=answer.status,
            body=answer.body,
            request=answer.request_headers,
            response=answer.headers,
        )
        return await self._packer.pack(page)


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
