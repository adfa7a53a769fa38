"""Get to know a site that is to become an agency: its feeds, sitemaps, addresses, family, and three of its stories."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from archive.errors import DiscoveryError, SurveyError
from archive.link import Link
from archive.settings import CrawlerSettings
from crawler.agency import Agency
from crawler.discover.feeds import read_feed
from crawler.discover.robots import read_robots
from crawler.discover.sitemaps import read_sitemap
from crawler.pattern import story_pattern
from crawler.ports import Answer, Fetch, FetchError
from crawler.reader import HostilePageError, Page, Reading
from crawler.recognise import Sight, families, family_of

# Where agencies keep their feeds and sitemaps; families know more of their own.
FEEDS = ("/rss", "/fa/rss/allnews", "/feed", "/rss.xml")
SITEMAPS = ("/sitemap/news/sitemap.xml", "/news-sitemap.xml", "/sitemap.xml")
# A survey is a visit, not a crawl: so many feeds and sitemaps are kept, and so many addresses tried for each.
KEPT, TRIED, STORIES = 2, 6, 3
_OK = 200
_LONGEST_KEY = 30


class Reads(Protocol):
    """Look at pages in bounded time."""

    async def read(self, page: Page, agency: Agency, now: datetime) -> Reading:
        """Return what the page is; raises HostilePageError."""

    async def sight(self, page: Page) -> Sight:
        """Return what the page tells of its site; raises HostilePageError."""

    async def apart[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` makes of hostile bytes; raises HostilePageError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page of the site that was read, and what it is."""

    url: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The agency as it was found, and the pages it was tried on."""

    agency: Agency
    samples: tuple[Sample, ...]

    @property
    def stories(self) -> int:
        """How many of the pages gave a story."""
        return sum(sample.reading.analysed is not None for sample in self.samples)


class Surveyor:
    """The steps of a survey; the shells are passed in."""

    def __init__(self, settings: CrawlerSettings, *, fetch: Fetch, reads: Reads, clock: Callable[[], datetime]) -> None:
        """Look within the bounds of `settings`."""
        self._settings, self._fetch, self._reads, self._clock = settings, fetch, reads, clock

    async def survey(self, url: str, key: str = "", name: str = "") -> Survey:
        """Return what the site at `url` is as an agency; SurveyError when it does not answer or shows no story."""
        front = await self._answer(url)
        home = f"{urlsplit(front.url).scheme}://{urlsplit(front.url).netloc}/"
        seen = await self._sight(front)
        agency = Agency(key=key or key_of(home), name=name or seen.name or key_of(home), home=home)
        likely = families().get(family_of([seen]) or "")
        agency, links = await self._sources(agency, seen, (likely.feeds, likely.sitemaps) if likely else ((), ()))
        stories = [one for one in links or seen.links if agency.owns(one)]
        agency = replace(agency, story=story_pattern(stories[:200]))
        chosen = spread([one for one in stories if agency.is_story(one)], STORIES)
        if not chosen:
            raise SurveyError(home, "no story found", "neither feeds, sitemaps nor its home page lead to any")
        return await self._sample(agency, chosen)

    async def _sources(
        self, agency: Agency, seen: Sight, usual: tuple[Sequence[str], Sequence[str]]
    ) -> tuple[Agency, list[str]]:
        """Return the agency with the feeds and sitemaps that answer, and the addresses these list, newest first."""
        said = await self._robots(agency)
        feeds = await self._try_all(agency, (*usual[0], *seen.feeds, *FEEDS), self._feed)
        sitemaps = await self._try_all(agency, (*usual[1], *said, *SITEMAPS), self._sitemap)
        links = [link.url for _, listed in (*feeds, *sitemaps) for link in listed]
        found = replace(
            agency,
            feeds=tuple(relative(one, agency.home) for one, _ in feeds),
            sitemaps=tuple(relative(one, agency.home) for one, _ in sitemaps),
        )
        return found, list(dict.fromkeys(links))

    async def _try_all(
        self, agency: Agency, places: Iterable[str], look: "Callable[[Answer], Awaitable[Sequence[Link] | None]]"
    ) -> list[tuple[str, Sequence[Link]]]:
        """Return the first `KEPT` of `places` that are what `look` looks for, with the links they list."""
        found: list[tuple[str, Sequence[Link]]] = []
        for url in list(dict.fromkeys(agency.address(place) for place in places))[:TRIED]:
            if len(found) == KEPT or not agency.owns(url):
                continue
            try:
                answer = await self._fetch(url)
                links = await look(answer) if answer.status == _OK else None
            except (FetchError, DiscoveryError, HostilePageError):
                continue
            if links is not None and answer.url not in [one for one, _ in found]:
                found.append((answer.url, links))
        return found

    async def _feed(self, answer: Answer) -> Sequence[Link] | None:
        return await self._listed(read_feed, answer) or None

    async def _sitemap(self, answer: Answer) -> Sequence[Link] | None:
        found = await self._listed(read_sitemap, answer)
        return found.links if found.links or found.sitemaps else None

    async def _listed[T](self, read: Callable[..., T], answer: Answer) -> T:
        now, limit, most = self._clock(), self._settings.feed_links, self._settings.feed_bytes
        return await self._reads.apart(read, answer.body, answer.url, now=now, limit=limit, max_bytes=most)

    async def _robots(self, agency: Agency) -> Sequence[str]:
        """Return the sitemaps that robots.txt names; those that speak of news first."""
        try:
            answer = await self._fetch(agency.address("/robots.txt"))
        except FetchError:
            return ()
        return sorted(read_robots(answer.status, answer.body).sitemaps, key=lambda one: "news" not in one)

    async def _sample(self, agency: Agency, urls: Sequence[str]) -> Survey:
        """Read the pages at `urls`, first for the family, then by its rule."""
        answers = [answer for url in urls if (answer := await self._try(url)) is not None]
        family = families().get(family_of([await self._sight(one) for one in answers]) or "")
        agency = replace(agency, family=family)
        samples = []
        for answer in answers:
            page = Page(url=answer.url, body=answer.body, charset=answer.charset)
            try:
                samples.append(Sample(url=answer.url, reading=await self._reads.read(page, agency, self._clock())))
            except HostilePageError:
                continue
        return Survey(agency=agency, samples=tuple(samples))

    async def _answer(self, url: str) -> Answer:
        try:
            answer = await self._fetch(url)
        except FetchError as error:
            raise SurveyError(url, "does not answer", str(error)) from error
        if answer.status != _OK:
            raise SurveyError(url, "does not answer", f"HTTP {answer.status}")
        return answer

    async def _try(self, url: str) -> Answer | None:
        try:
            return await self._answer(url)
        except SurveyError:
            return None

    async def _sight(self, answer: Answer) -> Sight:
        try:
            return await self._reads.sight(Page(url=answer.url, body=answer.body, charset=answer.charset))
        except HostilePageError:
            return Sight()


def key_of(url: str) -> str:
    """Return the key for a site: its host without www and country, in the letters of a file name."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name = host if re.fullmatch(r"[\d.]+", host) else host.rpartition(".")[0] or host
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_KEY] or "agency"


