"""`bayegan demo`: the whole way of a story, on an invented wire of this machine."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType

import click

from archive.commands.search import print_hit
from archive.commands.terminal import Session, archive_option
from archive.ledger import Report
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.settings import AgencySettings, ArchiveSettings, CrawlerSettings, Settings
from archive.store import open_store
from crawler.agency import load_agencies
from scheduler.commands.crawl import crawl_all, show
from scheduler.demo.wire import Wire, demo_wires, second_look

FILE = Path("bayegan-demo.db")
QUERIES = ("گفتوگوی تلفنی", "كتابخانه هاي روستايي", "۱۵ استان")


@click.command("demo")
@archive_option
@click.pass_obj
def command(session: Session, archive: Path | None) -> None:
    """Crawl, search and look around an invented wire on this machine; no internet, half a minute at most.

    Two invented agencies are served on 127.0.0.1 and crawled twice by the real spiders: once when all is new, once
    after one story was changed. Then some searches, and what to try next. The archive (./bayegan-demo.db unless
    --archive says otherwise) is made anew each time.
    """
    path = archive or session.archive_path or FILE
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError):
            file.unlink()
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


def _settings(wires: Sequence[Wire], folder: Path, path: Path) -> Settings:
    """Return settings that crawl `wires` without pauses: they are ours, and on this machine."""
    return Settings(
        archive=ArchiveSettings(path=str(path)),
        crawler=CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",), agencies_dir=str(folder.absolute())),
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
    for line in (
        f"bayegan --archive {path} search کتاب‌خوانی --sort newest",
        f"bayegan --archive {path} show {story}",
        f"bayegan --archive {path} browse",
        "bayegan agencies",
        "bayegan crawl mehr          (set crawler.contact in settings.toml first)",
    ):
        click.echo(f"  {line}")


def _say(text: str) -> None:
    click.secho(f"\n{text}", bold=True)
