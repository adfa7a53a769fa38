"""Tell somebody of an alarm, once when it begins and once when it ends: a program, a webhook, an e-mail."""

import json
import logging
import smtplib
import sqlite3
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from email.message import EmailMessage
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.request import Request, urlopen

from archive import alarms
from archive.alarms import Alarm
from archive.settings import WatchSettings

LOG = logging.getLogger(__name__)

# Whoever is told has so long to take it.
TIMEOUT_S = 30.0


class Teller:
    """Tells in a thread of its own, so that a slow listener holds up no crawl; what was told is noted afterwards.

    One that could not be told is tried again at the next call: nobody is told twice of what reached him, unless the
    house dies between the telling and the note.
    """

    def __init__(self, settings: WatchSettings) -> None:
        """Tell whom `settings` name; nobody when they name none."""
        self._settings = settings
        self._told: SimpleQueue[tuple[int, str]] = SimpleQueue()
        self._thread: Thread | None = None

    def tell(self, conn: sqlite3.Connection) -> None:
        """Note what has been told since, and tell what has not; returns at once."""
        self._note(conn)
        waiting = alarms.untold(conn)
        if waiting and (self._thread is None or not self._thread.is_alive()):
            self._thread = Thread(target=self._tell, args=(waiting,), daemon=True)
            self._thread.start()

    def finish(self, conn: sqlite3.Connection) -> None:
        """Wait for what is being told, and note it."""
        if self._thread is not None:
            self._thread.join(3 * TIMEOUT_S)
        self._note(conn)

    def _tell(self, waiting: Iterable[Alarm]) -> None:
        for alarm in waiting:
            event = "end" if alarm.until else "begin"
            if all([way(self._settings, alarm, event) for way in (_command, _webhook, _email)]):  # noqa: C419 - each one
                self._told.put((alarm.id, event))

    def _note(self, conn: sqlite3.Connection) -> None:
        while True:
            try:
                alarm, event = self._told.get_nowait()
            except Empty:
                return
            alarms.note_told(conn, alarm, event)


def message(alarm: Alarm, event: str) -> str:
    """Return what is said of an alarm, on one line."""
    who = alarm.agency or "bayegan"
    if event == "end":
        return f"{who}: {alarm.kind} is over: {alarm.since} to {alarm.until}"
    return f"{who}: {alarm.kind} since {alarm.since}: {alarm.evidence}"


def body(alarm: Alarm, event: str) -> str:
    """Return an alarm as JSON, with the event and the line for people."""
    return json.dumps({"event": event, "text": message(alarm, event), **asdict(alarm)}, ensure_ascii=False)


def _command(settings: WatchSettings, alarm: Alarm, event: str) -> bool:
    if not settings.command:
        return True
    words = [settings.command, event, alarm.kind, alarm.agency]
    try:
        done = subprocess.run(words, input=body(alarm, event).encode(), timeout=TIMEOUT_S, check=False)  # noqa: S603 - the operator's own
    except (OSError, subprocess.TimeoutExpired) as error:
        LOG.warning("watch.command: %s", error)
        return False
    if done.returncode:
        LOG.warning("watch.command: ended with %d", done.returncode)
    return done.returncode == 0


def _webhook(settings: WatchSettings, alarm: Alarm, event: str) -> bool:
    if not settings.webhook.startswith(("http://", "https://")):
        return True
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Bayegan"}
    request = Request(settings.webhook, body(alarm, event).encode(), headers)  # noqa: S310 - http(s) only, see above
    try:
        with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310 - http(s) only, see above
            return True
    except (OSError, HTTPException, ValueError) as error:
        LOG.warning("watch.webhook: %s", error)
        return False


def _email(settings: WatchSettings, alarm: Alarm, event: str) -> bool:
    if not settings.email:
        return True
    letter = EmailMessage()
    letter["Subject"] = f"[bayegan] {alarm.agency or 'all'}: {alarm.kind} {event}"
    letter["From"], letter["To"] = settings.email_from, settings.email
    letter.set_content(f"{message(alarm, event)}\n\n{body(alarm, event)}\n")
    host, _, port = settings.smtp.partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=TIMEOUT_S) as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        LOG.warning("watch.email: %s", error)
        return False
    return True
