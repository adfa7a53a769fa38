"""The watch: reads what the archive knows, has it judged, notes alarms, and has each told once."""

import logging
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from archive import alarms, ledger, yields
from archive.alarms import Alarm
from archive.settings import WatchSettings
from crawler.agency import Agency
from scheduler.health import silence
from scheduler.health.access import Look, access
from scheduler.health.changes import changes
from scheduler.health.machine import clock, dates_odd, disk
from scheduler.health.silence import Looks
from scheduler.plan import host
from scheduler.when.rhythm import Rhythm

LOG = logging.getLogger(__name__)

# How far back crawls are read; what is usual of an agency shows in so many days.
SPAN = timedelta(days=3)
_LATELY, _BEFORE = timedelta(hours=12), timedelta(days=3)


class Watch:
    """Judges the whole house, as often as it is asked to."""

    def __init__(self, archive: Path, settings: WatchSettings, agencies: Mapping[str, Agency]) -> None:
        """Watch `agencies`, and the disk that `archive` is on."""
        self._archive, self._settings, self._agencies = archive, settings, agencies
        self._rhythms: Mapping[str, Rhythm] = {}
        self._quiet: dict[str, silence.Quiet] = {}
        self._jump: tuple[datetime, str] | None = None

    def settle(self, settings: WatchSettings, agencies: Mapping[str, Agency]) -> None:
        """Watch other `agencies`, by other settings, from now on."""
        self._settings, self._agencies = settings, agencies

    def learn(self, rhythms: Mapping[str, Rhythm]) -> None:
        """Judge silence by these rhythms from now on."""
        self._rhythms = rhythms
        self._quiet = {key: silence.quiet(rhythm) for key, rhythm in rhythms.items()}

    def jumped(self, now: datetime, why: str) -> None:
        """Note that the clock jumped."""
        self._jump = now, why

    def check(self, conn: sqlite3.Connection, now: datetime) -> list[Alarm]:
        """Judge everything; note and return the alarms that begin or end."""
        known = alarms.alarms(conn, going_on=True)
        found = changes(known, self._troubles(conn, known, now), now)
        alarms.note(conn, found, now)
        for one in found:
            told = "over" if one.until else one.evidence
            LOG.warning("alarm: %s %s: %s", one.kind, one.agency or "(all)", told)
        return found

    def _troubles(self, conn: sqlite3.Connection, known: Iterable[Alarm], now: datetime) -> list[Alarm]:
        looks = {key: own for key, own in _looks(conn, now).items() if key in self._agencies}
        found = access(looks, {key: host(agency) for key, agency in self._agencies.items()}, now)
        jumped = None if self._jump is None else clock(*self._jump, now)
        if jumped is not None:  # by such a clock nobody can say how long an agency has been silent
            found += [one for one in known if one.kind == "silent"]
        elif not any(one.kind == "unreachable" for one in found):
            found += self._silent(conn, looks, now)
        found += _odd(conn, self._agencies, now)
        free = shutil.disk_usage(self._archive.parent).free
        raised = any(one.kind == "disk" for one in known)
        own = [disk(free, self._settings.disk_least_bytes, now, raised=raised), jumped]
        return found + [one for one in own if one is not None]

    def _silent(self, conn: sqlite3.Connection, looks: Mapping[str, list[Look]], now: datetime) -> list[Alarm]:
        last = yields.last_new(conn, now - SPAN - SPAN)
        found = []
        for key, rhythm in self._rhythms.items():
            own = [one for one in looks.get(key, ()) if one.outcome != "running"]
            since = last.get(key)
            well = sum(one.outcome == "ok" for one in own if since is None or one.started > since)
            seen = Looks(last_new=since, well_since=well, last_well=bool(own) and own[-1].outcome == "ok")
            found.append(silence.silent(key, rhythm, self._quiet[key], seen, now))
        return [one for one in found if one is not None]


def _looks(conn: sqlite3.Connection, now: datetime) -> dict[str, list[Look]]:
    looks: dict[str, list[Look]] = {}
    for agency, started, *rest in ledger.looks(conn, now - SPAN):
        outcome, fetched, blocked, answer_s, error = rest
        looks.setdefault(agency, []).append(
            Look(
                started=datetime.fromisoformat(started),
                outcome=outcome,
                fetched=fetched,
                blocked=blocked,
                answer_s=answer_s,
                error=error,
            )
        )
    return looks


def _odd(conn: sqlite3.Connection, agencies: Iterable[str], now: datetime) -> list[Alarm]:
    lately, before = yields.dated(conn, now - _LATELY, now), yields.dated(conn, now - _BEFORE, now - _LATELY)
    nothing = (0, 0)
    found = [dates_odd(key, lately.get(key, nothing), before.get(key, nothing), now) for key in agencies]
    return [one for one in found if one is not None]
