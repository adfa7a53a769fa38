"""Days a reader asks for, in either calendar; a day that is none is said to be none, never an error page."""

from dataclasses import dataclass
from datetime import date, datetime

from datasette.utils.asgi import Request

from archive.errors import QueryError
from archive.text.dates import parse_days
from archive.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days asked for (Tehran, both belong to it; None = no bound), as typed, and what was wrong with them."""

    first: date | None = None
    last: date | None = None
    first_typed: str = ""
    last_typed: str = ""
    notes: tuple[str, ...] = ()


def asked_days(request: Request, now: datetime, t: Tongue) -> Days:
    """Return the days of `?from=` and `?to=`; a month or a year counts whole."""
    typed = [(request.args.get(name) or "").strip() for name in ("from", "to")]
    found: list[date | None] = []
    notes: list[str] = []
    for place, text in enumerate(typed):
        try:
            found.append(parse_days(text, now)[place] if text else None)
        except QueryError:
            found.append(None)
            notes.append(t("no_date", text=text[:40]))
    if found[0] and found[1] and found[0] > found[1]:
        notes.append(t("days_reversed"))
    return Days(first=found[0], last=found[1], first_typed=typed[0], last_typed=typed[1], notes=tuple(notes))