def spread(urls: Sequence[str], count: int) -> list[str]:
    """Return `count` of `urls`, from the first to the last: neighbours are often of one desk."""
    step = max(1, len(urls) // count)
    return list(urls[::step][:count])


def relative(url: str, home: str) -> str:
    """Return an address of the site as agency files give it: without the home, when it stands there."""
    return "/" + url.removeprefix(home) if url.startswith(home) else url


def as_toml(agency: Agency) -> str:
    """Return the agency file that says what `agency` is; what its family says already is left out."""
    family = agency.family
    rows = [("name", _quoted(agency.name)), ("home", _quoted(agency.home))]
    if family is not None:
        rows.append(("family", _quoted(family.name)))
    for key in ("feeds", "sitemaps"):
        said = getattr(agency, key)
        if said != (getattr(family, key) if family else ()):
            rows.append((key, f"[{', '.join(map(_quoted, said))}]"))
    if agency.story:
        rows.append(("story", _quoted(agency.story) if "'" in agency.story else f"'{agency.story}'"))
    return "".join(_lines(rows))


def _lines(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    for key, value in rows:
        yield f"{key:8} = {value}\n"


def _quoted(text: str) -> str:
    """Return a TOML basic string (toml.io/en/v1.0.0#string)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{re.sub(r"[\x00-\x1f\x7f]", " ", escaped)}"'
