"""A whole day of the house with a kill every hour: nothing lost, and nothing that grows but the archive."""

import argparse
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from archive.lock import CACHE_KIB
from tests.faults.processes import Memory, children, descriptors, family, resident
from tests.faults.row import MIB, Row, Size, skip
from tests.faults.truth import damages
from tests.simulation.day import GrowingWire, live, measure, write_settings
from tests.simulation.fortnight import sizes

FAULT = "a day with a kill each hour"
WAL_BYTES = 64 * MIB
# How much more memory and descriptors the last third of the day may need than the first: the writer's cache fills.
GROWTH_BYTES, GROWTH_DESCRIPTORS = CACHE_KIB * 1024, 4
LEAK = "import os, time\nkept = []\nwhile True: kept.append((os.open('/', 0), bytes(2 << 20))); time.sleep(0.05)"


@dataclass(slots=True)
class Seen:
    """What was seen of the daemons of a day, look by look: resident memory, descriptors; and the largest WAL."""

    looks: list[tuple[int, int]] = field(default_factory=list)
    wal: int = 0
    memory: Memory = field(default_factory=lambda: Memory(family))

    def flat(self) -> bool:
        """Whether neither memory nor descriptors grew from the first third to the last."""
        if len(self.looks) < 3:
            return False
        memory, open_files = self.grown()
        return memory <= GROWTH_BYTES and open_files <= GROWTH_DESCRIPTORS

    def grown(self) -> tuple[int, int]:
        """Return how many bytes and descriptors the last third needed more than the first, at most."""
        third = len(self.looks) // 3
        first, last = self.looks[:third], self.looks[-third:]
        memory, open_files = (max(one[n] for one in last) - max(one[n] for one in first) for n in (0, 1))
        return memory, open_files


def soak(size: Size, folder: Path) -> Row:
    """A simulated day with a kill each hour: memory, descriptors and WAL stay flat, every story is there once."""
    if size is Size.CI:
        return skip(FAULT, "takes ten minutes and more: in the nightly and release sizes only")
    agencies, stories, minutes = (10, 1_000, 10.0) if size is Size.NIGHTLY else (20, 8_000, 40.0)
    asked = argparse.Namespace(minutes=minutes, catch_up=max(2.0, minutes / 3))
    day, start = timedelta(minutes=minutes), datetime.now(UTC)
    times = 24 * 60 / minutes
    with ExitStack() as stack:
        counts = [round(one) for one in sizes(agencies, stories / agencies)]
        wires = [stack.enter_context(GrowingWire(n, count, start, day)) for n, count in enumerate(counts)]
        write_settings(folder, wires, times)
        with _watched(folder) as seen:
            lived = live(folder, wires, asked)
        found = measure(folder, wires, times)
        bad = _bad(found) + _wrong(folder, wires) + len(damages(folder / "news.db"))
        caught = _misses_a_story(folder, wires, times) and not _leaking()
    kills = sum(lived["kills"].values())
    well = seen.flat() and seen.wal < WAL_BYTES and not bad
    return Row(
        fault=FAULT,
        tried=kills,
        survived=kills if well else 0,
        lost=bad,
        worst_s=float(lived["caught_up_after_s"]),
        worst_rss=seen.memory.worst,
        control="a leak; a story taken away",
        caught=caught,
        note=f"{found['published']:,} stories in {minutes:g} min, {found['other_text']} edits not seen yet;"
        f" descriptors {max(n for _, n in seen.looks)} at most, WAL {seen.wal / MIB:.1f} MiB; the daemon grew by {seen.grown()[0] / MIB:.0f} MiB; time: to catch up",
    )


def _bad(found: dict[str, Any]) -> int:
    """Count the stories that are gone or there twice; edits that are still to be looked at are in the note."""
    return int(found["missing"] + found["twice"])


def _wrong(folder: Path, wires: list[GrowingWire]) -> int:
    """Return how many stories read neither as they were printed first nor as they were changed later."""
    with closing(sqlite3.connect(folder / "news.db")) as conn:
        bodies = {
            (agency, story): body for agency, story, body in conn.execute("SELECT agency, story_id, body FROM stories")
        }
    printed = {
        (wire.key, str(one.id)): {
            "\n".join(one.paragraphs),
            "\n".join(wire.changes.get(one.id, (None, one.paragraphs))[1]),
        }
        for wire in wires
        for one in wire.day
    }
    return sum(body not in printed.get(which, ()) for which, body in bodies.items())


def _misses_a_story(folder: Path, wires: list[GrowingWire], times: float) -> bool:
    """Take one story out of the archive, and say whether that is seen."""
    before = measure(folder, wires, times)["missing"]
    with closing(sqlite3.connect(folder / "news.db")) as conn, conn:
        conn.execute("UPDATE stories SET story_id = 'x' WHERE id = (SELECT max(id) FROM stories)")
    return measure(folder, wires, times)["missing"] == before + 1


def _leaking() -> bool:
    """Whether a process that leaks memory and descriptors is called flat."""
    seen = Seen()
    with subprocess.Popen([sys.executable, "-c", LEAK]) as process:
        try:
            for _ in range(30):
                time.sleep(0.1)
                _look(seen, process.pid)
        finally:
            process.kill()
    return seen.flat()


def _look(seen: Seen, pid: int) -> None:
    rss, open_files = resident(pid), descriptors(pid)
    if rss:
        seen.looks.append((rss, open_files))


@contextmanager
def _watched(folder: Path) -> Iterator[Seen]:
    """Look at the daemons that this process starts, and at the archive's WAL, until the block is left."""
    seen, over = Seen(), Event()

    def watch() -> None:
        while not over.wait(0.5):
            seen.memory.pids = set(children(os.getpid()))
            seen.memory.look()
            for pid in seen.memory.pids:
                _look(seen, pid)
            wals = [one.stat().st_size for one in (folder / "news.db-wal", *folder.glob("raw/*-wal")) if one.exists()]
            seen.wal = max([seen.wal, *wals])

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
