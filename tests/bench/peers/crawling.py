"""From address to stored story: Bayegan and its peers fetch the same wire, politeness off, one after the other."""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
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


@dataclass(frozen=True, kw_only=True)
class Contest:
    """How it is held: rounds (the slow of `once` run only in the first), the peers' Python, and where results are kept.

    A contest that was cut short goes on from the results that are kept; without a file it begins anew each time.
    """

    stories: int
    rounds: int
    peers: Path
    only: Sequence[str] = ()
    once: Sequence[str] = ()
    kept: Path | None = None

    def known(self) -> dict[str, list[Any]]:
        """Return what is kept of a contest of as many stories, by entrant and round."""
        if self.kept is None or not self.kept.exists():
            return {}
        rows = [json.loads(line) for line in self.kept.read_text("utf-8").splitlines()]
        return {row["what"]: row["told"] for row in rows if row["stories"] == self.stories}

    def keep(self, what: str, told: list[Any]) -> list[Any]:
        say(f"{what}: {told}")
        if self.kept is not None:
            with self.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"stories": self.stories, "what": what, "told": told}) + "\n")
        return told


def contest(held: Contest) -> Iterator[str]:
    """Yield the lines of the table; each round runs all entrants, every other one backwards."""
    named = [name for name in ENTRANTS if not held.only or name in held.only]
    told, known = {name: Told() for name in named}, held.known()
    with tempfile.TemporaryDirectory() as scratch, wire(held.stories, Path(scratch)) as (site, truth):
        for number in range(held.rounds):
            for name in named if number % 2 == 0 else reversed(named):
                if number and name in held.once:
                    continue
                what = f"{name}, round {number + 1}"
                cost, told[name].verdict = known.get(what) or held.keep(what, raced(name, site, truth, held.peers))
                told[name].costs.append(Cost(*cost))
        for name in named:
            what = f"{name}, killed"
            (told[name].after_kill,) = known.get(what) or held.keep(what, [killed(name, site, truth, held.peers)])
    yield HEAD
    for name in named:
        yield told[name].row(name, held.stories)


def raced(name: str, site: dict[str, str], truth: list[dict[str, str]], peers: Path) -> list[Any]:
    """Return what one run cost and what came home."""
    with tempfile.TemporaryDirectory() as folder:
        cost = run(command(name, site, Path(folder), peers), log=Path(folder) / "log")
        return [astuple(cost), judged(rows(name, Path(folder)), truth)]


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
