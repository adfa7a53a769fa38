"""A day in an hour, with real processes: the daemon and its crawls are killed every hour, sites fail, nothing may be lost.

    python tests/simulation/day.py [--agencies 20] [--stories 8000] [--minutes 60] [--catch-up 20]

Invented agencies on 127.0.0.1 publish a day's stories, more by day than by night, and change one in twenty later, while
`bayegan run` crawls them as it ships, but for this: a day lasts `--minutes`, and what settings.toml gives in
seconds for pauses (between requests and looks, to retries and re-checks) is shortened in the same measure. What takes
time by its nature (an answer, reading a page, writing) is not, so the machine has a day's work to do in an hour; time
limits (`response_s`, `crawl_s`, `extract_s`) stay what they are. Every hour of the day either the daemon or one of its
crawls is killed with SIGKILL, by turns; three large agencies answer 503, hang, and turn us away for three hours each. When
the day is over the daemon has `--catch-up` minutes at most to bring home the rest. Then every story must be in
the archive once, as it was printed last, to the letter.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from archive.settings import CrawlerSettings, SchedulerSettings
from scheduler.demo.pages import WireStory, feed
from scheduler.demo.wire import _conditional
from tests.simulation.fortnight import sizes
from tests.simulation.site import BY_HOUR
from tests.wire import faults
from tests.wire.stories import invent
from tests.wire.wire import FaultyWire

BAYEGAN = Path(sys.executable).with_name("bayegan")
HOURS = 24
LISTED = 40
CHANGED = 0.05


class GrowingWire(FaultyWire):
    """A wire whose stories appear when they are published, and some of which change later."""

    def __init__(self, number: int, count: int, start: datetime, day: timedelta) -> None:
        dice = random.Random(number)
        told = invent(count, seed=number, now=start)
        hours = dice.choices(range(HOURS), BY_HOUR, k=count)
        self.day = sorted(
            (self._published(one, start + (hour + dice.random()) * day / HOURS) for one, hour in zip(told, hours, strict=True)),
            key=lambda story: story.published,
        )  # fmt: skip
        self.changes = {
            story.id: (
                story.published + dice.uniform(0.5, 5) * day / HOURS,
                (
                    *story.paragraphs,
                    f"در {number + 1}.{story.id} نوبت شمردند و {dice.randrange(10**9)} نفر آمدند؛ «{story.title}».",
                ),
            )
            for story in self.day
            if dice.random() < CHANGED
        }
        super().__init__(self.day, family=("nastooh", "iran-samaneh")[number % 2], seed=number)
        self.key = f"wire{number:02}"

    @staticmethod
    def _published(story: WireStory, when: datetime) -> WireStory:
        when = when.replace(microsecond=0)
        return replace(story, published=when, modified=when)

    def there(self, now: datetime) -> list[WireStory]:
        """Return the stories that are published by `now`, as they are printed then, the newest first."""
        return [self._printed(one, now) for one in reversed(self.day) if one.published <= now]

    def _printed(self, story: WireStory, now: datetime) -> WireStory:
        when, paragraphs = self.changes.get(story.id, (now, story.paragraphs))
        return replace(story, paragraphs=paragraphs, modified=when.replace(microsecond=0)) if when < now else story

    def answer(self, asked):  # type: ignore[no-untyped-def]
        self.stories = stories = self.there(datetime.now(UTC))
        reply = super().answer(asked)
        if asked.path == self.layout.feed and reply.status == 200:
            newest = stories[:LISTED]
            return _conditional(asked, feed(self.layout, newest, name=self.name, home=self.home), newest)
        return reply


def write_settings(folder: Path, wires: list[GrowingWire], times: float) -> None:
    """Write agency files, and the shipped settings with their pauses divided by `times`."""
    (folder / "own").mkdir()
    for wire in wires:
        agency = wire.agency
        (folder / "own" / f"{wire.key}.toml").write_text(
            f'name = "{wire.key}"\nhome = "{wire.home}"\nfamily = "{wire.family}"\nstory = \'{agency.story}\'\n'
            f"feeds = {json.dumps(agency.feeds)}\nsitemaps = {json.dumps(agency.sitemaps)}\n",
            "utf-8",
        )
    crawler, scheduler = CrawlerSettings(), SchedulerSettings()
    told = ['[crawler]\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "own"']
    told += _shortened(crawler, times, "delay_s", "feed_ttl_s", "feed_refresh_s", "sitemap_s", "slowest_delay_s")
    told.append(f"recheck_ages_s = {[round(one / times, 3) for one in crawler.recheck_ages_s]}")
    told.append("[scheduler]\nwalk_days = 0")
    told += _shortened(scheduler, times, "interval_s", "fastest_s", "slowest_s", "jitter_s", "retry_s")
    told += ["[watch]\ndisk_least_bytes = 0", "[log]\nfile = 'said.log'", "[agencies]"]
    told += [f"{wire.key} = {{}}" for wire in wires]
    (folder / "settings.toml").write_text("\n".join(told) + "\n", "utf-8")


def _shortened(settings: object, times: float, *names: str) -> Iterator[str]:
    for name in names:
        yield f"{name} = {getattr(settings, name) / times:.3f}"


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([BAYEGAN, "--quiet", "run"], cwd=folder, start_new_session=True)


def crawls_of(daemon: int) -> list[int]:
    """Return the crawl processes of a daemon: children of its fork server, each the leader of a session."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    servers = {pid for pid, parent in parents.items() if parent == daemon}
    found = [pid for pid, parent in parents.items() if parent in servers]
    return [pid for pid in found if _leads(pid)]


