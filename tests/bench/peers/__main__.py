"""Run Bayegan beside its peers, in one run on this machine, and write what came of it to docs/benchmarks.md.

    python -m tests.bench.peers --peers SCRATCH/bin/python [--stories 2000] [--rounds 5] [--kept FILE] [--print]

SCRATCH is an environment of the peers' own (`make bench-peers` makes it): none of them is a requirement of ours. What each
entrant did is said on standard error as soon as it is known; with --kept a contest that was cut short goes on from there.
"""

import argparse
from pathlib import Path

from tests.bench.peers.book import versions, write
from tests.bench.peers.crawling import AT_ONCE, ENTRANTS, Contest, contest

NAMED = ("trafilatura", "newspaper4k", "news-please", "Scrapy", "aiohttp")


def main() -> None:
    """Run what is asked for and write the page."""
    options = arguments()
    held = Contest(
        stories=options.stories,
        rounds=options.rounds,
        peers=options.peers,
        only=options.only,
        once=options.once,
        kept=options.kept,
    )
    slow = f" ({', '.join(options.once)}: one round)" if options.once else ""
    lines = [
        f"A wire on 127.0.0.1 with {options.stories:,} invented stories in pages of 120 KB, listed by a sitemap; {AT_ONCE} requests",
        f"at once, no pauses; each story committed, synchronous=FULL. Medians of {options.rounds} rounds in alternating order{slow}; processor",
        "time and memory are of all processes of an entrant (shared memory counted once). «After kill -9»: killed when half was",
        "stored, started again.",
        "",
        *contest(held),
        "",
        "Bayegan also compares each story with those of three days around it, indexes it, keeps its raw page, and obeys robots.txt;",
        "none of the others does all of it. Its memory is that of six processes, so that a page that hangs or eats memory is ended alone,",
        "and a crawl as well, with nothing lost. fundus 0.5 is not among them: it needs lxml < 6, which has CVE-2026-41066.",
    ]
    print("\n".join(lines))
    if not options.print:
        write("From address to stored story", lines, versions(options.peers, NAMED))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True, help="the Python of the peers' environment")
    parser.add_argument("--stories", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], choices=list(ENTRANTS))
    parser.add_argument(
        "--once", nargs="*", default=[], choices=list(ENTRANTS), help="run these in the first round only"
    )
    parser.add_argument("--kept", type=Path, help="keep results in this file, and go on from those it has")
    parser.add_argument("--print", action="store_true", help="only print the table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
