"""One crawl in a child process: what runs there, and its end of the pipe to the one writer."""

import asyncio
import gc
import os
import resource
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from archive.analysis import Analysed
from archive.coverage import Walk
from archive.errors import ArchiveError, BayeganError
from archive.ledger import Report
from archive.link import FeedMemory, Lease, Link, LinkState
from archive.raw.page import Dictionary
from archive.settings import CrawlerSettings
from archive.sites import RobotsMemory
from archive.verdict import Stored
from archive.visit import NOTHING, Visit
from crawler.agency import Agency
from scheduler.log import speak

# What a pipe takes at once, even when nobody reads it yet (Linux has 208 KiB of room in a socket).
_SMALL = 64 * 1024
# What a child may call of its Intake.
CALLS = frozenset(
    {"discover", "lease", "keep", "unchanged", "set_aside", "recall", "remember", "recall_robots", "remember_robots"}
    | {"walked", "dictionary"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A question of a crawl to the writer: a method of `archive.intake.Intake` and its arguments."""

    method: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The writer's answer, given after the commit; `error` is empty when all went well."""

    value: Any = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a crawl is sent out for: `planned` is when it was due (None = a person asked for it).

    `requests` bounds the links it may fetch, `rechecks` those among them that are known and due for their age only,
    `fresh` those that were never fetched; None = as many as the settings say. `days` are those of a back-fill.
    """

    planned: datetime | None = None
    kind: str = "crawl"
    requests: int | None = None
    rechecks: int | None = None
    fresh: int | None = None
    days: tuple[date, ...] = ()


class PipeArchive:
    """The archive as a crawl sees it: calls travel over a pipe, one at a time, each to its answer."""

    def __init__(self, pipe: Connection) -> None:
        """Ask through `pipe`."""
        self._pipe, self._one_at_a_time = pipe, asyncio.Lock()

    async def discover(self, links: Sequence[Link], now: datetime) -> int:
        """See `Intake.discover`."""
        return int(await self._call("discover", links, now))

    async def lease(self, count: int, now: datetime) -> list[Lease]:
        """See `Intake.lease`."""
        leases: list[Lease] = await self._call("lease", count, now)
        return leases

    async def keep(
        self, link: int, analysed: Analysed, now: datetime, memory: FeedMemory | None = None, visit: Visit = NOTHING
    ) -> Stored:
        """See `Intake.keep`."""
        stored: Stored = await self._call("keep", link, analysed, now, memory, visit)
        return stored

    async def dictionary(self, month: str) -> Dictionary | None:
        """See `Intake.dictionary`."""
        found: Dictionary | None = await self._call("dictionary", month)
        return found

    async def unchanged(self, link: int, now: datetime) -> None:
        """See `Intake.unchanged`."""
        await self._call("unchanged", link, now)

    async def set_aside(self, link: int, state: LinkState, reason: str, now: datetime, visit: Visit = NOTHING) -> None:
        """See `Intake.set_aside`."""
        await self._call("set_aside", link, state, reason, now, visit)

    async def recall(self, url: str) -> FeedMemory:
        """See `Intake.recall`."""
        feed: FeedMemory = await self._call("recall", url)
        return feed

    async def remember(self, feed: FeedMemory, status: int, links: int, now: datetime) -> None:
        """See `Intake.remember`."""
        await self._call("remember", feed, status, links, now)

    async def recall_robots(self, place: str) -> RobotsMemory | None:
        """See `Intake.recall_robots`."""
        robots: RobotsMemory | None = await self._call("recall_robots", place)
        return robots

    async def remember_robots(self, place: str, robots: RobotsMemory) -> None:
        """See `Intake.remember_robots`."""
        await self._call("remember_robots", place, robots)

    async def walked(self, day: date, walk: Walk, now: datetime) -> None:
        """See `Intake.walked`."""
        await self._call("walked", day, walk, now)

    async def _call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - what comes back depends on the method
        data = ForkingPickler.dumps(Call(method=method, arguments=arguments))
        try:
            # To its end, even when the one who asked is cancelled: the next answer must be that of the next call.
            reply = await asyncio.shield(self._exchange(data))
        except (EOFError, OSError) as error:
            raise ArchiveError("archive", method, "the supervisor is gone") from error
        if reply.error:
            raise ArchiveError("archive", method, reply.error)
        return reply.value

    async def _exchange(self, data: memoryview) -> Reply:
        async with self._one_at_a_time:
            if len(data) < _SMALL:
                self._pipe.send_bytes(data)
            else:
                await asyncio.to_thread(self._pipe.send_bytes, data)
            loop, there = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self._pipe.fileno(), there.set)
            try:
                await there.wait()
            finally:
                loop.remove_reader(self._pipe.fileno())
            reply: Reply = self._pipe.recv()
            return reply


def work(
    pipe: Connection, agency: Agency, settings: CrawlerSettings, log_level: int, days: tuple[date, ...] = ()
) -> None:
    """Be the child process of one crawl: crawl, send the report, end."""
    live_apart(settings, log_level)
    try:
        # Scrapy is loaded by the fork server; the supervisor, which imports this module too, never needs it.
        from crawler.fetch import crawl  # noqa: PLC0415

        report = crawl(agency, settings, PipeArchive(pipe), days)
    except BayeganError as error:
        report = Report(agency=agency.key, outcome="failed", error=str(error))
    except Exception as error:  # noqa: BLE001 - a bug in one crawl is reported and stays in it
        traceback.print_exc()
        report = Report(agency=agency.key, outcome="failed", error=f"{type(error).__name__}: {error}")
    with suppress(OSError):  # the supervisor is gone, and nobody wants it
        pipe.send(report)
    pipe.close()


def live_apart(settings: CrawlerSettings, log_level: int) -> None:
    """Make this process one that can be ended alone, and that can do little harm.

    A session of its own, so that a key pressed for the parent does not reach it and all it starts can be ended
    together; an address-space limit, so that a runaway page cannot take the machine.
    """
    os.setsid()
    gc.freeze()  # what was loaded before is nobody's to free, and its memory stays shared with the fork server
    resource.setrlimit(resource.RLIMIT_AS, (4 * settings.extract_bytes, resource.RLIM_INFINITY))
    speak(log_level)
