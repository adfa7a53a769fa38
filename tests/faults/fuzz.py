"""Mutated pages, feeds, sitemaps, dates and queries: no reader may break, be slow, or lose a half-space."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.faults.fuzzing import BROKEN, HIDDEN
from tests.faults.house import TOP
from tests.faults.row import Row, Size, skip
from tests.faults.targets import TARGETS

# Inputs to each reader, in a hundred: pages are slow, and most of what breaks is found in them.
SHARES = {"page": 20, "feed": 20, "sitemap": 12, "robots": 8, "date": 20, "query": 12, "line": 8}
PATIENCE_S, TOGETHER = 3600.0, 2


def fuzz_mutated(size: Size, folder: Path) -> Row:
    """Inputs that are nearly right, by hypothesis, to each reader in a process of its own."""
    told = _all("mutated", size.pick(400, 10_000, 20_000), folder)
    control = _fuzz(BROKEN, "mutated", 100, folder / BROKEN)
    return _row("mutated inputs", told, control="half-spaces are lost", caught=bool(control["failed"]))


def fuzz_guided(size: Size, folder: Path) -> Row:
    """Inputs that atheris finds by the code they reach, to each reader in a process of its own."""
    if find_spec("atheris") is None:
        return skip("inputs guided by coverage", "needs atheris, which has wheels for Linux on x86-64 only")
    told = _all("guided", size.pick(400, 10_000, 20_000), folder)
    control = _fuzz(HIDDEN, "guided", 500_000, folder / HIDDEN)
    return _row("inputs guided by coverage", told, control="a bug behind three letters", caught=bool(control["failed"]))


def _all(way: str, count: int, folder: Path) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(lambda name: _fuzz(name, way, count * SHARES[name] // 100, folder / name), TARGETS))


def _fuzz(name: str, way: str, count: int, folder: Path) -> dict[str, Any]:
    """Fuzz one reader; a process that dies has failed at whatever it was at."""
    folder.mkdir(parents=True)
    words = [sys.executable, "-m", "tests.faults.fuzzing", name, way, str(count), str(folder)]
    with (folder / "said.txt").open("wb") as said:
        try:
            done = subprocess.run(words, cwd=TOP, stdout=subprocess.PIPE, stderr=said, timeout=PATIENCE_S, check=False)
            told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        except (subprocess.TimeoutExpired, IndexError, ValueError) as error:
            why = f"its process ended without a word: {type(error).__name__}"
            return {"tried": count, "failed": {"process": why}, "worst_s": 0.0, "worst_rss": 0}
    if name in TARGETS:
        for file, why in told["failed"].items():
            print(f"faults: {name}: {folder / 'failed' / file}: {why}", file=sys.stderr)
    return told


def _row(fault: str, told: list[dict[str, Any]], *, control: str, caught: bool) -> Row:
    tried, failed = sum(one["tried"] for one in told), sum(len(one["failed"]) for one in told)
    return Row(
        fault=fault,
        tried=tried,
        survived=tried - failed,
        lost=failed,
        worst_s=max(one["worst_s"] for one in told),
        worst_rss=max(one["worst_rss"] for one in told),
        control=control,
        caught=caught,
        note="pages, feeds, sitemaps, robots.txt, dates, queries, lines; time: of one input, of the processor",
    )
