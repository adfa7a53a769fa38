"""Stories that were taken down: told apart from failures, with the evidence, and noted when they come back."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from archive.ledger import Report

# A story is withdrawn when it was found gone twice, at least so far apart.
APART_S = 3600.0
# When a story that was found gone is looked at again: soon for the second look, then ever more rarely, then no more.
WAITS_S = (3600.0, 3600.0, 86400.0, 604800.0, 2592000.0)
# Evidence kept of one withdrawal: the first sightings and the last ones.
_FIRST, _LAST = 5, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A known story was found gone: `at` (UTC, ISO 8601), and `what` was found: «HTTP 404», «led to /, ...»."""

    story: int
    at: str
    what: str


def healthy(report: Report) -> bool:
    """Whether an agency was so well during a crawl that what it said is gone may be believed.

    It must have answered, most of what was asked for must have been there, and what failed must be less. A redesign
    that breaks every old address, a block or a failing server make many stories look gone at once: then none is.
    """
    good = report.new + report.revised + report.unchanged
    failing = report.failed + report.blocked
    return report.outcome in ("ok", "stopped") and failing <= good and report.missing <= max(2, good)


def withdrawn_at(times: Sequence[str]) -> str | None:
    """Return when sightings at `times` (UTC, ISO 8601, in order) suffice for a withdrawal; None = they do not."""
    first = datetime.fromisoformat(times[0])
    for time in times[1:]:
        if (datetime.fromisoformat(time) - first).total_seconds() >= APART_S:
            return time
    return None


def look_again_after_s(looks: int) -> float | None:
    """Return how long to wait after the given number of looks in a row that found a story gone; None = for ever."""
    return WAITS_S[looks - 1] if 0 < looks <= len(WAITS_S) else None


def record(conn: sqlite3.Connection, sightings: Iterable[Sighting]) -> None:
    """Note sightings of a healthy agency's crawl; the second one an hour or more after the first withdraws a story."""
    for one in sightings:
        # Another link of the story may still lead to it.
        if not conn.execute("SELECT 1 FROM links WHERE story = ? AND state = 'done'", (one.story,)).fetchone():
            _record(conn, one)


def seen(conn: sqlite3.Connection, story: int, now: str) -> None:
    """Note that a story was seen in its place: a suspicion is dropped, a withdrawal ends."""
    conn.execute("DELETE FROM withdrawals WHERE story = ? AND withdrawn IS NULL", (story,))
    conn.execute("UPDATE withdrawals SET reappeared = ? WHERE story = ? AND reappeared IS NULL", (now, story))


def _record(conn: sqlite3.Connection, one: Sighting) -> None:
    columns = "number, evidence, sightings, first_gone, withdrawn, reappeared"
    row = conn.execute(
        f"SELECT {columns} FROM withdrawals WHERE story = ? ORDER BY number DESC LIMIT 1", (one.story,)
    ).fetchone()
    number, evidence, count, first, withdrawn, reappeared = row or (0, "[]", 0, one.at, None, "never")
    if reappeared is not None:
        number, evidence, count, first, withdrawn = number + 1, "[]", 0, one.at, None
    found = [*json.loads(evidence), {"at": one.at, "what": one.what}]
    values = {
        **asdict(one),
        "number": number,
        "evidence": json.dumps(found[:_FIRST] + found[_FIRST:][-_LAST:], ensure_ascii=False),
        "sightings": count + 1,
        "first_gone": first,
        "withdrawn": withdrawn or withdrawn_at([first, one.at]),
    }
    conn.execute(
        "INSERT OR REPLACE INTO withdrawals (story, number, evidence, sightings, first_gone, last_gone, withdrawn)"
        " VALUES (:story, :number, :evidence, :sightings, :first_gone, :at, :withdrawn)",
        values,
    )
