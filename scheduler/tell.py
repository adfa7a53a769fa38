"""Tell somebody of an alarm, once when it begins and once when it ends: a program, a webhook, an e-mail."""

import json
import logging
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from http.client import HTTPException
from queue import Empty, SimpleQueue
from smtplib import SMTP, SMTPException
from subprocess import SubprocessError
from threading import Thread
from time import monotonic
from urllib.request import Request, urlopen

from archive import alarms
from archive.alarms import Alarm
from archive.errors import SettingsError
from archive.settings import WatchSettings

LOG = logging.getLogger(__name__)

# Whoever is told has so long to take it.
TIMEOUT_S = 30.0
# After a failure the next try of that way waits so long, twice as long after each, up to an hour.
RETRY_S, LONGEST_S = 60.0, 3600.0


class Teller:
    """Tells in threads of its own, one for each way, so that a deaf listener holds up no crawl and no other listener.

    What has reached one is noted afterwards, way by way; what has not is tried again. Nobody is told twice of what
    reached him, unless the house is killed between the telling and the note.
    """

    def __init__(self, settings: WatchSettings) -> None:
        """Tell whom `settings` name; nobody when they name none."""
        self._told: SimpleQueue[tuple[int, str, str]] = SimpleQueue()
        self._ways: dict[str, _Way] = {}
        self.settle(settings)

    def settle(self, settings: WatchSettings) -> None:
        """Tell whom other `settings` name from now on; what is being told is told to its end."""
        for name, tell in _TELL.items():
            if not getattr(settings, name):
                self._ways.pop(name, None)
            elif name in self._ways:
                self._ways[name].tell, self._ways[name].rest_until = partial(tell, settings), 0.0
            else:
                self._ways[name] = _Way(name=name, tell=partial(tell, settings), told=self._told)

    def tell(self, conn: sqlite3.Connection, now: datetime) -> None:
        """Note what has been told since, and tell what has not; returns at once."""
        self.note(conn)
        for way in self._ways.values():
            if way.free and (waiting := alarms.untold(conn, way.name, now)):
                way.start(waiting)

    def note(self, conn: sqlite3.Connection) -> None:
        """Note what has been told since the last call."""
        while True:
            try:
                alarm, way, event = self._told.get_nowait()
            except Empty:
                return
            alarms.note_told(conn, alarm, way, event)

    def finish(self, conn: sqlite3.Connection) -> None:
        """Wait for what is being told, and note it."""
        for way in self._ways.values():
            way.wait()
        self.note(conn)


@dataclass(slots=True, kw_only=True)
class _Way:
    """One way of telling: a thread while there is something to tell, and a rest after a failure."""

    name: str
    tell: Callable[[Alarm, str], None]
    told: "SimpleQueue[tuple[int, str, str]]"
    failures: int = 0
    rest_until: float = 0.0
    thread: Thread | None = None

    @property
    def free(self) -> bool:
        return monotonic() >= self.rest_until and (self.thread is None or not self.thread.is_alive())

    def start(self, waiting: Sequence[Alarm]) -> None:
        self.thread = Thread(target=self._tell, args=(waiting,), name=f"tell by {self.name}", daemon=True)
        self.thread.start()

    def wait(self) -> None:
        if self.thread is not None:
            self.thread.join(2 * TIMEOUT_S)

    def _tell(self, waiting: Sequence[Alarm]) -> None:
        """Tell one after the other; at the first that cannot be told leave the rest for later."""
        for alarm in waiting:
            event = "end" if alarm.until else "begin"
            try:
                self.tell(alarm, event)
            except (OSError, HTTPException, SMTPException, SubprocessError, ValueError) as error:
                pause_s = min(LONGEST_S, RETRY_S * 2**self.failures)
                self.failures, self.rest_until = self.failures + 1, monotonic() + pause_s
                LOG.warning("watch.%s: %s; tried again in %.0f s", self.name, error, pause_s)
                return
            self.failures = 0
            self.told.put((alarm.id, self.name, event))


def check(settings: WatchSettings) -> None:
    """Raise SettingsError for an address that nothing can be told to."""
    if settings.webhook and not settings.webhook.startswith(("http://", "https://")):
        raise SettingsError("watch.webhook", settings.webhook, "must begin with http:// or https://")
    host, _, port = settings.smtp.partition(":")
    if settings.email and not (host and port.isascii() and port.isdigit()):
        raise SettingsError("watch.smtp", settings.smtp, "must be host:port")


def message(alarm: Alarm, event: str) -> str:
    """Return what is said of an alarm, on one line."""
    who = alarm.agency or "bayegan"
    if event == "end":
        return f"{who}: {alarm.kind} is over: {alarm.since} to {alarm.until}"
    return f"{who}: {alarm.kind} since {alarm.since}: {alarm.evidence}"


def body(alarm: Alarm, event: str) -> str:
    """Return an alarm as JSON, with the event and the line for people."""
    return json.dumps({"event": event, "text": message(alarm, event), **asdict(alarm)}, ensure_ascii=False)


def _command(settings: WatchSettings, alarm: Alarm, event: str) -> None:
    words = [settings.command, event, alarm.kind, alarm.agency]
    subprocess.run(words, input=body(alarm, event).encode(), timeout=TIMEOUT_S, check=True)  # noqa: S603 - the operator's own


def _webhook(settings: WatchSettings, alarm: Alarm, event: str) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Bayegan"}
    request = Request(settings.webhook, body(alarm, event).encode(), headers)  # noqa: S310 - http(s) only, see `check`
    with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310 - http(s) only, see `check`
        pass


def _email(settings: WatchSettings, alarm: Alarm, event: str) -> None:
    letter = EmailMessage()
    letter["Subject"] = f"[bayegan] {alarm.agency or 'all'}: {alarm.kind} {event}"
    letter["From"], letter["To"] = settings.email_from, settings.email
    letter.set_content(f"{message(alarm, event)}\n\n{body(alarm, event)}\n")
    host, _, port = settings.smtp.partition(":")
    with SMTP(host, int(port), timeout=TIMEOUT_S) as server:
        server.send_message(letter)


# The ways of telling, by the name of their setting.
_TELL = {"command": _command, "webhook": _webhook, "email": _email}
