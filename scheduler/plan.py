"""When is which agency due: decided from the clock and the ledger alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from archive.settings import Settings


def interval_s(settings: Settings, agency: str) -> float:
    """Return the seconds between two crawls of an agency."""
    own = settings.agencies.get(agency)
    return settings.scheduler.interval_s if own is None or own.interval_s is None else own.interval_s


def chosen(settings: Settings) -> list[str]:
    """Return the agencies that settings.toml names and has not switched off, in its order."""
    return [key for key, own in settings.agencies.items() if own.enabled]


def next_run(settings: Settings, agency: str, last: datetime | None, now: datetime) -> datetime:
    """Return when an agency is due: its interval after the `last` start, at once when it never ran or that is past."""
    return now if last is None else max(now, last + timedelta(seconds=interval_s(settings, agency)))


def due(settings: Settings, agencies: Iterable[str], last: Mapping[str, datetime], now: datetime) -> list[str]:
    """Return those of `agencies` that are due at `now`, the longest waiting first.

    A last start that lies ahead of `now` (the clock was set back) counts as due: better once too often than silent.
    """
    wanted = [
        key for key in agencies if key not in last or last[key] > now or next_run(settings, key, last[key], now) <= now
    ]
    return sorted(wanted, key=lambda key: last[key].timestamp() if key in last else 0.0)
