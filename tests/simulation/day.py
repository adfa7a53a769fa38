"""A day in five minutes, with real processes: the daemon is killed again and again, sites fail, and nothing may be lost.

    python tests/simulation/day.py [--wires 4] [--stories 60] [--seconds 240] [--kills 10]

Invented agencies publish while `bayegan run` crawls them; an hour lasts ten seconds, and so do its pauses. Meanwhile the
daemon is killed with SIGKILL and started anew, one site answers 503, one hangs, one turns us away, each for a while. At
the end every story must be in the archive once, to the letter.
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
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from scheduler.demo.pages import WireStory
from tests.wire import faults
from tests.wire.stories import invent
from tests.wire.wire import FaultyWire

BAYEGAN = Path(sys.executable).with_name("bayegan")


class GrowingWire(FaultyWire):
    """A wire whose stories appear when they are published; `all_stories` are those of the whole day."""

    def __init__(self, number: int, count: int, seconds: float) -> None:
        now, dice = datetime.now(UTC), random.Random(number)
        moments = sorted(now + timedelta(seconds=dice.uniform(0, seconds)) for _ in range(count))
        told = invent(count, seed=number, now=now)
        fields = [{name: getattr(one, name) for name in WireStory.__slots__} for one in told]
        self.all_stories = [
            WireStory(**one | {"published": when.replace(microsecond=0), "modified": when.replace(microsecond=0)})
            for one, when in zip(fields, moments, strict=True)
        ]
        super().__init__(self.all_stories, family=("nastooh", "iran-samaneh")[number % 2], seed=number)
        self.key = f"wire{number}"

    def answer(self, asked):  # type: ignore[no-untyped-def]
        now = datetime.now(UTC)
        self.stories = [one for one in self.all_stories if one.published <= now]
        return super().answer(asked)


def write_settings(folder: Path, wires: list[GrowingWire]) -> None:
    """Write settings and agency files: an hour is ten seconds."""
    (folder / "own").mkdir()
    for wire in wires:
        agency = wire.agency
        (folder / "own" / f"{wire.key}.toml").write_text(
            f'name = "{wire.key}"\nhome = "{wire.home}"\nfamily = "{wire.family}"\nstory = \'{agency.story}\'\n'
            f"feeds = {json.dumps(agency.feeds)}\nsitemaps = {json.dumps(agency.sitemaps)}\n",
            "utf-8",
        )
    (folder / "settings.toml").write_text(
        '[crawler]\ndelay_s = 0.0\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "own"\nsitemap_s = 10.0\nresponse_s = 5.0\n'
        "crawl_s = 30.0\nagencies_at_once = 2\nrecheck_ages_s = [10.0, 60.0]\n"
        "[scheduler]\ninterval_s = 4.0\nfastest_s = 2.0\nslowest_s = 8.0\njitter_s = 0.5\nretry_s = 1.0\nwalk_days = 0\n"
        "[agencies]\n" + "".join(f"{wire.key} = {{}}\n" for wire in wires),
        "utf-8",
    )


def start(folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [BAYEGAN, "run", "--json"], cwd=folder, stdout=said, stderr=said, start_new_session=True
        )


def troubles(wires: list[GrowingWire], part: float) -> None:
    """Spoil the sites as the day goes on; `part` is the share of it that has gone by."""
    spoilt = {0: faults.status(503), 1: faults.hang(20), 2: faults.status(403)}
    for number, fault in spoilt.items():
        wire, begin = wires[number % len(wires)], 0.2 + 0.2 * number
        if begin <= part < begin + 0.12:
            wire.fault("*", fault)
        elif begin + 0.12 <= part < begin + 0.2:
            wire.heal()


def measure(folder: Path, wires: list[GrowingWire]) -> dict[str, Any]:
    """Compare the archive with what was published."""
    missing = twice = other = 0
    with closing(sqlite3.connect(folder / "news.db")) as conn:
        for wire in wires:
            rows = conn.execute("SELECT story_id, body FROM stories WHERE agency = ?", (wire.key,)).fetchall()
            bodies = dict(rows)
            twice += len(rows) - len(bodies)
            for told in wire.all_stories:
                missing += str(told.id) not in bodies
                other += bodies.get(str(told.id), "\n".join(told.paragraphs)) != "\n".join(told.paragraphs)
        outcomes = dict(conn.execute("SELECT outcome, count(*) FROM crawls GROUP BY outcome").fetchall())
        requests, new = conn.execute("SELECT sum(requests), sum(new) FROM crawls").fetchone()
        sound = conn.execute("PRAGMA integrity_check").fetchone()[0]
    published = sum(len(wire.all_stories) for wire in wires)
    return {"stories": published, "missing": missing, "twice": twice, "other_text": other, "outcomes": outcomes,
            "requests": requests, "new": new, "integrity": sound}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wires", type=int, default=4)
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--kills", type=int, default=10)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wires = [stack.enter_context(GrowingWire(n, asked.stories, asked.seconds)) for n in range(asked.wires)]
        write_settings(folder, wires)
        began, killed, dice = time.monotonic(), 0, random.Random(1)
        process = start(folder)
        while (gone := time.monotonic() - began) < asked.seconds:
            time.sleep(0.2)
            troubles(wires, gone / asked.seconds)
            if killed < asked.kills and gone > (killed + 1 + dice.uniform(-0.3, 0.3)) * asked.seconds / (
                asked.kills + 1
            ):
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
                process = start(folder)
        for wire in wires:
            wire.heal()
        time.sleep(60)  # six hours of quiet
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=60)
        print(json.dumps({**measure(folder, wires), "kills": killed, "exit": ended}, ensure_ascii=False))


if __name__ == "__main__":
    main()
