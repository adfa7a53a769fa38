"""The gates each request passes before it is sent: its address, and what robots.txt of its host says."""

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler import guard
from crawler.crawl import FetchError
from crawler.discover.robots import Rules, read_robots
from crawler.fetch.download import download

# What we call ourselves, and what robots.txt may call us.
NAME = "Bayegan"


class Redirects(RedirectMiddleware):
    """Follows redirects without a Referer: an agency need not know which of its pages led us where."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send none."""


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


class RobotsGate:
    """Obeys robots.txt as RFC 9309 says, on every host a request comes to; fetches each file once a crawl."""

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
            self._rules[place] = asyncio.ensure_future(self._fetch(place))
        try:
            rules = await self._rules[place]
        except FetchError as error:
            # unreachable means "complete disallow" (section 2.3.1.4)
            raise IgnoreRequest(f"robots.txt cannot be had: {error}") from error
        if not rules.allowed(request.url, NAME):
            raise IgnoreRequest("robots.txt forbids it")

    async def _fetch(self, place: str) -> Rules:
        request = Request(f"{place}/robots.txt", meta={"robots": True})
        response = await download(self._crawler, request)
        rules = read_robots(response.status, response.body)
        self._slow_down(request, rules.crawl_delay_s(NAME))
        return rules

    def _slow_down(self, request: Request, delay_s: float | None) -> None:
        """Lengthen the pause between requests to what robots.txt asks for, a minute at most."""
        engine = self._crawler.engine
        if delay_s is None or engine is None:
            return
        slot = engine.downloader.slots.get(engine.downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, min(delay_s, 60.0))
