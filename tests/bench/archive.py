"""Write a million invented stories through the one writer, and say how fast, how large, and what a reader feels.

    python -m tests.bench.archive ARCHIVE [--stories 1000000] [--single 20000] [--first 0] [--pool 4000] [--minutes 60] [--no-comparing]

Stories come ready from another process, analysed as a crawl hands them over; only the writer's own time is counted. They are
those of `synthetic.py`, a pool of them over and over, each time with an id, address, date, headline, hash and fingerprints of
its own, 8,000 a day; one in five is another agency's copy of one of the last 400. Each has a word nobody had before (its number);
otherwise a pool has fewer rare words than news have, and each of them more often. Printed are stories/s in batches of 1,000 and
one a transaction, the last tenth against the first, the writer's largest resident memory, a reader's p95 with the writer at rest
and at work, the size of the WAL, and bytes a story by table. An archive that is there is gone on with, from story `--first` on.
`--no-comparing` leaves out the search for copies, which `archive/duplicates` does in the same transaction.
"""

import argparse
import json
import multiprocessing
import pickle
import random
import resource
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time, sleep

from archive import store as writer
from archive.analysis import Analysed, analyse
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.story import Story, iso
from tests.bench import synthetic

BATCH, A_DAY = 1_000, 8_000
# One story in so many is a copy, of one of the latest so many times as many stories: about an hour and a quarter.
COPIES, LATEST = 5, 80
FIRST_DAY = datetime(2024, 3, 20, 8, tzinfo=UTC)
MIB = 1024 * 1024


def pool(size: int) -> list[tuple[Analysed, Analysed]]:
    """Return invented stories, analysed for real, each with a copy: another agency's, without the last paragraph."""
    found = []
    # Only the rows are taken: the index entries are made by the analysis, as a crawl makes them.
    for number in (one for one in range(size) if one % 1_000):
        row, _ = synthetic.invent(number, 1_000_000)
        told = dict(zip(synthetic.STORY_COLUMNS.split(", "), row, strict=True))
        names = ("agency", "kind", "title", "lead", "body", "byline", "section")
        story = Story(**{name: told[name] for name in names}, tags=tuple(json.loads(told["tags"])), extractor="nastooh")
        other = synthetic.AGENCIES[number % len(synthetic.AGENCIES)]
        copy = replace(story, agency=other, body=story.body.rpartition("\n")[0] or story.body)
        found.append((analyse(story), analyse(copy)))
    return found


