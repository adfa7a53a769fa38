"""Where the links of the frontier stand, for people who ask; and another try for those that were set aside."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from archive.identity import address
from archive.link import LinkState
from archive.story import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which links are meant: of an agency (empty = all), in one of `states` (none = any), of these addresses.

    `reason` is a part of why they were set aside.
    """

    agency: str = ""
    states: tuple[LinkState, ...] = ()
    urls: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a link stands; times are UTC ISO 8601, a `next_look` of None is never, `story` its story's number."""

    id: int
    agency: str
    url: str
    state: str
    attempts: int
    discovered: str
    next_look: str | None
    reason: str
    story: int | None


def requeue(conn: sqlite3.Connection, which: Which, now: datetime) -> int:
    """Make the links of `which` due at once, as if never tried; return how many. Leased and done ones are left."""
    where, values = _where(which)
    return conn.execute(
        "UPDATE links SET state = iif(story IS NULL, 'discovered', 'done'), attempts = 0, reason = '', next_look = :now"
        f" WHERE {where} AND state IN ({_SET_ASIDE})",
        {**values, "now": iso(now)},
    ).rowcount


def standing(conn: sqlite3.Connection, which: Which, limit: int) -> list[Standing]:
    """Return where the newest `limit` links of `which` stand."""
    where, values = _where(which)
    rows = conn.execute(
        "SELECT id, agency, url, state, attempts, discovered, next_look, reason, story FROM links"
        f" WHERE {where} ORDER BY id DESC LIMIT :limit",
        {**values, "limit": limit},
    )
    return [Standing(*row) for row in rows]


def tally(conn: sqlite3.Connection, which: Which) -> dict[str, dict[str, int]]:
    """Return how many links of `which` each agency has in each state."""
    where, values = _where(which)
    counts: dict[str, dict[str, int]] = {}
    for agency, state, count in conn.execute(
        f"SELECT agency, state, count(*) FROM links WHERE {where} GROUP BY agency, state ORDER BY agency", values
    ):
        counts.setdefault(agency, {})[state] = count
    return counts


def _where(which: Which) -> tuple[str, dict[str, str]]:
    """Return the condition for `which` and the values it binds."""
    values = {f"state{n}": str(state) for n, state in enumerate(which.states)}
    # With and without their host: of what agency it is, and whether the host is its own, need not be said.
    named = {form for place in map(address, which.urls) for form in (place, "/" + place.partition("/")[2])}
    places = {f"place{n}": place for n, place in enumerate(sorted(named))}
    conditions = [
        "agency = :agency" if which.agency else "",
        f"state IN ({', '.join(f':{name}' for name in values)})" if values else "",
        f"address IN ({', '.join(f':{name}' for name in places)})" if places else "",
        "instr(reason, :reason) > 0" if which.reason else "",
    ]
    bound = values | places | {"agency": which.agency, "reason": which.reason}
    return " AND ".join(one for one in conditions if one) or "TRUE", bound


_SET_ASIDE = ", ".join(f"'{state}'" for state in LinkState if state not in ("discovered", "leased", "done"))
