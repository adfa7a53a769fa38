"""The same archive on SQLite and PostgreSQL, side by side: the same stories found, and how fast.

    python -m tests.bench.engines ARCHIVE ADDRESS [--queries 54] [--timed 6] [--rounds 2]

ARCHIVE is a file (`synthetic.build` makes one of any size), ADDRESS where `bayegan migrate` has copied it. The log is that of
`speed.py`, 19 classes. Each query's whole set of matches is compared, and the pages of --sort newest. Printed are p50 and p95
of each, warm, the best of the rounds, by the wall clock, since PostgreSQL works in processes of its own; so look at the load.
"""

import argparse
import math
import sqlite3
from pathlib import Path
from statistics import median
from time import perf_counter

from archive.place import Shared
from archive.search.engine import Ids, index_of
from archive.search.hits import open_archive, search
from archive.search.query import Query, Sort, meant
from tests.bench.speed import p95
from tests.bench.synthetic import queries

type Log = list[tuple[str, str]]


def found(conn: sqlite3.Connection, text: str) -> frozenset[int]:
    """Return every story that matches a query, days aside."""
    understood = meant(Query(text=text))
    if understood is None:
        return frozenset()
    return frozenset(index_of(conn).walk(understood.wish.matching(), Ids(), 10**9, oldest=False))


def timed(
    conn: sqlite3.Connection, log: Log, sort: Sort, rounds: int
) -> tuple[dict[str, list[float]], list[list[int]]]:
    """Return how long the queries of each class took in ms, and the page of each."""
    best, pages = [math.inf] * len(log), [list[int]() for _ in log]
    for warm in range(rounds + 1):
        for at, (_, text) in enumerate(log):
            began = perf_counter()
            page = search(conn, Query(text=text, sort=sort))
            if warm:
                best[at] = min(best[at], (perf_counter() - began) * 1000)
            pages[at] = [hit.id for hit in page.hits]
    times: dict[str, list[float]] = {}
    for (kind, _), time_ms in zip(log, best, strict=True):
        times.setdefault(kind, []).append(time_ms)
    return times, pages


def main() -> None:
    """Compare and time, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("address")
    parser.add_argument("--queries", type=int, default=54, help="of each class")
    parser.add_argument("--timed", type=int, default=6, help="of each class")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    log = list(queries(1403, given.queries))
    few = list(queries(1403, given.timed))
    with open_archive(given.archive) as lite, open_archive(Shared.at(given.address)) as shared:
        different = [text for _, text in log if found(lite, text) != found(shared, text)]
        print(f"{len(log):,} queries, {len(different)} find other stories: {different[:5]}")
        reports = {(sort, name): timed(conn, few, sort, given.rounds)
                   for sort in ("best", "newest") for name, conn in (("SQLite", lite), ("PostgreSQL", shared))}  # fmt: skip
    same = {
        sort: sum(map(list.__eq__, reports[sort, "SQLite"][1], reports[sort, "PostgreSQL"][1]))
        for sort in ("best", "newest")
    }
    print(f"of {len(few):,} timed ones the same first page: {same['newest']:,} newest, {same['best']:,} best first")
    print("p50/p95, ms".ljust(36), *(f"{f'{name}, {sort}':>20}" for sort, name in reports))
    kinds = list(next(iter(reports.values()))[0])
    for kind in [*kinds, "whole log"]:
        figures = [
            [one for name in (kinds if kind == "whole log" else [kind]) for one in times[name]]
            for times, _ in reports.values()
        ]
        print(kind.ljust(36), *(f"{median(one):10.1f}/{p95(one):9.1f}" for one in figures))


if __name__ == "__main__":
    main()
