"""Workers of one shared archive that are killed again and again, and the wires' own logs of who asked what, and when."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from archive.place import Shared
from archive.search.hits import open_archive
from tests.cluster.machines import Machine, here
from tests.faults.house import TOP, wires_of, write_settings
from tests.wire.wire import FaultyWire

_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Span:
    """A crawl as a wire saw it: from its first request to its last, by the worker of this name."""

    worker: str
    first_s: float
    last_s: float


@dataclass(slots=True, kw_only=True)
class Hall:
    """Wires, a shared archive, and workers by name; each has a folder with settings of its own."""

    folder: Path
    shared: Shared
    wires: Sequence[FaultyWire]
    dead_s: float
    machine: Machine = here
    changes: Mapping[str, object] = field(default_factory=dict)  # of crawler and scheduler settings
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    started: Counter[int] = field(default_factory=Counter)

    @property
    def truth(self) -> dict[tuple[str, str], str]:
        """Every story: agency and id, and its text."""
        return {(wire.key, story): body for wire in self.wires for story, body in wire.truth().items()}

    def start(self, slot: int, variant: str = "sound") -> str:
        """Start a worker in a place; return its name, which the wires hear."""
        self.started[slot] += 1
        name = f"worker{slot}.{self.started[slot]}"
        folder = self.folder / f"worker{slot}"
        folder.mkdir(exist_ok=True)
        hosts = sorted({wire.site.host for wire in self.wires})
        told = {"contact": f"{name}@example.org", "agencies_at_once": 2, "private_hosts": hosts, **self.changes}
        write_settings(folder, self.wires, told)
        with (folder / "settings.toml").open("a", encoding="utf-8") as file:
            address = json.dumps(self.shared.address)
            file.write(f"[cluster]\narchive = {address}\ndead_s = {self.dead_s}\n")
        # Whoever died has left no lock of the system, but perhaps a crawl that has not noticed yet.
        with (folder / "said.txt").open("ab") as said:
            self.running[name] = subprocess.Popen(
                [*self.machine(slot), sys.executable, "-m", "tests.cluster.told", variant, "-v", "worker"],
                cwd=folder, env={**os.environ, "PYTHONPATH": str(TOP)}, stdout=said, stderr=said,
            )  # fmt: skip
        return name

    def kill(self, name: str) -> None:
        """Kill the process of a worker, and nothing that it started."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> list[int]:
        """End every worker calmly; return their exit codes."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=120) for process in self.running.values()]
        self.running.clear()
        return codes

    def stored(self) -> list[tuple[str, str, str, int]]:
        """Return agency, id, text and revision of every story in the archive."""
        with open_archive(self.shared) as conn:
            return [tuple(row) for row in conn.execute("SELECT agency, story_id, body, revision FROM stories")]

    def count(self) -> int:
        """Return how many stories there are."""
        with open_archive(self.shared) as conn:
            return int(conn.execute("SELECT count(*) FROM stories").fetchone()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run: what should not have, and how long it took."""

    stories: int
    lost: int
    twice: int
    wrong: int
    side_by_side: int
    kills: int
    requests: int
    most_at_once: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, twice, wrong, or asked by two at a time."""
        return not (self.lost or self.twice or self.wrong or self.side_by_side)


@contextmanager
def hall(
    folder: Path,
    shared: Shared,
    *,
    agencies: int,
    stories: int,
    dead_s: float,
    machine: Machine = here,
    host: str = "127.0.0.1",
    changes: Mapping[str, object] | None = None,
) -> Iterator[Hall]:
    """Give a hall whose `agencies`, at `host`, publish so many `stories` in all; whoever runs in the end is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        wires = [stack.enter_context(wire) for wire in wires_of(agencies, stories, host)]
        given = Hall(folder=folder, shared=shared, wires=wires, dead_s=dead_s, machine=machine, changes=changes or {})
        try:
            yield given
        finally:
            for name in list(given.running):
                given.kill(name)


def run(hall: Hall, *, workers: int, kill_s: float, most_s: float, variant: str = "sound") -> Outcome:
    """Let `workers` crawl until all is home, one of them killed every `kill_s` seconds (0: none is), in turn.

    Another takes its place at once, under another name. Gives up after `most_s` seconds.
    """
    began = monotonic()
    names = [hall.start(slot, variant) for slot in range(workers)]
    wanted, kills, last = len(hall.truth), 0, monotonic()
    while hall.count() < wanted and monotonic() - began < most_s:
        sleep(_LOOK_S)
        if kill_s and monotonic() - last >= kill_s:
            slot = kills % workers
            hall.kill(names[slot])
            names[slot] = hall.start(slot, variant)
            kills, last = kills + 1, monotonic()
    seconds = monotonic() - began
    hall.stop()
    return judge(hall, kills=kills, seconds=seconds)


def judge(hall: Hall, *, kills: int, seconds: float) -> Outcome:
    """Hold the archive against what was published, and the wires' logs against the rule."""
    truth, rows = hall.truth, hall.stored()
    times = Counter((agency, story) for agency, story, *_ in rows)
    found = [spans([(one.at_s, one.path, one.headers.get("user-agent", "")) for one in wire.requests], _feeds(wire))
             for wire in hall.wires]  # fmt: skip
    return Outcome(
        stories=len(rows),
        lost=sum(one not in times for one in truth),
        twice=sum(count - 1 for count in times.values()),
        wrong=sum(truth.get((agency, story)) != body or revision != 1 for agency, story, body, revision in rows),
        side_by_side=sum(len(overlaps(one)) for one in found),
        kills=kills,
        requests=sum(len(wire.requests) for wire in hall.wires),
        most_at_once=at_once([span for one in found for span in one]),
        seconds=seconds,
    )


def spans(asked: Sequence[tuple[float, str, str]], feeds: Collection[str]) -> list[Span]:
    """Return the crawls that a log tells of: of each worker, from a request for a feed to the last before the next.

    `asked` are moments (seconds), paths and user agents.
    """
    crawls: defaultdict[str, list[list[float]]] = defaultdict(list)
    for at_s, path, agent in asked:
        mine = crawls[agent]
        if path in feeds or not mine:
            mine.append([at_s])
        else:
            mine[-1].append(at_s)
    return [Span(worker, min(one), max(one)) for worker, found in crawls.items() for one in found]


def overlaps(crawls: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Return the pairs of crawls by different workers that were under way at the same time."""
    ordered = sorted(crawls, key=lambda one: one.first_s)
    return [
        (one, other)
        for at, one in enumerate(ordered)
        for other in ordered[at + 1 :]
        if other.first_s < one.last_s and one.worker != other.worker
    ]


def at_once(crawls: Sequence[Span]) -> int:
    """Return how many crawls were under way at the same time, at most."""
    moments = sorted([(one.first_s, 1) for one in crawls] + [(one.last_s, -1) for one in crawls])
    most = now = 0
    for _, step in moments:
        now += step
        most = max(most, now)
    return most


def _feeds(wire: FaultyWire) -> set[str]:
    return {wire.layout.feed}
