"""The gates each request passes before it is sent: its address, and what robots.txt of its host says."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.sites import RobotsMemory
from crawler import guard
from crawler.discover.robots import MAX_BYTES, Rules, read_robots
from crawler.fetch.delay import keep_apart
from crawler.fetch.download import download
from crawler.ports import Archive, FetchError

# What we call ourselves, and what robots.txt may call us.
NAME = "Bayegan"
# An agency has a handful of hosts; one with a host for each story would have us keep as many robots.txt.
MAX_HOSTS = 32
# Common servers take 8 KiB of headers.
COOKIE_BYTES = 4096


class Redirects(RedirectMiddleware):
    """Follows redirects without a Referer: an agency need not know which of its pages led us where.

    One that leads to itself is followed once, and only when it sets a cookie (ArvanCloud asks that of browsers).
    """

    def process_response(  # type: ignore[override]  # Scrapy means to do without the spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request to follow, or the answer; raises IgnoreRequest for one that turns in a circle."""
        following = super().process_response(request, response)
        if isinstance(following, Request) and following.url == request.url:
            if "Set-Cookie" not in response.headers or _CHALLENGED in request.meta:
                raise IgnoreRequest("leads to itself")
            following.meta[_CHALLENGED] = True
        return following

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send none."""


class Cookies(CookiesMiddleware):
    """Keeps cookies, for challenges that ask for them, up to what a browser would be let through with.

    A server that sets more gets none back: it would refuse such requests, and they would fill our memory.
    """

    def process_response(  # type: ignore[override]  # Scrapy means to do without the spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """Take the cookies of an answer."""
        result = super().process_response(request, response)
        jar = self.jars[request.meta.get("cookiejar")]
        if sum(len(one.name) + len(one.value or "") for one in jar) > COOKIE_BYTES:
            jar.clear()
        return result


class AddressGate:
    """Refuses requests, redirected ones too, whose address may not be asked for."""

    def __init__(self, crawler: Crawler) -> None:
        """Read the hosts that are trusted by name."""
        self._private_hosts = crawler.settings.getlist("PRIVATE_HOSTS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the gate of a crawler, as Scrapy asks for it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address that may not be asked for."""
        refusal = guard.refusal(request.url, self._private_hosts)
        if refusal:
            raise IgnoreRequest(refusal)


class KnownRobots:
    """The robots.txt files of earlier crawls; RFC 9309 section 2.4: not to be used for more than a day."""

    def __init__(self, archive: Archive) -> None:
        """Ask `archive`."""
        self._archive = archive

    async def get(self, place: str) -> RobotsMemory | None:
        """Return the file of a scheme and host, if it was asked for within a day."""
        known, now = await self._archive.recall_robots(place), datetime.now(UTC)
        return known if known is not None and known.fetched <= now < known.fetched + _DAY else None

    async def put(self, place: str, status: int, body: bytes) -> None:
        """Keep an answer, unless it says that there is none today."""
        if status < _SERVER_ERROR and status != _TOO_MANY:
            found = RobotsMemory(status=status, body=body[: MAX_BYTES + 1], fetched=datetime.now(UTC))
            await self._archive.remember_robots(place, found)


class RobotsGate:
    """Obeys robots.txt as RFC 9309 says, on every host a request comes to; fetches each file once a day."""

    def __init__(self, crawler: Crawler) -> None:
        """Ask through the engine of `crawler`."""
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the gate of a crawler, as Scrapy asks for it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address that robots.txt forbids."""
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._rules:
            if len(self._rules) >= MAX_HOSTS:
                raise IgnoreRequest(f"more than {MAX_HOSTS} hosts in one crawl")
            self._rules[place] = asyncio.ensure_future(self._read(place))
        try:
            rules = await self._rules[place]
        except FetchError as error:
            # unreachable means "complete disallow" (section 2.3.1.4)
            raise IgnoreRequest(f"robots.txt cannot be had: {error}") from error
        keep_apart(self._crawler, request, rules.crawl_delay_s(NAME))
        if not rules.allowed(request.url, NAME):
            raise IgnoreRequest("robots.txt forbids it")

    async def _read(self, place: str) -> Rules:
        known: KnownRobots | None = getattr(self._crawler.spider, "robots", None)
        kept = None if known is None else await known.get(place)
        if kept is not None:
            return read_robots(kept.status, kept.body)
        response = await download(self._crawler, Request(f"{place}/robots.txt", meta={"robots": True}))
        if known is not None:
            await known.put(place, response.status, response.body)
        return read_robots(response.status, response.body)


_DAY = timedelta(days=1)
_CHALLENGED = "bayegan_challenged"
_SERVER_ERROR, _TOO_MANY = 500, 429
