"""Alarms: what is or was wrong with an agency or the whole house, since when, by which evidence."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.story import iso

_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One trouble: its kind, and of which agency (empty = of the whole house); times are UTC ISO 8601.

    `since` is when it began, `until` when it was over (None = it goes on). A drift has the kind `drift:FIELD`, and
    `usual` is the share in which the field was found before. One without an `id` is new to the archive.
    """

    kind: str
    agency: str
    since: str
    evidence: str
    until: str | None = None
    usual: float | None = None
    dismissed: bool = False
    id: int = 0

    @property
    def about(self) -> str:
        """What its kind names after a colon: the field of a drift."""
        return self.kind.partition(":")[2]


def note(conn: sqlite3.Connection, changes: Sequence[Alarm], now: datetime) -> None:
    """Note alarms that were raised (no id) or are over (theirs) now."""
    for alarm in changes:
        if alarm.id:
            conn.execute("UPDATE alarms SET until = ? WHERE id = ?", (alarm.until, alarm.id))
        else:
            conn.execute(
                "INSERT INTO alarms (kind, agency, since, raised, evidence, until, usual) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (alarm.kind, alarm.agency, alarm.since, iso(now), alarm.evidence, alarm.until, alarm.usual),
            )


def alarms(
    conn: sqlite3.Connection, agency: str | None = None, *, prefix: str = "", going_on: bool = False
) -> list[Alarm]:
    """Return alarms, the earliest first: of one agency or all, of the kinds that begin with `prefix`."""
    rows = conn.execute(
        "SELECT id, kind, agency, since, evidence, until, usual, dismissed FROM alarms"
        " WHERE (:agency IS NULL OR agency = :agency) AND substr(kind, 1, length(:prefix)) = :prefix"
        " AND (:open = 0 OR until IS NULL) ORDER BY since, id",
        {"agency": agency, "prefix": prefix, "open": going_on},
    )
    names = [name for name, *_ in rows.description]
    return [Alarm(**dict(zip(names, (*row[:-1], bool(row[-1])), strict=True))) for row in rows]


def dismiss(conn: sqlite3.Connection, alarm: int, now: datetime) -> bool:
    """End an alarm because this is how things are now; say whether it went on."""
    ended = conn.execute("UPDATE alarms SET until = ?, dismissed = 1 WHERE id = ? AND until IS NULL", (iso(now), alarm))
    return ended.rowcount == 1


def untold(conn: sqlite3.Connection, way: str, now: datetime) -> list[Alarm]:
    """Return the alarms whose beginning or end has not been told in this `way`, the earliest first.

    Of one that came and went untold only the end is, and after a day nothing: who is to be told from today on need
    not hear of last year.
    """
    rows = conn.execute(
        "SELECT id FROM alarms LEFT JOIN tellings ON alarm = id AND way = :way"
        " WHERE iif(until IS NULL, event IS NULL, event = 'begin' OR (event IS NULL AND until > :lately))",
        {"way": way, "lately": iso(now - _LATELY)},
    )
    wanted = {number for (number,) in rows}
    return [one for one in alarms(conn) if one.id in wanted]


def note_told(conn: sqlite3.Connection, alarm: int, way: str, event: str) -> None:
    """Note that the `event` of an alarm, begin or end, was told in this `way`: command, webhook, email."""
    conn.execute("INSERT OR REPLACE INTO tellings (alarm, way, event) VALUES (?, ?, ?)", (alarm, way, event))
