"""A real HTTP server on this machine and a free port: whatever a function answers, it serves."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext, SSLError
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: its path with the query, its headers (names in lower case), and when it came, in seconds."""

    path: str
    headers: Mapping[str, str]
    at_s: float = field(default_factory=monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: `body` is sent as it is, with its length.

    A body in pieces is sent piece by piece, as they come, and the connection is closed after it; a length is promised
    only by `headers`, and may be a lie. `more_headers` are sent one by one, as they come.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    more_headers: Iterable[tuple[str, str]] = ()


class Site:
    """Serves what `answer` returns at `host`, each request in a thread of its own; a context manager."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        """Serve nothing yet: the port is opened when the context is entered."""
        self.requests: list[Asked] = []
        self.host = "127.0.0.1"
        self._answer = answer
        self._server: _Server | None = None
        self._scheme = "http"

    @property
    def home(self) -> str:
        """The site's address, with a slash at its end; it has one only while it is served."""
        if self._server is None:
            raise ValueError("the site is not served")
        return f"{self._scheme}://{self.host}:{self._server.server_port}/"

    def encrypt(self, context: SSLContext) -> None:
        """Speak TLS from now on; the site must be served already."""
        if self._server is None:
            raise ValueError("the site is not served")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https"

    def __enter__(self) -> Self:
        self._server = _Server((self.host, 0), self._handler(self._answer))
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:  # answers under way are not waited for
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _handler(self, answer: Callable[[Asked], Reply]) -> type[BaseHTTPRequestHandler]:
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes; together with late ACKs that costs 40 ms

            def do_GET(self) -> None:
                asked = Asked(path=self.path, headers={name.lower(): value for name, value in self.headers.items()})
                requests.append(asked)
                self._send(answer(asked))

            def _send(self, reply: Reply) -> None:
                if isinstance(reply.body, bytes):
                    pieces: Iterable[bytes] = [reply.body]
                    headers = {"Content-Length": str(len(reply.body))}
                else:
                    pieces, headers = reply.body, {"Connection": "close"}
                self.send_response(reply.status)
                for name, value in (headers | dict(reply.headers)).items():
                    self.send_header(name, value)
                for name, value in reply.more_headers:
                    self.send_header(name, value)
                    self.flush_headers()
                self.end_headers()
                for piece in pieces:
                    self.wfile.write(piece)

            def log_message(self, *_: object) -> None:
                """Say nothing: the crawl is what is being shown."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Say nothing of clients that went away; the rest is a bug and shows its traceback."""
        if not isinstance(sys.exception(), ConnectionError | SSLError):
            super().handle_error(request, client_address)
