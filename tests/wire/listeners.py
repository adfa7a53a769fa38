"""Who is told of alarms: a program, a webhook and a mailbox on 127.0.0.1, each of which may fail or hang."""

import json
from contextlib import AbstractContextManager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self


class Webhook(AbstractContextManager["Webhook"]):
    """Takes what is posted; `told` is all of it. It answers `status`, once `answering` is set."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status, self.answering, self.asked = 204, Event(), Event()
        self.answering.set()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                posted = self.rfile.read(int(self.headers["Content-Length"]))
                hook.asked.set()
                hook.answering.wait(120)
                if hook.status < 300:
                    hook.told.append(json.loads(posted))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.answering.set()
        self._server.shutdown()
        self._server.server_close()


class Mailbox(AbstractContextManager["Mailbox"]):
    """A mail server (RFC 5321, as little of it as smtplib needs); `letters` is all it took."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        box = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 mailbox")
                while line := self.rfile.readline():
                    verb = line[:4].upper().strip()
                    if verb == b"DATA":
                        self._say("354 go on")
                        box.letters.append(message_from_bytes(self._letter(), _class=EmailMessage, policy=default))
                    self._say("221 bye" if verb == b"QUIT" else "250 ok")
                    if verb == b"QUIT":
                        return

            def _letter(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b"."))
                return b"".join(lines)

            def _say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

        ThreadingTCPServer.allow_reuse_address = True
        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Program:
    """A program that writes down its arguments and its standard input, and ends with `exit_code`."""

    def __init__(self, folder: Path, exit_code: int = 0) -> None:
        self.path, self._words, self._input = folder / "tell", folder / "tell.words", folder / "tell.input"
        self.path.write_text(
            f"#!/bin/sh\necho $1 $2 $3 >> {self._words}\ncat >> {self._input}; echo >> {self._input}\nexit {exit_code}\n",
            "utf-8",
        )
        self.path.chmod(0o755)

    @property
    def words(self) -> list[str]:
        """Its arguments, a call a line."""
        return self._words.read_text("utf-8").splitlines() if self._words.exists() else []

    @property
    def told(self) -> list[dict[str, Any]]:
        """What it was given on standard input, call by call."""
        return [json.loads(line) for line in self._input.read_text("utf-8").splitlines()]
