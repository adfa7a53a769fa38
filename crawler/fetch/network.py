"""Below the requests: names are resolved to public addresses only, and an answer's head is bounded."""

from typing import Any, ClassVar, Self

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import _HTTP11ClientFactory

from crawler import guard

# No server we know sends 16 KiB of headers; Twisted alone would read them without end, as fast as they come.
HEAD_BYTES = 256 * 1024


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


class HeadTooLongError(Exception):
    """The head of an answer (its status line and headers, interim answers too) does not come to an end."""


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection that is given up when the head of one answer is longer than HEAD_BYTES."""

    _head_bytes = 0

    def request(self, request: Any) -> "Deferred[Any]":  # noqa: ANN401 - Twisted's own
        self._head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        parser = self._parser
        if parser is not None and parser.state in (STATUS, HEADER):
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                why = Failure(HeadTooLongError(f"head of the answer longer than {HEAD_BYTES} bytes"))
                self._disconnectParser(why)  # type: ignore[no-untyped-call]
                if self.transport is not None:
                    self.transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_HTTP11ClientFactory):
    """Makes such connections."""

    def buildProtocol(self, _address: IAddress | None) -> _BoundedProtocol:  # noqa: N802 - Twisted's name
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, with the heads of answers bounded (its own bounds bodies and time only)."""

    def __init__(self, crawler: Crawler) -> None:
        """Use the pool of `crawler`'s settings, with connections of ours."""
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory  # noqa: SLF001 - the one place where a connection's class is chosen