def _leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


class Killer:
    """Kills the daemon or one of its crawls, by turns, once in every hour of the day."""

    def __init__(self, folder: Path) -> None:
        self.process, self._folder = start(folder), folder
        self._dice, self.killed = random.Random(1), {"daemon": 0, "crawl": 0}
        self._next = self._dice.random()

    def look(self, hour: float) -> None:
        """Kill if it is time to; a crawl is killed as soon as one is under way."""
        if hour < self._next:
            return
        if sum(self.killed.values()) % 2:
            if not (crawls := crawls_of(self.process.pid)):
                return
            try:
                os.kill(self._dice.choice(crawls), signal.SIGKILL)
            except ProcessLookupError:
                return
            self.killed["crawl"] += 1
        else:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = start(self._folder)
            self.killed["daemon"] += 1
        self._next = int(self._next) + 1 + self._dice.random()


def troubles(wires: list[GrowingWire], hour: float) -> None:
    """Spoil three sites, three hours each; healed an hour before the next."""
    spoilt = {0: faults.status(503), 1: faults.hang(40), 2: faults.status(403)}
    for number, fault in spoilt.items():
        wire, begin = wires[number % len(wires)], 6 + 4 * number
        if begin <= hour < begin + 3:
            wire.fault("*", fault)
        elif begin + 3 <= hour < begin + 4:
            wire.heal()


def measure(folder: Path, wires: list[GrowingWire], times: float) -> dict[str, Any]:
    """Compare the archive with what was published."""
    missing = twice = other = 0
    now, lags_s = datetime.now(UTC), []
    with closing(sqlite3.connect(f"file:{folder / 'news.db'}?mode=ro", uri=True)) as conn:
        for wire in wires:
            rows = conn.execute("SELECT story_id, body FROM stories WHERE agency = ?", (wire.key,)).fetchall()
            bodies = dict(rows)
            twice += len(rows) - len(bodies)
            for told in wire.there(now):
                missing += str(told.id) not in bodies
                other += bodies.get(str(told.id), "\n".join(told.paragraphs)) != "\n".join(told.paragraphs)
        outcomes = dict(conn.execute("SELECT outcome, count(*) FROM crawls GROUP BY outcome").fetchall())
        requests, new = conn.execute("SELECT sum(requests), sum(new) FROM crawls").fetchone()
        lags_s = [
            (datetime.fromisoformat(seen) - datetime.fromisoformat(published)).total_seconds()
            for published, seen in conn.execute("SELECT published, first_seen FROM stories")
        ]
        sound = conn.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "published": sum(len(wire.there(now)) for wire in wires),
        "changed_later": sum(len(wire.changes) for wire in wires),
        "missing": missing,
        "twice": twice,
        "other_text": other,
        "crawls": outcomes,
        "requests": requests,
        "new": new,
        "lag_median_min_of_the_day": round(median(lags_s or [0.0]) * times / 60, 1),
        "integrity": sound,
    }


def whole(folder: Path, wires: list[GrowingWire]) -> bool:
    seen = measure(folder, wires, 1.0)
    return seen["missing"] == 0 and seen["other_text"] == 0


def live(folder: Path, wires: list[GrowingWire], asked: argparse.Namespace) -> dict[str, Any]:
    """Let the day go by, then give the daemon time to catch up; return what was seen."""
    began, hour_s = time.monotonic(), asked.minutes * 60 / HOURS
    killer = Killer(folder)
    while (hour := (time.monotonic() - began) / hour_s) < HOURS:
        time.sleep(0.2)
        troubles(wires, hour)
        killer.look(hour)
    for wire in wires:
        wire.heal()
    over = time.monotonic()
    while not whole(folder, wires) and time.monotonic() < over + asked.catch_up * 60:
        time.sleep(5)
    took_s = time.monotonic() - over
    killer.process.send_signal(signal.SIGTERM)
    ended = killer.process.wait(timeout=120)
    return {"kills": killer.killed, "exit": ended, "caught_up_after_s": round(took_s)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agencies", type=int, default=20)
    parser.add_argument("--stories", type=int, default=8000, help="of the whole day, all agencies together")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long the day lasts")
    parser.add_argument("--catch-up", type=float, default=20.0, help="minutes after the day, at most")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        day = timedelta(minutes=asked.minutes)
        first = datetime.now(UTC)
        counts = [round(one) for one in sizes(asked.agencies, asked.stories / asked.agencies)]
        wires = [stack.enter_context(GrowingWire(n, count, first, day)) for n, count in enumerate(counts)]
        times = 24 * 60 / asked.minutes
        write_settings(folder, wires, times)
        seen = live(folder, wires, asked)
        print(json.dumps({**measure(folder, wires, times), **seen}, ensure_ascii=False, indent=1), flush=True)
        said = (folder / "said.log").read_text("utf-8").splitlines()
        print(f"{len(said)} lines of log; the last that are no crawl:", file=sys.stderr)
        print("\n".join([one for one in said if " INFO " not in one][-20:]), file=sys.stderr)


if __name__ == "__main__":
    main()
