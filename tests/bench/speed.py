"""Time a mixed log of queries on archives of invented stories, and say how each figure grows with the archive.

    python -m tests.bench.speed FOLDER --stories 100000 1000000 [--queries 40]

Archives are built in FOLDER where they are not there yet (`synthetic.py`; a million stories take a quarter of an hour on two
cores). The log is run once to warm the caches, then `--rounds` times; each query counts with its best round. Printed are
p50 and p95 of each class in ms of processor time (on a machine of one's own that is what one waits; on a shared one the
wall clock says more of the neighbours), for the default order and for --sort newest; the command from a cold start, by
the wall clock; and the bytes of the index a story.

All 19 classes count the same in the whole log. People type shorter and plainer: 2.2 words on average, quotes in 6 % of
queries (Jansen, Spink and Saracevic 2000, 51,473 queries of Excite); here 10 % are phrases, 10 % prefixes, and 5 % are
whole titles, which nobody types but many paste. So the whole log is heavier than a log of people would be; what one of
them waits for stands in the line of its class. Reading the texts of the first 20 hits, snippets too, is part of every time.
"""

import argparse
import math
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from archive.search.hits import open_archive, search
from archive.search.query import Query, Sort
from tests.bench.synthetic import build, queries


def p95(times_ms: list[float]) -> float:
    """Return the time that 95 of 100 stay under."""
    return sorted(times_ms)[max(0, math.ceil(len(times_ms) * 0.95) - 1)]


def timed(conn: sqlite3.Connection, log: list[tuple[str, str]], sort: Sort, rounds: int) -> dict[str, list[float]]:
    """Return how long each query of a class took, in ms of processor time, everything warm, the best of `rounds`."""
    best: dict[tuple[str, str], float] = {}
    for warm in range(rounds + 1):
        for asked in log:
            began = process_time()
            search(conn, Query(text=asked[1], sort=sort))
            if warm:
                best[asked] = min(best.get(asked, math.inf), (process_time() - began) * 1000)
    times: dict[str, list[float]] = {}
    for (kind, _), time_ms in best.items():
        times.setdefault(kind, []).append(time_ms)
    return times


def cold_ms(archive: Path, texts: list[str]) -> list[float]:
    """Return how long the command took from its start to its end, in ms, a process each."""
    bayegan = Path(sys.executable).with_name("bayegan")
    times = []
    for text in texts:
        began = perf_counter()
        subprocess.run([bayegan, "--archive", archive, "search", text], check=True, capture_output=True)
        times.append((perf_counter() - began) * 1000)
    return times


def index_bytes(archive: Path) -> dict[str, float]:
    """Return the bytes a story of the index, its word counts and the whole archive."""
    with closing(sqlite3.connect(archive)) as conn:
        (stories,) = conn.execute("SELECT count(*) FROM story_index_docsize").fetchone()
        sizes = dict(conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    index = sum(size for name, size in sizes.items() if name.startswith("story_index"))
    counts = sizes["frequencies"] + sizes["days"]
    return {
        "index": index / stories,
        "word counts": counts / stories,
        "stories": sizes["stories"] / stories,
        "whole archive": archive.stat().st_size / stories,
    }


def measure(archive: Path, log: list[tuple[str, str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Return p50 and p95 in ms of each line of the report."""
    report = {}
    with open_archive(archive) as conn:
        for sort in ("best", "newest"):
            times = timed(conn, log, sort, rounds)
            times["whole log"] = [one for several in times.values() for one in several]
            report |= {f"{sort}: {kind}": (median(several), p95(several)) for kind, several in times.items()}
    cold = cold_ms(archive, [text for _, text in log[:: max(1, len(log) // 20)]])
    return report | {"cold command": (median(cold), p95(cold))}


def main() -> None:
    """Build what is missing, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stories", type=int, nargs="+", default=[100_000])
    parser.add_argument("--queries", type=int, default=40, help="of each class")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    archives = {stories: given.folder / f"stories-{stories}.db" for stories in given.stories}
    for stories, archive in archives.items():
        if not archive.exists():
            build(archive, stories)
    log = list(queries(1403, given.queries))
    reports = [measure(archive, log, given.rounds) for archive in archives.values()]
    print("p50/p95, ms".ljust(36), *(f"{stories:>15,}" for stories in archives))
    for line in reports[0]:
        print(line.ljust(36), *(f"{report[line][0]:7.1f}/{report[line][1]:7.1f}" for report in reports))
    sizes = [index_bytes(archive) for archive in archives.values()]
    print("bytes a story".ljust(36))
    for line in sizes[0]:
        print(line.ljust(36), *(f"{size[line]:15,.0f}" for size in sizes))


if __name__ == "__main__":
    main()
