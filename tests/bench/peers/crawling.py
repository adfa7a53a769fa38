"""From address to stored story: Bayegan and its peers fetch the same wire, politeness off, one after the other."""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import unquote

from archive.text.letters import HALF_SPACE
from tests.bench.peers.meter import Cost, run

HERE = Path(__file__).parent
AT_ONCE = 8
# Entrant -> its script; `bayegan` is the command itself.
ENTRANTS = {
    "Bayegan": "",
    "Scrapy + trafilatura inline": "scrapy_trafilatura.py",
    "aiohttp + trafilatura": "aiohttp_trafilatura.py",
    "newspaper4k": "newspaper_threads.py",
    "news-please": "news_please.py",
}
HEAD = (
    "| | stories/s | CPU ms a story | peak MiB | missed | twice | body exact | half-spaces kept | after kill -9 and restart |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass
class Told:
    """What an entrant's rounds came to."""

    costs: list[Cost] = field(default_factory=list)
    verdict: str = ""
    after_kill: str = ""

    def row(self, name: str, stories: int) -> str:
        if not self.costs:
            return f"| {name} | not run | | | | | | | |"
        rate = stories / median(cost.seconds for cost in self.costs)
        cpu = 1000 * median(cost.cpu_s for cost in self.costs) / stories
        peak = median(cost.peak_mib for cost in self.costs)
        return f"| {name} | {rate:.1f} | {cpu:.1f} | {peak:.0f} | {self.verdict} | {self.after_kill} |"


@contextmanager
def wire(count: int, folder: Path) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    """Serve a wire from a process of its own; yield its addresses and what its stories say."""
    truth = folder / "truth.jsonl"
    command = [sys.executable, "-m", "tests.bench.peers.wire", str(count), str(truth)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        try:
            rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
            yield told, [row | {"url": unquote(row["url"])} for row in rows]
        finally:
            process.stdin.close()
            process.wait()


def contest(count: int, rounds: int, peers: Path, only: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the table; each round runs all entrants, every other one backwards."""
    named = [name for name in ENTRANTS if not only or name in only]
    told = {name: Told() for name in named}
    with tempfile.TemporaryDirectory() as scratch, wire(count, Path(scratch)) as (site, truth):
        for number in range(rounds):
            for name in named if number % 2 == 0 else reversed(named):
                with tempfile.TemporaryDirectory() as folder:
                    told[name].costs.append(run(command(name, site, Path(folder), peers), log=Path(folder) / "log"))
                    told[name].verdict = judged(rows(name, Path(folder)), truth)
                    say(f"round {number + 1}: {told[name].row(name, count)}")
        for name in named:
            told[name].after_kill = killed(name, site, truth, peers)
            say(f"killed: {name}: {told[name].after_kill}")
    yield HEAD
    for name in named:
        yield told[name].row(name, count)


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def killed(name: str, site: dict[str, str], truth: list[dict[str, str]], peers: Path) -> str:
    """Return what is stored after a crawl was killed at half its stories and started again."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        words = command(name, site, folder, peers)
        run(words, until=lambda: len(rows(name, folder)) >= len(truth) // 2, log=folder / "log")
        run(words, log=folder / "log")
        found = Counter(url for url, _ in rows(name, folder))
    missed, twice = sum(row["url"] not in found for row in truth), sum(n > 1 for n in found.values())
    return f"{missed} missed, {twice} twice"


def command(name: str, site: dict[str, str], folder: Path, peers: Path) -> list[str]:
    """Return the command that makes an entrant fetch the wire and keep its stories in `folder`."""
    if ENTRANTS[name]:
        return [str(peers), str(HERE / "entrants" / ENTRANTS[name]), site["sitemap"], str(folder)]
    (folder / "own").mkdir(exist_ok=True)
    (folder / "own" / "wire.toml").write_text(
        f'name = "wire"\nhome = "{site["home"]}"\nfamily = "nastooh"\nstory = \'/news/(?P<id>\\d+)\'\nfeeds = []\n',
        "utf-8",
    )
    (folder / "settings.toml").write_text(
        f"[crawler]\ndelay_s = 0\nrequests_at_once = {AT_ONCE}\ncrawl_links = 100000\nfeed_links = 100000\n"
        'private_hosts = ["127.0.0.1"]\nagencies_dir = "own"\ncrawl_s = 3600\n[agencies]\nwire = {}\n',
        "utf-8",
    )
    bayegan = Path(sys.executable).with_name("bayegan")
    return [str(bayegan), "--settings", str(folder / "settings.toml"), "crawl", "wire"]


def rows(name: str, folder: Path) -> list[tuple[str, str]]:
    """Return address and body of each story an entrant has stored so far."""
    file, sql = (
        ("stories.db", "SELECT url, body FROM stories")
        if ENTRANTS[name]
        else ("news.db", "SELECT url, body FROM stories")
    )
    if not (folder / file).exists():
        return []
    with closing(sqlite3.connect(folder / file)) as conn:
        try:
            return [(unquote(url), body) for url, body in conn.execute(sql)]
        except sqlite3.OperationalError:
            return []  # the table is not made yet


def judged(found: list[tuple[str, str]], truth: list[dict[str, str]]) -> str:
    """Return missed, stored twice, bodies that are the truth up to blanks (with or without the lead), half-spaces kept."""
    counts, bodies = Counter(url for url, _ in found), dict(found)
    exact = kept = printed = 0
    for row in truth:
        body = bodies.get(row["url"], "")
        exact += joined(body) in (joined(row["body"]), joined(f"{row['lead']} {row['body']}"))
        printed += row["body"].count(HALF_SPACE)
        kept += min(body.count(HALF_SPACE), row["body"].count(HALF_SPACE))
    missed = sum(row["url"] not in bodies for row in truth)
    return f"{missed} | {sum(n > 1 for n in counts.values())} | {exact / len(truth):.3f} | {kept / printed:.3f}"


def joined(text: str) -> str:
    return " ".join(text.split())
