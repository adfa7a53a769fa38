"""Discovery: ask an agency's feeds and sitemaps what is new, or walk its archive of past days; note what they list."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from archive.coverage import Walk
from archive.errors import DiscoveryError
from archive.link import FeedMemory, Link
from archive.settings import CrawlerSettings
from archive.text.jalali import TEHRAN
from crawler import guard, patience
from crawler.agency import Agency
from crawler.discover.days import day_address, read_day
from crawler.discover.feeds import read_feed, read_ttl_s
from crawler.discover.sitemaps import read_sitemap
from crawler.notes import Notes
from crawler.ports import Answer, Apart, Archive, Fetch, FetchError
from crawler.reader import HostilePageError

# A sitemap index may lead to years of sitemaps; a crawl looks only at those of its newest news.
SITEMAPS_PER_INDEX = 5
# A back-fill by sitemaps reads so many at most: years of days.
SITEMAPS_PER_SWEEP = 2000
# No agency fills so many pages in a day; a site that answers every number with the same page ends sooner.
PAGES_PER_DAY = 200


class Scout:
    """Looks where an agency announces its stories; `look` for what is new, `walk` for the past."""

    def __init__(
        self,
        agency: Agency,
        settings: CrawlerSettings,
        *,
        archive: Archive,
        fetch: Fetch,
        apart: Apart,
        notes: Notes,
        clock: Callable[[], datetime],
    ) -> None:
        """Look at `agency`; the shells are passed in."""
        self._agency, self._settings = agency, settings
        self._archive, self._fetch, self._apart, self._notes, self._clock = archive, fetch, apart, notes, clock

    async def look(self) -> bool:
        """Ask feeds, and sitemaps where they are due; return whether any answered (or none was to be asked)."""
        answers, news = [], []
        for path in self._agency.feeds:
            well, fresh = await self._feed(self._agency.address(path))
            answers.append(well)
            news.append(fresh)
        # A feed of which all is new may have lost what came before; one that does not answer has lost all.
        overrun = not all(answers) or any(fresh is True for fresh in news)
        for path in self._agency.sitemaps:
            url = self._agency.address(path)
            known = await self._archive.recall(url)
            if overrun or not answers or not patience.recent(known, self._clock(), self._settings.sitemap_s):
                answers.append(await self._sitemap(known))
        return any(answers) or not answers

    async def walk(self, days: Sequence[date]) -> bool:
        """Walk the day archive through each of `days`, page by page; return whether all were walked to their end.

        An agency without one is asked for its sitemaps, all of them, and what they list of these days is noted.
        """
        if "{day}" not in self._agency.archive:
            return await self._sweep(days)
        whole = True
        for day in days:
            if self._notes.pause_s:
                return False
            walk = await self._walk(day)
            whole = whole and walk.whole
            await self._archive.walked(day, walk, self._clock())
        return whole

    # -- feeds and sitemaps -------------------------------------------------------------------------------------------

    async def _feed(self, url: str) -> tuple[bool, bool | None]:
        """Note the links of one feed; say whether it answered, and whether all it listed was new (None = nothing)."""
        known, now = await self._archive.recall(url), self._clock()
        if patience.resting(known, now, self._settings.feed_ttl_s):
            return True, None
        answer = await self._source(known)
        if answer is None:
            return False, None
        if answer.status == _NOT_MODIFIED or known.content_hash == patience.content_hash(answer.body):
            await self._same(known, answer)
            return True, None
        links = await self._read(read_feed, answer, max_bytes=self._settings.feed_bytes)
        if links is None:
            return False, None
        before, listed = self._notes.counts["discovered"], self._notes.counts["listed"]
        ttl_s = read_ttl_s(answer.body, answer.url)
        await self._note(replace(known, ttl_s=ttl_s), answer, links)
        fresh, listed = self._notes.counts["discovered"] - before, self._notes.counts["listed"] - listed
        return True, fresh == listed > 0 if known.fetched is not None else None

    async def _sitemap(self, known: FeedMemory, depth: int = 0) -> bool:
        """Note the links of one sitemap, or of the newest sitemaps of an index; say whether it answered."""
        answer = await self._source(known)
        if answer is None:
            return False
        if answer.status == _NOT_MODIFIED:
            await self._same(known, answer)
            return True
        found = await self._read(read_sitemap, answer, max_bytes=self._settings.feed_bytes)
        if found is None:
            return False
        if depth == 0:
            newest = sorted(found.sitemaps, key=lambda one: one[1].timestamp() if one[1] else 0.0, reverse=True)
            for inner, _ in newest[:SITEMAPS_PER_INDEX]:
                await self._sitemap(await self._archive.recall(inner), depth + 1)
        await self._note(known, answer, found.links)
        return True

    async def _source(self, known: FeedMemory) -> Answer | None:
        """Fetch a feed or sitemap, conditionally; None (and a complaint) when it does not answer as it should."""
        send = patience.to_send(known, self._clock(), self._settings.feed_refresh_s)
        answer = await self._get(known.url, send)
        if answer is not None and answer.status not in (_OK, _NOT_MODIFIED):
            self._notes.complain(f"{known.url}: HTTP {answer.status}")
            return None
        if answer is not None and len(answer.body) > self._settings.feed_bytes:
            self._notes.complain(f"{known.url}: longer than {self._settings.feed_bytes} bytes")
            return None
        return answer

    async def _get(self, url: str, send: FeedMemory | None = None) -> Answer | None:
        try:
            answer = await self._fetch(url, send)
        except FetchError as error:
            self._notes.complain(f"{url}: {error}")
            return None
        self._notes.heard(answer)
        return answer

    async def _same(self, known: FeedMemory, answer: Answer) -> None:
        """Note that a feed was asked and has nothing else to say."""
        status = answer.status
        if status == _OK:
            known = patience.learnt(known, _validators(known.url, answer), answer.body, self._clock())
        await self._archive.remember(known, status, 0, self._clock())

    async def _note(self, known: FeedMemory, answer: Answer, links: Sequence[Link]) -> None:
        """Put the links that are stories of this agency into the frontier; remember what the feed said of itself."""
        stories = await self._discover(known.url, links)
        # Links first: validators that are remembered without their links would hide those links for ever.
        memory = patience.learnt(known, _validators(known.url, answer), answer.body, self._clock())
        await self._archive.remember(memory, answer.status, len(stories), self._clock())

    async def _discover(self, source: str, links: Sequence[Link]) -> list[Link]:
        """Note those of `links` that are stories of this agency and may be asked for; return them."""
        stories = [replace(link, found_in=source) for link in links if self._agency.is_story(link.url)]
        refusals = {one.url: why for one in stories if (why := guard.refusal(one.url, self._settings.private_hosts))}
        if refusals:
            self._notes.complain(f"{source}: {len(refusals)} links refused: {next(iter(refusals.values()))}")
        stories = [one for one in stories if one.url not in refusals]
        self._notes.counts["listed"] += len(stories)
        new = await self._archive.discover(stories, self._clock())
        self._notes.counts["discovered"] += new
        return stories

    async def _read[T](self, read: Callable[..., T], answer: Answer, **how: object) -> T | None:
        """Return what `read` finds in an answer, in bounded time; None (and a complaint) when that is no list."""
        now, limit = self._clock(), self._settings.feed_links
        try:
            return await self._apart(read, answer.body, answer.url, now=now, limit=limit, **how)
        except DiscoveryError as error:
            self._notes.complain(str(error))
        except HostilePageError as error:
            self._notes.complain(f"{answer.url}: {error}")
        return None

    # -- past days ----------------------------------------------------------------------------------------------------

    async def _walk(self, day: date) -> Walk:
        """Note the stories of one day of the archive, page by page until one brings nothing more."""
        seen: set[str] = set()
        listed: set[str] = set()
        for page in range(1, PAGES_PER_DAY + 1):
            found = await self._day_page(day_address(self._agency.address(self._agency.archive), day, page))
            if found is None:
                return Walk(listed=len(listed), pages=page - 1, whole=False)
            fresh = [link for link in found if link.url not in seen]
            seen.update(link.url for link in fresh)
            ours = [link for link in fresh if self._is_of(link, day)]
            listed.update(link.url for link in ours)
            if not fresh or (len(fresh) > len(ours) == 0):
                return Walk(listed=len(listed), pages=page, whole=True)
            await self._discover(day_address(self._agency.address(self._agency.archive), day, page), ours)
        return Walk(listed=len(listed), pages=PAGES_PER_DAY, whole=True)

    async def _day_page(self, url: str) -> list[Link] | None:
        answer = await self._get(url)
        if answer is None:
            return None
        if answer.status != _OK:
            self._notes.complain(f"{url}: HTTP {answer.status}")
            return None
        return await self._read(read_day, answer, is_story=self._agency.is_story)

    async def _sweep(self, days: Sequence[date]) -> bool:
        """Note what any sitemap lists of `days`, by the date it gives; undated links are left to the daily looks."""
        waiting, found = [self._agency.address(path) for path in self._agency.sitemaps], list[Link]()
        since, whole = min(days), bool(self._agency.sitemaps)
        for _ in range(SITEMAPS_PER_SWEEP):
            if not waiting or self._notes.pause_s:
                break
            url = waiting.pop(0)
            answer = await self._get(url)
            read = None
            if answer is not None and answer.status == _OK:
                read = await self._read(read_sitemap, answer, max_bytes=self._settings.feed_bytes)
            if read is None:
                whole = False
                continue
            waiting += [one for one, changed in read.sitemaps if changed is None or changed.date() >= since]
            found += read.links
        for day in days:
            ours = [link for link in found if _day(link.published or link.modified) == day]
            listed = await self._discover("sitemap", ours)
            walk = Walk(listed=len(listed), pages=0, whole=whole and not waiting)
            await self._archive.walked(day, walk, self._clock())
        return whole and not waiting

    def _is_of(self, link: Link, day: date) -> bool:
        """Whether a listed story is of `day` by its own date; one without a date is believed to be."""
        return link.published is None or _day(link.published) == day


def _day(moment: datetime | None) -> date | None:
    """Return the day of a moment in Tehran."""
    return None if moment is None else moment.astimezone(TEHRAN).date()


def _validators(url: str, answer: Answer) -> FeedMemory:
    return FeedMemory(url=url, etag=answer.etag, last_modified=answer.last_modified)


_OK, _NOT_MODIFIED = 200, 304
