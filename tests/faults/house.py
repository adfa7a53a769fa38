"""A whole house for faults to happen in: invented agencies that are served, settings, the real command told on."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Condition, Thread
from time import monotonic

from tests.faults.processes import Memory
from tests.wire.stories import invent
from tests.wire.wire import FaultyWire

TOP = Path(__file__).parents[2]
ID_STEP = 1_000_000
# How long anything may take at most: the machine may be busy.
PATIENCE_S = 120.0
# So long without a link that ends, and a daemon has brought home what it can.
QUIET_S = 40.0


class Told:
    """A running command (see `tests.faults.told`) and what it has said so far."""

    def __init__(
        self, folder: Path, arguments: Sequence[object], *, variant: str, environment: Mapping[str, str]
    ) -> None:
        """Start it in `folder`; what it prints is added to said.txt there."""
        self.kept: list[str] = []
        self.heard: list[tuple[float, list[str]]] = []  # all it said, and when (on the monotonic clock)
        self.ready_s: float | None = None  # from its start until it said READY
        self._heard, self._over = Condition(), False
        hear, tell = os.pipe()
        words = [sys.executable, "-m", "tests.faults.told", str(tell), variant, *map(str, arguments)]
        with (folder / "said.txt").open("ab") as said:
            self._began = monotonic()
            self.process = subprocess.Popen(
                words,
                cwd=folder,
                stdout=said,
                stderr=said,
                pass_fds=[tell],
                env={**environment, "PYTHONPATH": str(TOP)},
                start_new_session=True,
            )
        os.close(tell)
        self._thread = Thread(target=self._listen, args=(hear,), daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def wait_kept(self, count: int, timeout_s: float) -> bool:
        """Wait until it has acknowledged `count` stories; return whether it did, and not ended before."""
        with self._heard:
            self._heard.wait_for(lambda: len(self.kept) >= count or self._over, timeout_s)
            return len(self.kept) >= count

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until it is ready."""
        with self._heard:
            self._heard.wait_for(lambda: self.ready_s is not None or self._over, timeout_s)
            return self.ready_s is not None

    def end(self) -> int:
        """Wait until it has ended; return its exit code."""
        code = self.process.wait()
        self._thread.join()
        return code

    def _listen(self, hear: int) -> None:
        with os.fdopen(hear, "r", encoding="utf-8") as lines:
            for line in lines:
                word, *rest = line.split()
                with self._heard:
                    self.heard.append((monotonic(), [word, *rest]))
                    if word == "kept":
                        self.kept += rest
                    elif word == "READY=1":
                        self.ready_s = self.ready_s or monotonic() - self._began
                    self._heard.notify_all()
        with self._heard:
            self._over = True
            self._heard.notify_all()


class House:
    """A folder with settings for some wires; `truth` is every story of theirs by its id."""

    def __init__(self, folder: Path, wires: Sequence[FaultyWire]) -> None:
        """Live in `folder`."""
        self.folder, self.wires = folder, wires
        self.archive = folder / "news.db"
        self.truth: Mapping[str, str] = {story: body for wire in wires for story, body in wire.truth().items()}

    def start(
        self,
        *arguments: object,
        variant: str = "sound",
        watched: Memory | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Told:
        """Start the command `arguments` (the daemon: `run`) here."""
        told = Told(self.folder, arguments, variant=variant, environment=environment)
        if watched is not None:
            watched.pids.add(told.pid)
        return told

    def ended(self) -> int:
        """Return how many links have come to an end, whichever."""
        with closing(sqlite3.connect(f"{self.archive.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            found = conn.execute(
                "SELECT count(*) FROM links WHERE state NOT IN ('discovered', 'leased')"
                " AND coalesce(next_look, '9999') > '2001'"
            ).fetchone()
        return int(found[0])

    def bring_home(self, told: Told) -> None:
        """Let a daemon go on until every link has come to an end, or none has for long; then stop it calmly."""
        last, until = -1, 0.0
        while (ended := self.ended()) < len(self.truth) and (ended != last or monotonic() < until):
            if ended != last:
                last, until = ended, monotonic() + QUIET_S
            told.wait_kept(len(told.kept) + 1, 0.5)
        told.process.terminate()
        told.end()

    def later(self, *states: str) -> int:
        """Let the time go by after which links in these states are tried again; return how many there are."""
        marks = ", ".join("?" * len(states))
        with closing(sqlite3.connect(self.archive)) as conn, conn:
            return conn.execute(f"UPDATE links SET next_look = '2000' WHERE state IN ({marks})", states).rowcount


def wires_of(wires: int, stories: int, host: str = "127.0.0.1") -> Iterator[FaultyWire]:
    """Yield `wires` at `host` that publish so many `stories` in all, by turns in two families of pages."""
    for number in range(wires):
        invented = invent(stories // wires, seed=number + 1, first_id=5_000_001 + number * ID_STEP)
        wire = FaultyWire(invented, family=("nastooh", "iran-samaneh")[number % 2])
        wire.key = f"wire{number:02}"
        wire.site.host = host
        yield wire


@contextmanager
def open_house(folder: Path, count: int, *, wires: int = 2, **settings: object) -> Iterator[House]:
    """Give a house whose `wires` publish `count` stories in all, and whose daemon never rests.

    `settings` are keys of [crawler] and [scheduler], `crawl_s=30.0`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        served = [stack.enter_context(wire) for wire in wires_of(wires, count)]
        write_settings(folder, served, settings)
        yield House(folder, served)


CRAWLER = {
    "delay_s": 0.0, "private_hosts": ["127.0.0.1"], "agencies_dir": "own", "sitemap_s": 0.0, "recheck_ages_s": [],
    "crawl_links": 100_000, "feed_links": 100_000,
}  # fmt: skip
SCHEDULER = {
    "interval_s": 1.0, "adaptive": False, "fastest_s": 1.0, "slowest_s": 1.0, "jitter_s": 0.0, "retry_s": 0.2,
    "walk_days": 0, "stop_s": 5.0,
}  # fmt: skip


def write_settings(folder: Path, wires: Sequence[FaultyWire], changes: Mapping[str, object]) -> None:
    """Write settings and agency files; `changes` go into the part that has the key."""
    (folder / "own").mkdir(exist_ok=True)
    for wire in wires:
        agency = wire.agency
        (folder / "own" / f"{wire.key}.toml").write_text(
            f'name = "{wire.key}"\nhome = "{wire.home}"\nfamily = "{wire.family}"\nstory = \'{agency.story}\'\n'
            f"feeds = {json.dumps(agency.feeds)}\nsitemaps = {json.dumps(agency.sitemaps)}\n",
            "utf-8",
        )
    scheduler = SCHEDULER | {name: value for name, value in changes.items() if name in SCHEDULER}
    crawler = CRAWLER | {name: value for name, value in changes.items() if name not in SCHEDULER}
    lines = [part for name, table in (("crawler", crawler), ("scheduler", scheduler)) for part in _part(name, table)]
    lines += ["[agencies]", *(f"{wire.key} = {{}}" for wire in wires)]
    (folder / "settings.toml").write_text("\n".join(lines) + "\n", "utf-8")


def _part(name: str, table: Mapping[str, object]) -> list[str]:
    return [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
