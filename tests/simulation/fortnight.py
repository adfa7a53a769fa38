"""Simulate a fortnight of twenty invented agencies on a fake clock, and say what it cost and what was missed.

    python tests/simulation/fortnight.py [quiet|faults|nowruz|killed] [--fixed] [--days 14] [--agencies 20]

`quiet` has no trouble, `nowruz` begins a week before the New Year; both must raise no alarm. `faults` has every trouble
in its second week, and is killed every hour of all its days. `killed` is killed every hour of its second day.
`--fixed` asks each agency every five minutes, for comparison.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from time import monotonic
from types import MappingProxyType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from archive import alarms, shifts
from archive.alarms import Alarm
from archive.settings import CrawlerSettings, SchedulerSettings, Settings, WatchSettings
from archive.store import open_store
from tests.simulation.house import House
from tests.simulation.site import Fault, Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUTUMN, NOWRUZ = datetime(2024, 10, 5, 0, 0, tzinfo=UTC), datetime(2024, 3, 13, 0, 0, tzinfo=UTC)
# Troubles of the second week: kind, agency, day and hour (UTC) it begins, hours, the alarm, and within what it is due.
TROUBLES = (
    ("outage", "a03", 7, 6, 4, "failing", timedelta(minutes=60)),
    ("silence", "a00", 7, 7, 8, "silent", timedelta(hours=3)),
    ("slow", "a05", 8, 6, 4, "slow", timedelta(hours=2)),
    ("block", "a07", 8, 9, 5, "blocked", timedelta(minutes=60)),
    ("redesign", "a01", 9, 6, 8, "drift:body", timedelta(hours=2)),
    ("unreachable", "", 10, 8, 3, "unreachable", timedelta(minutes=75)),
    ("ahead", "", 11, 6, 1, "clock", timedelta(minutes=10)),
    ("killed", "", 0, 0, 14 * 24, "", timedelta()),
    ("off", "", 13, 1, 5, "", timedelta()),
)


def faults(start: datetime) -> list[Fault]:
    """Return the troubles of a fortnight that begins at `start`."""
    return [
        Fault(kind, begin := start + timedelta(days=day, hours=hour), begin + timedelta(hours=hours), agency)
        for kind, agency, day, hour, hours, _, _ in TROUBLES
    ]


def sizes(count: int, each: float) -> list[float]:
    """Return stories a day of each agency: a few large, many small, `each` in the mean."""
    shares = [1.0 / (n + 3) for n in range(count)]
    return [each * count * share / sum(shares) for share in shares]


def simulate(scenario: str, *, days: int, count: int, each: float, folder: Path, fixed: bool = False) -> dict[str, Any]:
    """Let `days` go by; return what was seen."""
    start = NOWRUZ if scenario == "nowruz" else AUTUMN
    wrong = faults(start) if scenario == "faults" else []
    if scenario == "killed":
        wrong = [Fault("killed", start + DAY, start + 2 * DAY)]
    sites = {
        f"a{n:02}": Site(f"a{n:02}", per_day, start - DAY, days + 1, seed=n + 1, faults=wrong)
        for n, per_day in enumerate(sizes(count, each))
    }
    own = SchedulerSettings()
    if fixed:
        own = replace(own, adaptive=False, interval_s=300.0)
    settings = Settings(
        crawler=CrawlerSettings(agencies_at_once=8, raw_pages=False),
        scheduler=own,
        watch=WatchSettings(disk_least_bytes=0),
        agencies=MappingProxyType({}),
    )
    with open_store(folder / "news.db") as store:
        store.conn.execute("PRAGMA synchronous = OFF")  # the clock is a fake one, and so is the power
        house = House(store=store, settings=settings, sites=sites, faults=wrong, true=start)
        with house.runner:
            house.run(start + timedelta(days=days))
        return measure(house, start, days, wrong)


def measure(house: House, start: datetime, days: int, wrong: Sequence[Fault]) -> dict[str, Any]:
    """Return what a simulated time cost, and what is missing."""
    conn, end = house.store.conn, start + timedelta(days=days)
    settled = end - 6 * HOUR  # what was published last may be under way
    missing = twice = 0
    for key, site in house.sites.items():
        ids = [one for (one,) in conn.execute("SELECT story_id FROM stories WHERE agency = ?", (key,))]
        twice += len(ids) - len(set(ids))
        missing += len({str(n + 1) for n in site.between(start, settled)} - set(ids))
    lags = [
        (datetime.fromisoformat(seen) - datetime.fromisoformat(published)).total_seconds()
        for published, seen in conn.execute(
            "SELECT published, first_seen FROM stories WHERE published >= ?", (iso(start + DAY),)
        )
    ]
    gaps = [(b - a).total_seconds() for own in house.starts.values() for a, b in pairwise(sorted(own))]
    (requests, new) = conn.execute(
        "SELECT sum(requests), sum(new) FROM crawls WHERE started >= ?", (iso(start + DAY),)
    ).fetchone()
    raised = alarms.alarms(conn)
    raised_at.update((one, datetime.fromisoformat(at)) for one, at in conn.execute("SELECT id, raised FROM alarms"))
    return {
        "stories": sum(len(site.between(start, settled)) for site in house.sites.values()),
        "missing": missing,
        "twice": twice,
        "lag_median_s": round(median(lags)),
        "lag_p95_s": round(sorted(lags)[int(0.95 * len(lags))]),
        "interval_mean_s": round(mean(gaps)),
        "requests_per_new_story": round(requests / new, 3),
        "runs": sum(len(own) for own in house.starts.values()),
        "outcomes": dict(house.reports),
        "kills": house.kills,
        "pauses": [one.why for one in shifts.pauses(conn, start)],
        "troubles": [
            told(trouble, one, raised)
            for trouble, one in zip(TROUBLES, wrong, strict=False)
            if trouble[5] and trouble[0] == one.kind
        ],
        "unexpected": [
            f"{one.kind} {one.agency} {one.since}..{one.until}: {one.evidence}" for one in unexpected(raised, wrong)
        ],
    }


def told(trouble: tuple[Any, ...], fault: Fault, raised: Sequence[Alarm]) -> dict[str, Any]:
    """Return how a trouble was told: how late its alarm began, whether in time, and how long after it ended."""
    kind, within = trouble[5], trouble[6]
    own = [one for one in raised if one.kind == kind and one.agency == fault.agency and _near(one, fault)]
    found = own[0] if own else None
    ahead = fault.until - fault.since if fault.kind == "ahead" else timedelta()  # alarms bear the wall's time
    late = None if found is None else raised_at[found.id] - fault.since - ahead
    ended = None if found is None or found.until is None else datetime.fromisoformat(found.until) - fault.until
    return {
        "trouble": f"{trouble[0]} {fault.agency}".strip(),
        "alarm": kind,
        "evidence": "" if found is None else found.evidence,
        "after_min": None if late is None else round(late.total_seconds() / 60),
        "in_time": late is not None and late <= within,
        "ended_after_min": None if ended is None else round(ended.total_seconds() / 60),
    }


def unexpected(raised: Sequence[Alarm], wrong: Sequence[Fault]) -> list[Alarm]:
    """Return the alarms that are not those of a trouble, of its kind and about its agency, in its time.

    A layout that is changed loses several fields, and each may be told of.
    """
    kinds = {trouble[0]: trouble[5].partition(":")[0] for trouble in TROUBLES}
    return [
        one
        for one in raised
        if not any(
            _near(one, fault) and (fault.agency, kinds[fault.kind]) == (one.agency, one.kind.partition(":")[0])
            for fault in wrong
        )
    ]


def _near(alarm: Alarm, fault: Fault) -> bool:
    begun = raised_at[alarm.id]
    return fault.since - 2 * HOUR <= begun <= fault.until + 2 * HOUR


raised_at: dict[int, datetime] = {}


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=["quiet", "faults", "nowruz", "killed"])
    parser.add_argument("--fixed", action="store_true", help="ask each agency every five minutes")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--agencies", type=int, default=20)
    parser.add_argument("--each", type=float, default=400.0, help="stories a day of one agency, in the mean")
    asked = parser.parse_args()
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seen = simulate(
            asked.scenario,
            days=asked.days,
            count=asked.agencies,
            each=asked.each,
            folder=Path(folder),
            fixed=asked.fixed,
        )
    print(json.dumps({**seen, "took_s": round(monotonic() - began)}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
