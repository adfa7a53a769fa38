"""Run many crawls from one supervisor; say how its memory grows and how long a job takes to start.

    python -m tests.bench.supervisor [RUNS] [STORIES]

An invented agency is crawled RUNS times (1,000), each time with STORIES new ones (none). `start` is from the call to the first
thing the child says: its process forked from the preloaded server, and already at work.
"""

import logging
import multiprocessing
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import monotonic


def hello(pipe: Connection) -> None:
    """Be a child that only says that it is there."""
    pipe.send("hello")


def rss_mib() -> float:
    """Return the resident memory of this process."""
    line = next(one for one in Path("/proc/self/status").read_text("ascii").splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def starts(desk, count: int) -> list[float]:
    """Return the seconds from asking for a process to its first word, in the order asked."""
    found = []
    for _ in range(count):
        ours, theirs = multiprocessing.Pipe()
        began = monotonic()
        process = desk._context.Process(target=hello, args=(theirs,))
        process.start()
        theirs.close()
        ours.recv()
        found.append(monotonic() - began)
        process.join()
    return found


def main(runs: int, stories: int) -> None:
    # Not at the top: each child loads this module first, as it would load the command.
    sys.path.insert(0, str(Path(__file__).parents[2]))  # this folder has an archive.py of its own
    from archive.lock import SMALL_CACHE_KIB  # noqa: PLC0415
    from archive.settings import CrawlerSettings, Settings  # noqa: PLC0415
    from archive.store import open_store  # noqa: PLC0415
    from scheduler.desk import open_desk  # noqa: PLC0415
    from tests.wire.stories import invent  # noqa: PLC0415
    from tests.wire.wire import FaultyWire  # noqa: PLC0415

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(open_store(folder / "news.db", cache_kib=SMALL_CACHE_KIB))
        wire = stack.enter_context(FaultyWire(0))
        agency = wire.agency
        settings = Settings(crawler=CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",), sitemap_s=1e9))
        desk = stack.enter_context(open_desk(store, settings, lambda: datetime.now(UTC), logging.ERROR))
        first, *warm = starts(desk, 21)
        took = ", ".join(
            f"{name} {of(warm) * 1000:.0f} ms" for name, of in (("shortest", min), ("median", median), ("longest", max))
        )
        print(f"start of a job: first {first:.2f} s (the fork server loads), then {took}")
        done, memory = 0, {}
        while done < runs:
            wire.stories = invent(stories, seed=done, first_id=1_000_000 + done * stories) + wire.stories[:40]
            wire.requests.clear()  # which is ours to hold, not the supervisor's
            desk.start(agency)
            while desk.running:
                done += len(desk.serve(1.0))
            if done in (1, 10, 50) or done % 100 == 0 or done == runs:
                memory[done] = round(rss_mib(), 1)
                print(f"after {done} runs: {memory[done]} MiB", flush=True)
        sound = store.conn.execute("SELECT count(*) FROM crawls WHERE outcome = 'ok'").fetchone()[0]
        kept = store.conn.execute("SELECT count(*) FROM stories").fetchone()[0]
        print(f"{kept} stories")
        print(f"{sound} of {done} runs ok; memory (wire and all): {memory}")


if __name__ == "__main__":
    main(*map(int, [*sys.argv[1:], *("1000", "0")[len(sys.argv) - 1 :]]))
