"""`bayegan demo`: the whole way of a story, on an invented wire of this machine."""

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType

import click

from archive.commands.search import print_hit
from archive.commands.terminal import Session, archive_option
from archive.errors import ArchiveError
from archive.ledger import Report
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.settings import AgencySettings, ArchiveSettings, CrawlerSettings, Settings
from archive.store import open_store
from crawler.agency import load_agencies
from scheduler.commands.crawl import crawl_all, show
from scheduler.demo.wire import AGENCIES, Wire, demo_wires, second_look

FILE = Path("bayegan-demo.db")
QUERIES = ("گفتوگوی تلفنی", "كتابخانه هاي روستايي", "۱۵ استان")


@click.command("demo")
@archive_option
@click.pass_obj
def command(session: Session, archive: Path | None) -> None:
    """Crawl, search and look around an invented wire on this machine; no internet, half a minute at most.

    Two invented agencies are served on 127.0.0.1 and crawled twice by the real spiders: once when all is new, once
    after one story was changed. Then some searches, and what to try next. The archive (./bayegan-demo.db unless
    --archive says otherwise) is made anew each time; one that holds other stories is left alone.
    """
    path = archive or session.archive_path or FILE
    _forget(path)
    now = datetime.now(UTC)
    with ExitStack() as stack:
        wires = [stack.enter_context(wire) for wire in demo_wires(now)]
        folder = stack.enter_context(as_file(files("scheduler.demo") / "agencies"))
        settings = _settings(wires, folder, path)
        _say("1. First look: everything is new")
        well = _crawl(settings, path, session.log_level)
        changed = second_look(wires, datetime.now(UTC))
        _say(f"2. Second look: {changed} story was changed, two only touched, the rest is not asked for again")
        well = _crawl(settings, path, session.log_level) and well
    _say("3. Search: spelt with half-spaces, without, in Arabic letters")
    for text in QUERIES:
        _search(path, text)
    _next(path)
    sys.exit(0 if well else 1)


def _forget(path: Path) -> None:
    """Delete the archive of an earlier demonstration; raises ArchiveError for any other, which nobody wants to lose."""
    if path.exists():
        with open_store(path) as store:  # nobody is writing to it, and an older one can be read
            known = {key for (key,) in store.conn.execute("SELECT key FROM agencies")}
        if not known <= set(AGENCIES):
            raise ArchiveError(path, "no archive of a demonstration", "it is not made anew; give another --archive")
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink(missing_ok=True)


def _settings(wires: Sequence[Wire], folder: Path, path: Path) -> Settings:
    """Return settings that crawl `wires` without pauses: they are ours, and on this machine."""
    return Settings(
        archive=ArchiveSettings(path=str(path)),
        crawler=CrawlerSettings(
            delay_s=0.0,
            sitemap_s=0.0,
            private_hosts=("127.0.0.1",),
            agencies_dir=str(folder.absolute()),
            raw_pages=False,
        ),
        agencies=MappingProxyType({wire.key: AgencySettings(home=wire.home) for wire in wires}),
    )


def _crawl(settings: Settings, path: Path, log_level: int) -> bool:
    agencies = load_agencies(settings)
    reports: list[Report] = []
    with open_store(path) as store:
        for report in crawl_all(store, settings, [agencies[key] for key in settings.agencies], log_level):
            show(report, as_json=False)
            reports.append(report)
    return all(report.well for report in reports)


def _search(path: Path, text: str) -> None:
    click.echo(f"$ bayegan search {text}")
    with open_archive(path) as conn:
        for hit in search(conn, Query(text=text, limit=2)).hits:
            print_hit(hit)


def _next(path: Path) -> None:
    with open_archive(path) as conn:
        (story,) = conn.execute("SELECT id FROM stories ORDER BY revision DESC, id DESC LIMIT 1").fetchone()
    _say("Try next")
    program = "bayegan" if shutil.which("bayegan") else os.path.relpath(sys.argv[0])
    for line in (
        f"--archive {path} search کتاب‌خوانی --sort newest",
        f"--archive {path} show {story}",
        f"--archive {path} browse",
        "agencies",
        "crawl mehr          (set crawler.contact in settings.toml first)",
    ):
        click.echo(f"  {program} {line}")


def _say(text: str) -> None:
    click.secho(f"\n{text}", bold=True)
