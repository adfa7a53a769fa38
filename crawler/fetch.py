"""The only module that knows Scrapy: one spider a process, its settings, and the gates each request passes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from w3lib.encoding import http_content_type_encoding

from archive.errors import SurveyError
from archive.frontier import FeedMemory
from archive.ledger import Report
from archive.settings import CrawlerSettings
from crawler import guard
from crawler.agency import Agency
from crawler.crawl import Answer, Archive, Crawl, FetchError
from crawler.discover.robots import Rules, read_robots
from crawler.reader import open_reader
from crawler.survey import Survey, Surveyor

NAME = "Bayegan"


def crawl(agency: Agency, settings: CrawlerSettings, archive: Archive) -> Report:
    """Crawl `agency` once, in this process, which can do it only once: Twisted's reactor does not start again."""
    reports = [Report(agency=agency.key, outcome="failed", error="the spider did not start")]
    with open_reader(settings.extract_s, settings.extract_bytes) as reader:

        async def job(fetch: "Fetcher") -> None:
            crawl = Crawl(agency, settings, archive=archive, fetch=fetch, read=reader.read, clock=_now)
            try:
                reports.append(crawl.report("stopped"))
                reports.append(await crawl.run())
            except asyncio.CancelledError:
                reports.append(crawl.report("stopped"))
                raise

        _run(job, scrapy_settings(agency, settings))
    return reports[-1]


def survey(url: str, settings: CrawlerSettings, key: str = "", name: str = "") -> Survey:
    """Look at the site at `url` as one to be crawled, once in this process; raises SurveyError."""
    found: list[Survey] = []
    errors: list[SurveyError] = [SurveyError(url, "the spider did not start")]
    with open_reader(settings.extract_s, settings.extract_bytes) as reader:

        async def job(fetch: "Fetcher") -> None:
            try:
                surveyor = Surveyor(settings, fetch=fetch, reads=reader, clock=_now)
                found.append(await surveyor.survey(url, key, name))
            except SurveyError as error:
                errors.append(error)

        _run(job, scrapy_settings(Agency(key="survey", name="", home=url), settings))
    if not found:
        raise errors[-1]
    return found[0]


def _run(job: Callable[["Fetcher"], Awaitable[None]], settings: dict[str, Any]) -> None:
    process = AsyncCrawlerProcess(settings)
    process.crawl(WireSpider, job=job)
    process.start()


def user_agent(contact: str) -> str:
    """Return what we call ourselves: the project, and whom an agency can write to."""
    return f"{NAME}/0.1 (Persian news archive{'; ' + contact if contact else ''})"


def scrapy_settings(agency: Agency, settings: CrawlerSettings) -> dict[str, Any]:
    """Return Scrapy's settings, all of them in one place: polite, bounded, and with nothing listening."""
    return {
        "BOT_NAME": NAME,
        "USER_AGENT": user_agent(settings.contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "fa,en;q=0.5",
        },
        "DOWNLOAD_DELAY": settings.delay_s if agency.delay_s is None else agency.delay_s,
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.requests_at_once,
        "DOWNLOAD_TIMEOUT": settings.response_s,
        "DOWNLOAD_MAXSIZE": settings.page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": 1,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "TWISTED_DNS_RESOLVER": GuardedResolver,
        "PRIVATE_HOSTS": list(settings.private_hosts),
        # The frontier decides what is fetched, and the robots gate below obeys RFC 9309 where Scrapy's own allows.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "ROBOTSTXT_OBEY": False,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            AddressGate: 10,
            RobotsGate: 100,
            Redirects: 600,
        },
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "REFERER_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }


class WireSpider(Spider):
    """Runs one job; every request goes through the engine's downloader and comes back as an answer or an error.

    Requests are awaited, not scheduled: a scheduled one can vanish without callback or errback (redirect to itself,
    duplicate, over-long address), and each link of the frontier must come to exactly one end.
    """

    name = "wire"

    def __init__(self, job: Callable[["Fetcher"], Awaitable[None]], **kwargs: Any) -> None:  # noqa: ANN401 - Scrapy's own
        """Do `job`, given a fetcher."""
        super().__init__(**kwargs)
        self._job = job

    async def start(self) -> AsyncIterator[Any]:
        """Do the whole job; nothing is yielded."""
        await self._job(Fetcher(self.crawler))
        return
        yield  # type: ignore[unreachable]  # what makes this a generator, as Scrapy wants it


class Fetcher:
    """Fetches addresses through the spider's engine: delays, retries, redirects and gates apply."""

    def __init__(self, crawler: Crawler) -> None:
        """Use the engine of `crawler`."""
        self._crawler = crawler

    async def __call__(self, url: str, known: FeedMemory | None = None) -> Answer:
        """Return the answer to a GET, conditional on what is `known`; raises FetchError when there is none."""
        headers = {}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        refusal = guard.refusal(url, self._crawler.settings.getlist("PRIVATE_HOSTS"))
        if refusal:
            raise FetchError(refusal)
        return _answer(await _download(self._crawler, Request(url, headers=headers)))


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
        response = await _download(self._crawler, request)
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


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, and refuses those that lead into a private network: checked when connecting, after DNS."""

    # Why a name was refused: Twisted takes a refusal for a name that is not there and forgets the reason.
    refused: ClassVar[dict[str, str]] = {}
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:  # noqa: ANN401 - Twisted's reactor has no type
        """Make the resolver of a crawler, as Scrapy asks for it."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.private_hosts = tuple(crawler.settings.getlist("PRIVATE_HOSTS"))
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: ANN401, N802 - Twisted's name
        """Return a Deferred of the address of `name`; it fails when the address is not public."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, found: str, name: str) -> str:
        if not guard.may_connect(name, found, self.private_hosts):
            self.refused[name] = f"{name} leads to {found}, which is not a public address"
            raise DNSLookupError(self.refused[name])
        return found


async def _download(crawler: Crawler, request: Request) -> Response:
    """Return the answer to `request`; whatever else the network does becomes a FetchError with its reason."""
    if crawler.engine is None:
        raise FetchError("the engine is not running")
    try:
        return await crawler.engine.download_async(request)
    except Exception as error:
        raise FetchError(GuardedResolver.refused.get(urlsplit(request.url).hostname or "") or _why(error)) from error


def _answer(response: Response) -> Answer:
    def header(name: str) -> str:
        return (response.headers.get(name) or b"").decode("latin-1")

    return Answer(
        url=response.url,
        status=response.status,
        body=response.body,
        charset=http_content_type_encoding(header("Content-Type")) or "",
        etag=header("ETag"),
        last_modified=header("Last-Modified"),
    )


def _why(error: Exception) -> str:
    """Return what went wrong on one line: our own words as they are, others' with the name of the error."""
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, IgnoreRequest | FetchError) else f"{type(error).__name__}: {text}".rstrip(": ")


def _now() -> datetime:
    return datetime.now(UTC)
