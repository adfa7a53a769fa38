"""Run Bayegan beside its peers, in one run on this machine, and write what came of it to docs/benchmarks.md.

    python -m tests.bench.peers --peers SCRATCH/bin/python [--stories 2000] [--rounds 5] [--only NAME ...] [--print]

SCRATCH is an environment of the peers' own (`make bench-peers` makes it): none of them is a requirement of ours.
"""

import argparse
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.peers.crawling import AT_ONCE, ENTRANTS, contest

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"
NAMED = ("trafilatura", "newspaper4k", "news-please", "Scrapy", "aiohttp")


def main() -> None:
    """Run what is asked for and write the page."""
    options = arguments()
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench-peers`; nothing here is typed by hand.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, Python {platform.python_version()}, SQLite {sqlite()}.",
        f"Bayegan {version('bayegan')}; {peers(options.peers)}.",
        "",
        "## From address to stored story",
        "",
        f"A wire on 127.0.0.1 with {options.stories:,} invented stories in pages of 120 KB, listed by feed and sitemap; {AT_ONCE} requests",
        f"at once, no pauses; each story committed, synchronous=FULL. Medians of {options.rounds} rounds in alternating order; processor",
        "time and memory are of all processes of an entrant. «After kill -9»: killed when half was stored, started again.",
        "",
        *contest(options.stories, options.rounds, options.peers, options.only),
        "",
        "Bayegan also compares each story with those of three days around it, indexes it, keeps its raw page, and obeys robots.txt;",
        "none of the others does. fundus 0.5 is not among them: it needs lxml < 6, which has CVE-2026-41066.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.print:
        PAGE.write_text(text, "utf-8")


def machine() -> str:
    """Return what this machine is: its processor and memory."""
    told = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if ":" in line)
    model = next((value.strip() for name, value in told.items() if name.strip() == "model name"), platform.machine())
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {gib:.0f} GiB, load {os.getloadavg()[0]:.1f} at the end"


def sqlite() -> str:
    import sqlite3  # noqa: PLC0415 - only its version

    return sqlite3.sqlite_version


def peers(python: Path) -> str:
    """Return the versions of the peers, as their environment tells them."""
    ask = f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {NAMED!r}))"
    return subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True, help="the Python of the peers' environment")
    parser.add_argument("--stories", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], choices=list(ENTRANTS))
    parser.add_argument("--print", action="store_true", help="only print the page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
