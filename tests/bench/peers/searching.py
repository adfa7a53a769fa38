"""Import and search: Bayegan and its peers take in the same stories and answer the same queries, one after the other.

    python -m tests.bench.peers.searching --peers SCRATCH/bin/python [--stories 20000] [--only NAME ...] [--print]

Who is not there (PostgreSQL, DuckDB's extension, which it fetches from the network) is named as not run.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from archive.text.letters import HALF_SPACE
from tests.bench.peers.book import versions, write
from tests.bench.synthetic import COMMON, tell

HERE = Path(__file__).parent / "entrants"
ROOT = Path(__file__).parents[3]
# Entrant -> its script, and whether it is run by the peers' Python.
ENTRANTS = {
    "Bayegan": ("find_bayegan.py", False),
    "SQLite FTS5": ("find_fts5.py", False),
    "tantivy-py": ("find_tantivy.py", True),
    "DuckDB fts": ("find_duckdb.py", True),
    "PostgreSQL tsvector": ("find_postgres.py", False),
}
KINDS = ("commonest word", "common word", "rare word", "two words", "phrase")
OF_A_KIND = 40
KNOWN_ITEMS, AMONG = 200, 3_000
SPACINGS: dict[str, Callable[[str], str]] = {
    "as printed": lambda text: text,
    "lost": lambda text: text.replace(HALF_SPACE, ""),
    "blanks": lambda text: text.replace(HALF_SPACE, " "),
}
type Row = dict[str, Any]


def stories(count: int) -> list[Row]:
    """Return invented stories, their words as frequent as those of a language."""
    found = []
    for number in range(count):
        (_, _, _, _, _, _, _, title, lead, body, *_), _ = tell(number, count)
        found.append({"id": number + 1, "title": title, "text": f"{lead}\n{body}"})
    return found


def queries(found: Sequence[Row]) -> list[Row]:
    """Return queries of each kind, drawn from the stories: what is looked for is there."""
    dice, asked = random.Random(7), []
    for kind in KINDS:
        for number in range(OF_A_KIND):
            words = [
                word for word in dice.choice(found)["text"].replace(".", "").replace("،", "").split() if len(word) > 2
            ]
            at = dice.randrange(len(words) - 3)
            rare = sorted(words, key=lambda word: (len(word), word))
            chosen = {
                "commonest word": [COMMON[number % 20]],
                "common word": [rare[0]],
                "rare word": [rare[-1]],
                "two words": [rare[0], rare[-1]],
                "phrase": words[at : at + 2],
            }[kind]
            asked.append({"id": f"{kind} {number}", "kind": kind, "words": chosen, "phrase": kind == "phrase"})
    return asked


def known_items(found: Sequence[Row], spacing: str) -> list[Row]:
    """Return queries that look for one story each: three words of its headline, one of them with a half-space."""
    asked = []
    for one in found:
        words = [word for word in one["title"].split() if len(word) > 2 and word not in COMMON]
        with_half_space = [word for word in words if HALF_SPACE in word]
        if with_half_space and len(asked) < KNOWN_ITEMS:
            chosen = [with_half_space[0], *(word for word in words if word != with_half_space[0])][:3]
            text = SPACINGS[spacing](" ".join(chosen))
            asked.append({"id": str(one["id"]), "kind": "known item", "words": text.split(), "phrase": False})
    return asked


def run(name: str, peers: Path, found: Sequence[Row], asked: Sequence[Row], folder: Path) -> Row | None:
    """Return what an entrant's script tells; None when it cannot run here."""
    script, of_peers = ENTRANTS[name]
    for file, rows in (("stories.jsonl", found), ("queries.jsonl", asked)):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / file).write_text(text, "utf-8")
    with tempfile.TemporaryDirectory(dir=folder) as own:
        done = subprocess.run(
            [peers if of_peers else sys.executable, HERE / script, folder / "stories.jsonl", folder / "queries.jsonl", own],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    if done.returncode:
        print(f"{name}: not run: {done.stderr.strip().splitlines()[-1][:200]}", file=sys.stderr, flush=True)
        return None
    told: Row = json.loads(done.stdout)
    return told


def worst(name: str, peers: Path, found: Sequence[Row], folder: Path) -> tuple[float, float]:
    """Return the MRR@10 of known items as printed, and the worst where half-spaces are lost or blanks, here or there."""
    scores = []
    for there, here in (
        ("as printed",) * 2,
        ("as printed", "lost"),
        ("as printed", "blanks"),
        ("lost", "as printed"),
        ("blanks", "as printed"),
    ):
        spaced = [{"id": one["id"]} | {key: SPACINGS[there](one[key]) for key in ("title", "text")} for one in found]
        told = run(name, peers, spaced, known_items(found, here), folder)
        places = {} if told is None else told["found"]
        ranks = [ids.index(int(item)) + 1 if int(item) in ids else 0 for item, ids in places.items()]
        scores.append(mean(1 / rank if rank else 0.0 for rank in ranks))
    return scores[0], min(scores)


def contest(count: int, peers: Path, only: Sequence[str]) -> Iterator[str]:
    found = stories(count)
    asked = queries(found)
    yield f"| | stories/s | B a story | {' | '.join(f'{kind}, ms' for kind in KINDS)} | known items, MRR@10 | half-spaces lost, worst |"
    yield f"|---|---|---|{'---|' * len(KINDS)}---|---|"
    with tempfile.TemporaryDirectory() as scratch:
        for name in ENTRANTS:
            if only and name not in only:
                continue
            told = run(name, peers, found, asked, Path(scratch))
            if told is None:
                yield f"| {name} | not run |{' |' * (len(KINDS) + 3)}"
                continue
            percent = {kind: quantiles(told["ms"][kind], n=20) for kind in KINDS}
            times = [f"{percent[kind][9]:.1f} / {percent[kind][18]:.1f}" for kind in KINDS]
            printed, least = worst(name, peers, found[:AMONG], Path(scratch))
            row = f"| {name} | {count / told['seconds']:,.0f} | {told['bytes'] / count:,.0f} | {' | '.join(times)} | {printed:.3f} | {least:.3f} |"
            print(row, file=sys.stderr, flush=True)
            yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True, help="the Python of the peers' environment")
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--only", nargs="*", default=[], choices=list(ENTRANTS))
    parser.add_argument("--print", action="store_true", help="only print the table")
    options = parser.parse_args()
    with ExitStack() as stack:
        if not options.only or "PostgreSQL tsvector" in options.only:
            os.environ["BENCH_POSTGRES"] = postgres(stack)
        lines = [
            f"{options.stories:,} invented stories of 2.4 KB, their words as frequent as those of a language, taken in by one process, 1,000 to a",
            f"commit; {OF_A_KIND} queries of each kind, the first ten hits by rank, p50 / p95. Known items: {KNOWN_ITEMS} stories among {AMONG:,}, looked for by three",
            "words of their headline, one with a half-space; then with half-spaces lost or blanks in the query, then in the stories.",
            "",
            *contest(options.stories, options.peers, options.only),
            "",
            "Bayegan also compares each story with those of three days around it, and its hits come with snippets; DuckDB has no phrases and",
            "answers all words; PostgreSQL runs with fsync off. DuckDB fetches its extension from the network when it is first asked.",
        ]  # fmt: skip
    print("\n".join(lines))
    if not options.print:
        write("Import and search", lines, versions(options.peers, ("tantivy", "duckdb")))


def postgres(stack: ExitStack) -> str:
    """Start a PostgreSQL for the contest; return its address, empty when there is none here."""
    from tests.postgres import server  # noqa: PLC0415 - needs psycopg

    try:
        return stack.enter_context(server()).address("postgres")
    except Exception as error:  # noqa: BLE001 - whatever is missing, the others go on
        print(f"PostgreSQL: {error}", file=sys.stderr)
        return ""


if __name__ == "__main__":
    main()
