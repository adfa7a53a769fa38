"""Read pages, feeds and lists in a worker that can be killed alone, bounded in time and memory."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from archive.analysis import Analysed, analyse
from archive.errors import BayeganError
from archive.story import DateFound
from archive.visit import Visit
from crawler.agency import Agency
from crawler.extract import Verdict, extract
from crawler.fields import fields
from crawler.nursery import DiedError, Nursery, open_nursery
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

    def __init__(self, nursery: Nursery, limit_s: float) -> None:
        """Use the worker of `nursery`; a page may take `limit_s` seconds."""
        self._nursery, self._limit_s = nursery, limit_s
        self._one_at_a_time = asyncio.Lock()

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
        try:
            async with self._one_at_a_time:
                result: T = await self._nursery.call(function, args, kwargs, self._limit_s)
        except TimeoutError:
            raise HostilePageError(f"extraction took longer than {self._limit_s:g} s") from None
        except DiedError as error:
            raise HostilePageError(f"extraction worker died (exit {error.code})") from None
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
    with open_nursery(max_bytes) as nursery:
        yield Reader(nursery, limit_s)