def renewed(known: Sequence[tuple[Analysed, Analysed]], number: int) -> Analysed:
    """Return a story of the pool as story `number`: what tells stories apart is its own, but of a copy."""
    dice, source = random.Random(number), number
    if number % COPIES == 0 and number:
        # Every story between two copies is none.
        source = max(0, number - 1 - dice.randrange(COPIES * LATEST)) // COPIES * COPIES + 1
    base = known[source % len(known)][source != number]
    published = FIRST_DAY + timedelta(seconds=number * 86_400 // A_DAY)
    agency = base.story.agency
    own = {
        "story_id": str(number + 5_000_000),
        "url": f"https://www.{agency}.example/news/{number + 5_000_000}",
        "title": f"{base.story.title} {number}",
        "published": published,
        "short_link": f"https://{agency}.example/x{number:x}",
    }
    shift = random.Random(source).getrandbits(63)
    return replace(
        base,
        story=replace(base.story, **own),
        address=f"{agency}.example/news/{number + 5_000_000}",
        short=f"{agency}.example/x{number:x}",
        row={**base.row, **own, "published": iso(published)},
        content_hash=f"{dice.getrandbits(128):032x}",
        entry=replace(
            base.entry,
            title=f"{base.entry.title} {number}",
            stems=f"{base.entry.stems} {number}",
            terms=f"{base.entry.terms} {number}",
        ),
        sketch=replace(base.sketch, prints={one ^ shift: at for one, at in base.sketch.prints.items()}),
    )


def produce(pipe: Connection, size: int, numbers: range) -> None:
    """Send the stories with these numbers in batches, the next one ready when it is asked for."""
    known = pool(size)
    pipe.send_bytes(b"ready")
    with suppress(BrokenPipeError):  # enough was written
        for first in range(0, len(numbers), BATCH):
            pipe.send_bytes(pickle.dumps([renewed(known, number) for number in numbers[first : first + BATCH]]))


def batches(size: int, numbers: range) -> Iterator[list[Analysed]]:
    """Yield the batches of a process that makes them."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    maker = multiprocessing.get_context("spawn").Process(target=produce, args=(theirs, size, numbers), daemon=True)
    maker.start()
    theirs.close()
    ours.recv_bytes()
    for _ in range(0, len(numbers), BATCH):
        yield pickle.loads(ours.recv_bytes())  # noqa: S301 - of our own process


def read(archive: Path, pipe: Connection) -> None:
    """Be a reader: run queries until told to stop, and send how long each took, in ms, by the clock and the processor."""
    log = list(synthetic.queries(7, 3))
    pipe.send("ready")
    while pipe.recv() == "run":
        times: list[tuple[float, float]] = []
        with open_archive(archive) as conn:
            while not pipe.poll():
                for _, text in log:
                    began, used = perf_counter(), process_time()
                    search(conn, Query(text=text))
                    times.append(((perf_counter() - began) * 1000, (process_time() - used) * 1000))
        pipe.recv()
        pipe.send(times)


def p95(times: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the time, by either measure, that 95 of 100 stay under."""
    clock, processor = (sorted(some)[int(len(some) * 0.95)] for some in zip(*times, strict=True))
    return clock, processor


def wal(archive: Path) -> int:
    path = archive.with_name(f"{archive.name}-wal")
    return path.stat().st_size if path.exists() else 0


def many(archive: Path, supply: Iterator[list[Analysed]], stories: int, minutes: float) -> int:
    """Write stories in batches, print how fast, and return how large the WAL became, in bytes."""
    until, largest_wal = perf_counter() + 60 * minutes, 0
    spans: list[tuple[float, float]] = []
    with open_store(archive) as store:
        for agency in synthetic.AGENCIES:
            store.add_agency(agency, agency, [f"www.{agency}.example"])
        wall, cpu, tenth = 0.0, 0.0, max(BATCH, stories // 10 // BATCH * BATCH)
        for number in range(0, stories, BATCH):
            batch = next(supply)
            began, used = perf_counter(), process_time()
            store.add_all(batch, now=FIRST_DAY)
            wall, cpu = wall + perf_counter() - began, cpu + process_time() - used
            del batch  # before the next one comes
            largest_wal = max(largest_wal, wal(archive))
            done, late = number + BATCH, perf_counter() > until
            if done % tenth == 0 or late:
                count = (done - 1) % tenth + 1
                spans.append((count / wall, count / cpu))
                print(f"{done:>9,}: {spans[-1][0]:7,.0f} stories/s, {spans[-1][1]:7,.0f} per CPU second", flush=True)
                wall = cpu = 0.0
            if late:
                break
    if spans:
        (first, first_cpu), (last, last_cpu) = spans[0], spans[-1]
        print(f"the last {tenth:,} against the first: {last / first:.2f}, by CPU {last_cpu / first_cpu:.2f}")
    return largest_wal


def alone(archive: Path, supply: Iterator[list[Analysed]], single: int, meanwhile: int, largest_wal: int) -> None:
    """Write stories one a transaction, then `meanwhile` of them in batches beside a reader, and print what it was like."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=read, args=(archive, theirs), daemon=True)
    with open_store(archive) as store:  # as a crawl does: what batches made FTS5 set aside is not looked through
        spent = used = 0.0
        for _ in range(0, single, BATCH):
            batch = next(supply)
            began, before = perf_counter(), process_time()
            for one in batch:
                store.add(one, now=FIRST_DAY)
            spent, used = spent + perf_counter() - began, used + process_time() - before
            del batch
        if single:
            print(
                f"one a transaction: {single / spent:,.0f} stories/s, {single / used:,.0f} per CPU second", flush=True
            )
        reader.start()
        ours.recv()
        idle = ask(ours, lambda: sleep(15))
        busy = ask(ours, lambda: [store.add_all(next(supply), now=FIRST_DAY) for _ in range(0, meanwhile, BATCH)])
        for by, at_rest, at_work in zip(("clock", "processor"), p95(idle), p95(busy), strict=True):
            ratio = f"{at_rest:.1f} ms at rest, {at_work:.1f} ms while writing: {at_work / at_rest:.2f} times"
            print(f"reader p95 by the {by}: {ratio} ({len(idle)} and {len(busy)} searches)")
        edges = store.conn.execute("SELECT kind, count(*) FROM edges GROUP BY kind").fetchall()
        print("found:", ", ".join(f"{count:,} {kind}" for kind, count in edges))
        print(f"largest WAL {largest_wal / MIB:.1f} MiB; with a reader {wal(archive) / MIB:.1f}", end="; ")
        ours.send("end")
        reader.join()
        for name in ("one write empties the log", "the next begins it anew"):
            store.add_agency("last", name)
        print(f"after it left {wal(archive) / MIB:.1f} MiB")
        print(f"writer's resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def ask(pipe: Connection, meanwhile: Callable[[], object]) -> list[tuple[float, float]]:
    pipe.send("run")
    meanwhile()
    pipe.send("stop")
    return pipe.recv()


def sizes(archive: Path) -> None:
    """Print the bytes a story of each table and index."""
    with closing(sqlite3.connect(archive)) as conn:
        (count,) = conn.execute("SELECT count(*) FROM stories").fetchone()
        rows = conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()
    for name, size in rows:
        if size / count >= 1:
            print(f"{size / count:8,.0f} B a story  {name}")
    print(f"{sum(size for _, size in rows) / count:8,.0f} B a story in all, {count:,} stories")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--single", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="The number of the first story.")
    parser.add_argument("--pool", type=int, default=4_000)
    parser.add_argument("--minutes", type=float, default=60.0, help="Then no more batches are written.")
    parser.add_argument("--no-comparing", action="store_true")
    given = parser.parse_args()
    if given.no_comparing:
        writer.filing.file = lambda *_: None
    beside_reader = max(2_000, given.stories // 50)
    last = given.first + given.stories + given.single + BATCH + beside_reader
    coming = batches(given.pool, range(given.first, last))
    largest = many(given.archive, coming, given.stories, given.minutes)
    alone(given.archive, coming, given.single, beside_reader, largest)
    sizes(given.archive)
