"""Read pages, feeds and lists in a worker that can be killed alone, bounded in time and memory."""

import asyncio
import logging
import multiprocessing
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pebble import ProcessExpired, ProcessPool

from archive.analysis import Analysed, analyse
from archive.errors import BayeganError
from archive.story import DateFound
from archive.visit import Visit
from crawler.agency import Agency
from crawler.extract import Verdict, extract
from crawler.fields import fields
from crawler.recognise import Sight, sight

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was fetched: `body` is decompressed bytes, `charset` what the server declared (or empty)."""

    url: str
    body: bytes
    charset: str = ""
    announced: tuple[DateFound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page turned out to be, and its story made ready for the archive (None unless it has one)."""

    verdict: Verdict
    reason: str
    analysed: Analysed | None
    visit: Visit


class HostilePageError(Exception):
    """A page, feed or list took longer than its time or more than its memory; its worker was killed."""


def read(page: Page, agency: Agency, now: datetime) -> Reading:
    """Extract and analyse `page` in this process."""
    found = extract(page.body, agency, page.url, now=now, charset=page.charset, announced=page.announced)
    analysed = None if found.story is None else analyse(found.story)
    return Reading(verdict=found.verdict, reason=found.reason, analysed=analysed, visit=fields(found, agency))


class Reader:
    """Reads pages one after the other in a worker process that is started with the first of them."""

    def __init__(self, pool: ProcessPool, limit_s: float) -> None:
        """Use `pool`; a page may take `limit_s` seconds."""
        self._pool, self._limit_s = pool, limit_s

    async def read(self, page: Page, agency: Agency, now: datetime) -> Reading:
        """Return what `page` is; raises HostilePageError when its worker had to be killed or died."""
        return await self.apart(read, page, agency, now)

    async def sight(self, page: Page) -> Sight:
        """Return what `page` tells of its site; raises HostilePageError likewise."""
        return await self.apart(sight, page.body, page.url, page.charset)

    async def apart[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` makes of its arguments in the worker, within the bounds of a page.

        Raises what of ours it raises, and HostilePageError when the worker had to be killed, died, or met a bug.
        """
        future = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._limit_s)
        try:
            result: T = await asyncio.wrap_future(future)
        except (FutureTimeoutError, TimeoutError):
            raise HostilePageError(f"extraction took longer than {self._limit_s:g} s") from None
        except ProcessExpired as error:
            raise HostilePageError(f"extraction worker died (exit {error.exitcode})") from None
        except MemoryError:
            raise HostilePageError("extraction took more than its memory") from None
        except BayeganError:
            raise
        except Exception as error:  # a bug of ours or of a library: it costs what it was found on, not the crawl
            LOG.exception("%s failed", function.__name__)
            raise HostilePageError(f"extraction failed: {type(error).__name__}: {error}") from error
        return result


@contextmanager
def open_reader(limit_s: float, max_bytes: int) -> Iterator[Reader]:
    """Give a Reader whose worker is bounded to `limit_s` seconds a page and `max_bytes` of address space."""
    # A fork server, because the crawl that asks has threads by now; it has loaded this module once for all workers.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPool(max_workers=1, context=context, initializer=_bound, initargs=[max_bytes])
    try:
        yield Reader(pool, limit_s)
    finally:
        pool.stop()
        pool.join()


def _bound(max_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
