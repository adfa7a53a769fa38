"""Say where the processor time of one story goes, from its request to its commit, and write it to docs/benchmarks.md.

    python -m tests.bench.profile [--stories 500] [--rounds 3] [--save FILE] [--before FILE] [--print]

The command itself crawls the wire of `tests.bench.peers` and every process takes the time of its own steps. With --save
the table is kept as JSON, with --before such a table stands beside the new one.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from tests.bench import stopwatch

# The process that does it -> what the steps are called, and where they are. What a process does beside them is `rest`.
READER = {
    "crawler.discover.feeds:_parse": "feeds and sitemaps",
    "crawler.discover.feeds:first": "feeds and sitemaps",
    "crawler.discover.sitemaps:_newest": "feeds and sitemaps",
    "crawler.reader:extract": "dates, footers, judgement",
    "crawler.extract.page:decode": "charset, illegal characters",
    "crawler.extract.page:parse": "parse (lxml)",
    "crawler.extract.page:read_head": "head: metas, JSON-LD",
    "crawler.extract.rule:Reader.title": "family's rule",
    "crawler.extract.rule:Reader.paragraphs": "family's rule",
    "crawler.extract.rule:Reader.text": "family's rule",
    "crawler.extract.rule:Reader.tags": "family's rule",
    "crawler.extract.rule:Reader.images": "family's rule",
    "crawler.extract.rule:Reader.short_link": "family's rule",
    "crawler.extract.rule:Reader.story_id": "family's rule",
    "crawler.extract.generic:words_of": "trafilatura, as judge",
    "crawler.extract.generic:story_of": "trafilatura, as teller",
    "crawler.reader:analyse": "addresses, row",
    "archive.analysis:content_hash": "content hash",
    "archive.analysis:entry": "words and stems of the index",
    "archive.analysis:sketch": "fingerprints",
}
CRAWL = {
    "scheduler.job:ForkingPickler.dumps": "ask the writer",
    "crawler.guard:refusal": "guard of addresses",
    "archive.raw.page:Packer.pack": "pack the raw page (zstd, SHA-256)",
}
WRITER = {
    "scheduler.desk:Desk.serve": "the pipe, the desk",
    "scheduler.desk:Desk.start": "start a crawl",
    "scheduler.desk:Desk._learn": "house lines, health",
    "archive.intake:Intake.discover": "note links",
    "archive.intake:Intake.lease": "lease links",
    "archive.intake:Intake.keep": "link done, commit",
    "archive.intake:Intake._keep_page": "is it known?",
    "archive.raw.files:RawWriter.keep": "write the raw page, commit",
    "archive.store:Store._file": "row of the story, place",
    "archive.store:filing.file": "copies: find, compare, file",
    "archive.indexing:Indexing.add": "index",
    "archive.ledger:end": "ledger",
}
PROCESSES = {"reader": READER, "crawl": CRAWL, "writer": WRITER}
OTHERS = "fork servers"
_FOLDER = "BAYEGAN_STOPWATCH"


def measured(stories: int) -> dict[str, float]:
    """Return «process: step» -> ms a story of one crawl."""
    from tests.bench.peers.crawling import command, wire  # noqa: PLC0415 - not in the processes that are measured
    from tests.bench.peers.meter import run  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as scratch, wire(stories, Path(scratch)) as (site, _):
        folder = Path(scratch)
        words = command("Bayegan", site, folder, folder)[1:]
        (folder / "steps").mkdir()
        os.environ[_FOLDER] = str(folder / "steps")
        cost = run([sys.executable, "-m", "tests.bench.profile", "--as", *words], log=folder / "log")
        if cost.exit_code:
            sys.exit((folder / "log").read_text("utf-8"))
        found = stopwatch.read(folder / "steps")
    spent: Counter[str] = Counter()
    for one in found:
        names = set(one["own_s"])
        process = max(PROCESSES, key=lambda name: len(names & set(PROCESSES[name].values())))
        for step, own_s in one["own_s"].items():
            spent[f"{process}: {step}"] += own_s
        spent[f"{process}: rest"] += one["cpu_s"] - sum(one["own_s"].values())
    spent[f"{OTHERS}: rest"] = cost.cpu_s - spent.total()
    return {step: 1000 * seconds / stories for step, seconds in spent.items()}


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for one in rounds for name in one)
    return {name: median(one.get(name, 0.0) for one in rounds) for name in names}


def table(now: dict[str, float], before: dict[str, float] | None) -> list[str]:
    """Return the table, each process with its steps by what they take; shares are those of now."""
    total = sum(now.values())
    then = "" if before is None else " before |"
    lines = [f"| process: step |{then} ms a story | share |", f"|---|{'---|' if then else ''}---|---|"]

    def line(name: str, before_ms: float, ms: float) -> str:
        was = "" if before is None else f" {before_ms:.2f} |"
        return f"| {name} |{was} {ms:.2f} | {ms / total:.1%} |"

    for process in (*PROCESSES, OTHERS):
        steps = {
            name: now.get(name, 0.0)
            for name in dict.fromkeys((*now, *(before or {})))
            if name.startswith(f"{process}: ")
        }
        was = {name: (before or {}).get(name, 0.0) for name in steps}
        lines.append(line(f"**{process}**", sum(was.values()), sum(steps.values())))
        if process != OTHERS:
            ranked = sorted(steps, key=lambda name: -max(steps[name], was[name]))
            lines += [line(name, was[name], steps[name]) for name in ranked]
    return [*lines, line("**all**", sum((before or {}).values()), total)]


def main() -> None:
    options = arguments()
    before = None if options.before is None else json.loads(options.before.read_text("utf-8"))
    found = medians([measured(options.stories) for _ in range(options.rounds)])
    if options.save is not None:
        options.save.write_text(json.dumps(found), "utf-8")
    lines = [
        f"Processor time of one story, from its request to its commit: means of {options.stories:,} stories, medians of",
        f"{options.rounds} crawls of the wire above, start-up included. A step's time is its own, without that of steps inside it.",
        "",
        *table(found, before),
    ]
    print("\n".join(lines))
    if not options.print:
        from tests.bench.peers.book import write  # noqa: PLC0415 - as above

        write("Where the time of a story goes", lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--save", type=Path, help="keep the table as JSON")
    parser.add_argument("--before", type=Path, help="a table that was kept, to stand beside the new one")
    parser.add_argument("--print", action="store_true", help="only print the table")
    return parser.parse_args()


def crawl() -> None:
    """Be the command, its steps timed."""
    import scheduler.cli  # noqa: PLC0415 - only where it is measured
    import scheduler.commands.crawl  # noqa: PLC0415 - else loaded later

    stopwatch.install(Path(os.environ[_FOLDER]), WRITER)
    scheduler.cli.main(sys.argv[2:])


if __name__ == "__main__":
    crawl() if sys.argv[1:2] == ["--as"] else main()
elif __name__ == "__mp_main__" and _FOLDER in os.environ:  # a process that the command started
    stopwatch.install(Path(os.environ[_FOLDER]), READER | CRAWL)
