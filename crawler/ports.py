"""What the steps of a crawl ask of the world: an address, a page read, the archive. The shells are elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from archive.analysis import Analysed
from archive.coverage import Walk
from archive.link import FeedMemory, Lease, Link, LinkState
from archive.raw.page import Dictionary, Headers
from archive.sites import RobotsMemory
from archive.verdict import Stored
from archive.visit import NOTHING, Visit
from crawler.agency import Agency
from crawler.reader import Page, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, redirects followed: `url` is where it ended, `body` is decompressed.

    `retry_after_s` is how long it asks to be left alone (RFC 9110 section 10.2.3); None = it does not say.
    Headers are those of the last step.
    """

    url: str
    status: int
    body: bytes = b""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    retry_after_s: float | None = None
    headers: Headers = ()
    request_headers: Headers = ()


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


class Apart(Protocol):
    """Call a function of bytes where a hostile input can cost no more than its bounded time and memory."""

    async def __call__[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the function returns, or raise what it raises; raises HostilePageError."""


class Archive(Protocol):
    """What a crawl asks of the archive (see `archive.intake.Intake`); what is awaited is the commit."""

    async def discover(self, links: Sequence[Link], now: datetime) -> int:
        """Note links; return how many were new."""

    async def lease(self, count: int, now: datetime) -> list[Lease]:
        """Hand out links that are due."""

    async def keep(
        self, link: int, analysed: Analysed, now: datetime, memory: FeedMemory | None = None, visit: Visit = NOTHING
    ) -> Stored:
        """Store the story of a link, whose page was served with `memory`."""

    async def dictionary(self, month: str) -> Dictionary | None:
        """Return the page that raw pages of a month are packed with."""

    async def unchanged(self, link: int, now: datetime) -> None:
        """Note that the page of a known story is as it was."""

    async def set_aside(self, link: int, state: LinkState, reason: str, now: datetime, visit: Visit = NOTHING) -> None:
        """Note that a link gave no story."""

    async def recall(self, url: str) -> FeedMemory:
        """Return what a feed said of itself."""

    async def remember(self, feed: FeedMemory, status: int, links: int, now: datetime) -> None:
        """Note how a feed answered."""

    async def recall_robots(self, place: str) -> RobotsMemory | None:
        """Return the robots.txt of a scheme and host, as last answered."""

    async def remember_robots(self, place: str, robots: RobotsMemory) -> None:
        """Note a robots.txt."""

    async def walked(self, day: date, walk: Walk, now: datetime) -> None:
        """Note what a day archive listed."""
