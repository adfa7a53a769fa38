"""Who takes stories over from whom, and how soon: per agency and period."""

import sqlite3
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median
from typing import Any

from archive.duplicates.shelf import NUMBERS_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an agency took over from another: stories, and the median of minutes after them (None = no dates)."""

    agency: str
    stories: int
    median_lag_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An agency's stories of a period: its `own`, and those it took over, from whom most first."""

    agency: str
    own: int
    copied: int
    median_lag_min: float | None
    taken: tuple[Taken, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain values."""
        row = asdict(self)
        row["from"] = row.pop("taken")
        return row


def syndication(conn: sqlite3.Connection, first: date | None, last: date | None) -> list[Share]:
    """Return the shares of all agencies with stories from the day `first` to the day `last` (Tehran), by their keys.

    A story counts as copied when it stands in a cluster under a story of another agency; SQL finds the same rows in
    the view `copies`.
    """
    period = {"first": _number(first, 0), "after": _number(last, 99_999_999) + NUMBERS_A_DAY}
    lags: defaultdict[str, defaultdict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    for agency, source, lag in conn.execute(
        "SELECT agency, first_agency, lag_min FROM copies"
        " WHERE story >= :first AND story < :after AND agency <> first_agency",
        period,
    ):
        lags[agency][source].append(lag)
    counts = conn.execute(
        "SELECT agency, count(*) FROM stories WHERE id >= :first AND id < :after GROUP BY agency ORDER BY agency",
        period,
    )
    return [_share(agency, count, lags[agency]) for agency, count in counts]


def _share(agency: str, stories: int, lags: dict[str, list[int | None]]) -> Share:
    taken = sorted(
        (Taken(agency=source, stories=len(some), median_lag_min=_median(some)) for source, some in lags.items()),
        key=lambda one: (-one.stories, one.agency),
    )
    copied = sum(one.stories for one in taken)
    every = [lag for some in lags.values() for lag in some]
    return Share(agency=agency, own=stories - copied, copied=copied, median_lag_min=_median(every), taken=tuple(taken))


def _median(lags: list[int | None]) -> float | None:
    known = [lag for lag in lags if lag is not None]
    return median(known) if known else None


def _number(day: date | None, otherwise: int) -> int:
    return (int(day.strftime("%Y%m%d")) if day else otherwise) * NUMBERS_A_DAY
