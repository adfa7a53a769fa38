"""The page docs/benchmarks.md: each command puts its own section there, with the day, the machine and the versions."""

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"
# The order of the sections, each with the command that writes it.
SECTIONS = {
    "From address to stored story": "make bench-peers",
    "Import and search": "make bench-peers",
    "Where the time of a story goes": "python -m tests.bench.profile",
}
_INTRODUCTION = "# Benchmarks\n\nWritten by the commands named below; nothing here is typed by hand."
_SECTION = re.compile(r"^## (.+)\n((?:(?!^## ).*\n?)*)", re.MULTILINE)


def write(title: str, lines: Sequence[str], versions: str = "") -> None:
    """Put a section on the page in place of the one of this title; `versions` are those of others."""
    told = PAGE.read_text("utf-8") if PAGE.exists() else ""
    sections = {name: text.strip() for name, text in _SECTION.findall(told)}
    sections[title] = "\n".join([f"`{SECTIONS[title]}`, {machine()}.{versions and ' ' + versions}", "", *lines])
    parts = [f"## {name}\n\n{sections[name]}" for name in SECTIONS if name in sections]
    PAGE.write_text("\n\n".join([_INTRODUCTION, *parts]) + "\n", "utf-8")


def machine() -> str:
    """Return the day, what this machine is and what of ours runs on it."""
    told = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if ":" in line)
    model = next((value.strip() for name, value in told.items() if name.strip() == "model name"), platform.machine())
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of {model}, {gib:.0f} GiB, load {os.getloadavg()[0]:.1f} at the"
        f" end; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Bayegan {version('bayegan')}"
    )


def versions(python: Path, names: Sequence[str]) -> str:
    """Return the versions of packages, as the environment of `python` tells them."""
    ask = f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {tuple(names)!r}))"
    told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    return f"Peers: {told}."
