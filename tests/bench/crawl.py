"""Crawl real page chrome filled with known stories, served from this machine; say what came home and how fast.

    python -m tests.bench.crawl FOLDER [--no-raw | --ratio]

FOLDER holds pages and truth.jsonl (file, chrome, url, id, title, lead, text, published), where `chrome` is the key of an
agency. Each agency is served on a port of its own with robots.txt, a feed and a sitemap, crawled once into a new archive
without pauses, and compared with the truth: body equal up to blanks, half-spaces lost, sign-offs left. With --ratio it
is crawled three times with raw pages and three times without, by turns: what they cost in processor time, all told.
"""

import ctypes
import json
import logging
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack
from html import escape
from pathlib import Path
from statistics import median
from time import monotonic
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit

from archive.raw.files import folder_of
from archive.settings import AgencySettings, CrawlerSettings, Settings
from archive.store import open_store
from crawler.agency import Agency, load_agencies
from scheduler.commands.crawl import crawl_all
from scheduler.demo.site import Asked, Reply, Site

SIGN_OFF = re.compile(r"(?:نظر شما|انتهای\s?پیام)\W*\w{0,3}$")


def site(folder: Path, rows: list[dict], agency: Agency) -> Site:
    """Serve the pages of one agency at the paths of their addresses."""
    pages = {unquote(urlsplit(row["url"]).path): folder / row["file"] for row in rows}

    def answer(asked: Asked) -> Reply:
        path = unquote(urlsplit(asked.path).path)
        if path == "/robots.txt":
            return Reply(body=b"User-agent: *\nAllow: /\n")
        if path in agency.feeds:
            items = "".join(f"<item><link>{escape(quote(one))}</link></item>" for one in list(pages)[:100])
            return Reply(body=f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())
        if path in agency.sitemaps:
            locs = "".join(f"<url><loc>{server.home.rstrip('/')}{escape(quote(one))}</loc></url>" for one in pages)
            return Reply(body=f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'.encode())
        if path in pages:
            return Reply(body=pages[path].read_bytes(), headers={"Content-Type": "text/html; charset=utf-8"})
        return Reply(status=404)

    server = Site(answer)
    return server


def main(folder: Path, *, raw_pages: bool) -> None:
    truth = [json.loads(line) for line in (folder / "truth.jsonl").open(encoding="utf-8")]
    by_agency = defaultdict(list)
    for row in truth:
        by_agency[row["chrome"]].append(row)
    known = load_agencies(Settings())
    with ExitStack() as stack:
        sites = {key: stack.enter_context(site(folder, rows, known[key])) for key, rows in by_agency.items()}
        settings = Settings(
            crawler=CrawlerSettings(
                delay_s=0.0,
                private_hosts=("127.0.0.1",),
                crawl_links=len(truth),
                requests_at_once=4,
                raw_pages=raw_pages,
            ),
            agencies=MappingProxyType({key: AgencySettings(home=one.home) for key, one in sites.items()}),
        )
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "news.db"
        store = stack.enter_context(open_store(path))
        agencies = [load_agencies(settings)[key] for key in sites]
        started = monotonic()
        for report in crawl_all(store, settings, agencies, logging.WARNING):
            print(report)
        seconds = monotonic() - started
        kept = {
            (agency, story_id): body
            for agency, story_id, body in store.conn.execute("SELECT agency, story_id, body FROM stories")
        }
        raw = sum(file.stat().st_size for file in folder_of(path).glob("*.db*"))
    score(truth, kept)
    print(
        f"{len(truth)} pages in {seconds:.1f} s: {len(truth) / seconds:.1f} pages/s, {raw / len(truth):.0f} B a raw page"
    )


def score(truth: list[dict], kept: dict[tuple[str, str], str]) -> None:
    for chrome in sorted({row["chrome"] for row in truth}):
        counts = Counter()
        for row in (row for row in truth if row["chrome"] == chrome):
            body = kept.get((chrome, str(row["id"])))
            counts["stories"] += 1
            counts["stored"] += body is not None
            if body is None:
                continue
            counts["exact"] += body.split() == row["text"].split()
            signed = SIGN_OFF.search(row["text"])
            unsigned = row["text"][: signed.start()] if signed else row["text"]
            counts["half-spaces lost"] += max(0, unsigned.count("\u200c") - body.count("\u200c"))
            counts["sign-offs left"] += bool(SIGN_OFF.search(body))
        print(chrome, dict(counts), f"archive holds {sum(agency == chrome for agency, _ in kept)}")


def ratio(folder: Path) -> None:
    """Say what raw pages cost: processor time of whole crawls with and without, by turns, start-up included."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    spent: dict[str, list[float]] = {"with raw pages": [], "without": []}
    for name in [*spent] * 3:
        spent[name].append(_processor_s(["--no-raw"] if name == "without" else [], folder))
        print(f"{name}: {spent[name][-1]:.2f} s of processor time", flush=True)
    whole, bare = (median(one) for one in spent.values())
    print(f"raw pages cost {whole / bare - 1:.0%} (medians {whole:.2f} and {bare:.2f} s)")


def _processor_s(options: list[str], folder: Path) -> float:
    """Crawl in a process of its own; return what it and all it started took, orphans too: those come to us."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "tests.bench.crawl", folder, *options], check=True, stdout=subprocess.DEVNULL)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


if __name__ == "__main__":
    if "--ratio" in sys.argv:
        ratio(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]), raw_pages="--no-raw" not in sys.argv)
