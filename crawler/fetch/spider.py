"""One spider a process: it does a job, and fetches for it through the engine's downloader."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.http.headers import Headers as ScrapyHeaders
from w3lib.encoding import http_content_type_encoding

from archive.errors import ArchiveError, SurveyError
from archive.ledger import Report
from archive.link import FeedMemory
from archive.raw.page import Headers
from archive.settings import CrawlerSettings
from archive.text.letters import keepable
from crawler import guard, patience
from crawler.agency import Agency
from crawler.crawl import Crawl
from crawler.fetch.delay import slow_down
from crawler.fetch.download import download
from crawler.fetch.gates import NAME, AddressGate, Cookies, KnownRobots, Redirects, RobotsGate
from crawler.fetch.network import BoundedHandler, GuardedResolver
from crawler.ports import Answer, Archive, FetchError
from crawler.reader import open_reader
from crawler.survey import Survey, Surveyor

# What Scrapy counts answers under, by their status.
_BY_STATUS = "downloader/response_status_count/"


def crawl(agency: Agency, settings: CrawlerSettings, archive: Archive, days: Sequence[date] = ()) -> Report:
    """Crawl `agency` once, or back-fill its `days`; a process can do it only once: its reactor starts but once."""
    reports = [Report(agency=agency.key, outcome="failed", error="the spider did not start")]
    with open_reader(settings.extract_s, settings.extract_bytes) as reader:

        async def job(fetch: "Fetcher") -> None:
            crawl = Crawl(
                agency,
                settings,
                archive=archive,
                fetch=fetch,
                read=reader.read,
                apart=reader.apart,
                clock=_now,
                days=days,
            )
            try:
                reports.append(crawl.report("stopped"))
                reports.append(fetch.measured(await crawl.run()))
            except ArchiveError as error:  # the disk takes no more, or the supervisor is gone
                reports.append(replace(fetch.measured(crawl.report("failed")), error=str(error)))
            except asyncio.CancelledError:
                reports.append(fetch.measured(crawl.report("stopped")))
                raise
            except Exception as error:  # a bug of ours is a failure: a crawl that was cut short is repeated at once
                reports.append(
                    replace(fetch.measured(crawl.report("failed")), error=f"{type(error).__name__}: {error}")
                )
                raise

        _run(job, scrapy_settings(agency, settings), archive)
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


def _run(job: Callable[["Fetcher"], Awaitable[None]], settings: dict[str, Any], archive: Archive | None = None) -> None:
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.ERROR)  # else it writes down every request for nobody
    process.crawl(WireSpider, job=job, robots=None if archive is None else KnownRobots(archive))
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
        "DOWNLOAD_VERIFY_CERTIFICATES": agency.verify_tls,
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), BoundedHandler),
            **dict.fromkeys(("data", "file", "ftp", "s3")),  # None: whatever else asks for one is refused
        },
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [500, 502, 504, 408],  # not 429 and 503: who asks for peace is not asked again at once
        "SLOWEST_DELAY": settings.slowest_delay_s,
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
            "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
            AddressGate: 10,
            RobotsGate: 100,
            Redirects: 600,
            Cookies: 700,
        },
        # Feeds of items, statistics on a log, what becomes of requests that are scheduled: none of it happens here.
        "EXTENSIONS_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "HTTPPROXY_ENABLED": False,  # a proxy of the environment would look names up itself, past our guard
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

    def __init__(
        self,
        job: Callable[["Fetcher"], Awaitable[None]],
        robots: KnownRobots | None = None,
        **kwargs: Any,  # noqa: ANN401 - Scrapy's own
    ) -> None:
        """Do `job`, given a fetcher; `robots` are the files that are known from earlier crawls."""
        super().__init__(**kwargs)
        self._job, self.robots = job, robots

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
        self._latencies_s: list[float] = []

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
        try:
            request = Request(url, headers=headers)
        except ValueError as error:
            raise FetchError(f"broken address: {error}") from error
        response = await download(self._crawler, request)
        latency_s = float(response.meta.get("download_latency") or 0.0)
        self._latencies_s.append(latency_s)
        slow_down(self._crawler, response, latency_s)
        return _answer(response)

    def measured(self, report: Report) -> Report:
        """Return `report` with all that was asked (robots.txt, redirects, retries too), and how it was answered."""
        stats = self._crawler.stats.get_stats()
        counted = {
            name.removeprefix(_BY_STATUS): count for name, count in sorted(stats.items()) if name.startswith(_BY_STATUS)
        }
        if unanswered := stats.get("downloader/exception_count", 0):
            counted["none"] = unanswered
        answer_s = round(median(self._latencies_s), 3) if self._latencies_s else None
        requests = stats.get("downloader/request_count", 0)
        return replace(report, requests=int(requests), answer_s=answer_s, statuses=counted)


def _answer(response: Response) -> Answer:
    def header(name: str) -> str:
        return (response.headers.get(name) or b"").decode("latin-1")

    def validator(name: str) -> str:
        said = header(name)
        return said if keepable(said) else ""

    return Answer(
        url=response.url,
        status=response.status,
        body=response.body,
        charset=http_content_type_encoding(header("Content-Type")) or "",
        etag=validator("ETag"),
        last_modified=validator("Last-Modified"),
        retry_after_s=patience.retry_after_s(header("Retry-After"), _now()),
        headers=_headers(response.headers),
        request_headers=() if response.request is None else _headers(response.request.headers),
    )


def _headers(headers: ScrapyHeaders) -> Headers:
    """Return headers as pairs of texts, in their order."""
    return tuple((name.decode("latin-1"), one.decode("latin-1")) for name, all_of in headers.items() for one in all_of)


def _now() -> datetime:
    return datetime.now(UTC)
