"""`bayegan crawl`: crawl agencies now."""

import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, harmless, json_option
from archive.errors import SettingsError
from archive.ledger import Report
from archive.lock import SMALL_CACHE_KIB
from archive.settings import Settings
from archive.store import Store, open_store
from crawler.agency import Agency, check_contact, load_agencies
from scheduler.commands.progress import Progress
from scheduler.desk import Desk, open_desk
from scheduler.plan import chosen, plan
from scheduler.rhythms import rhythms, weights
from scheduler.rounds import Rounds
from scheduler.shift import Shift
from scheduler.tell import Teller, check
from scheduler.watch import Watch

# A round of `crawl --due` walks so many past days at most, while its crawls run; the next round goes on.
FILLS = 4


@click.command("crawl")
@click.argument("names", nargs=-1, type=AGENCY, metavar="[AGENCY]...")
@click.option("--due", "only_due", is_flag=True, help="Only agencies whose interval has passed; for cron.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], archive: Path | None, *, only_due: bool, as_json: bool) -> None:
    """Crawl agencies now and store what is new: those named, else all of the settings.

    Feeds and sitemaps are asked first, politely (robots.txt, a delay between requests, nothing fetched twice), then
    every story that is due. Ends with 0 when all went well, 1 when an agency failed, 75 when another bayegan writes
    to the archive.

    \b
    Examples:
      bayegan crawl mehr isna
      bayegan crawl --due --json       (from cron)
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings = session.settings
    agencies = select(settings, names)
    check(settings.watch)
    with open_store(session.archive(archive), alerts=settings.alerts_folder, cache_kib=SMALL_CACHE_KIB) as store:
        failed = 0
        crawl = crawl_due if only_due else crawl_all
        for report in crawl(store, settings, list(agencies.values()), session.log_level):
            failed += not report.well
            show(report, as_json=as_json)
        if only_due:
            look_over(store, settings, session.archive(archive), agencies)
    sys.exit(1 if failed else 0)


def select(settings: Settings, names: Sequence[str] = ()) -> dict[str, Agency]:
    """Return the agencies to crawl by key: those named, else all of the settings; raises SettingsError.

    An agency of the public web is crawled only by somebody it can write to: `crawler.contact` must be set.
    """
    known = load_agencies(settings)
    for name in names:
        if name not in known:
            raise SettingsError.unknown("agency", name, sorted(known), "no such agency")
    keys = list(dict.fromkeys(names)) or chosen(settings)
    if not keys:
        raise SettingsError("settings", "agencies", "none is named; see `bayegan agencies`")
    agencies = {key: known[key] for key in keys}
    check_contact(settings, agencies.values())
    return agencies


def crawl_all(store: Store, settings: Settings, agencies: Sequence[Agency], log_level: int) -> Iterator[Report]:
    """Crawl `agencies` side by side, with progress; yield each report as it comes. Leaving early ends them calmly."""
    waiting, progress = deque(agencies), Progress()
    with open_desk(store, settings, _now, log_level) as desk:
        _fill(desk, waiting)
        while desk.running:
            if reports := desk.serve(1.0):
                progress.clear()
                yield from reports
            _fill(desk, waiting)
            progress.say(desk.progress)
    progress.clear()


def crawl_due(store: Store, settings: Settings, agencies: Sequence[Agency], log_level: int) -> Iterator[Report]:
    """Crawl those of `agencies` that the plan says are due, as the daemon would; yield each report as it comes."""
    known = {agency.key: agency for agency in agencies}
    timetable, progress = plan(settings, known, weights(store.conn, known, _now())), Progress()
    shift = Shift(store.conn, timetable, _now())
    with open_desk(store, settings, _now, log_level) as desk:
        rounds = Rounds(store, desk, timetable, known)
        waiting = rounds.due(_now())
        filled = 0
        while waiting or desk.running:
            waiting = [one for one in waiting if not rounds.start([one], _now())]
            for report in desk.serve(1.0):
                progress.clear()
                rounds.settle(report, _now())
                yield report
            if not waiting and filled < FILLS and settings.scheduler.walk_days:
                filled += rounds.fill(_now(), settings.scheduler.walk_days)
            progress.say(desk.progress)
            shift.seen(_now())
    progress.clear()
    shift.end(_now())


def look_over(store: Store, settings: Settings, archive: Path, agencies: Mapping[str, Agency]) -> None:
    """Look for troubles as the daemon does every minute, and tell of them."""
    watch, teller, now = Watch(archive, settings.watch, agencies), Teller(settings.watch), _now()
    watch.learn(rhythms(store.conn, agencies, now))
    watch.check(store.conn, now)
    teller.tell(store.conn, now)
    teller.finish(store.conn)


def show(report: Report, *, as_json: bool) -> None:
    """Print one report: a JSON line, or a line for a person."""
    if as_json:
        echo_json(report.as_json())
    else:
        click.echo(line(report))


def line(report: Report) -> str:
    """Return one report for a person; how it ended is coloured."""
    counts = f"{report.new} new, {report.revised} revised, {report.unchanged} unchanged"
    rest = ", ".join(
        f"{n} {name}" for name in ("missing", "empty", "blocked", "failed") if (n := getattr(report, name))
    )
    mark = click.style("ok", fg="green") if report.well else click.style(report.outcome, fg="red")
    why = f": {harmless(report.error)}" if report.error else ""
    return f"{report.agency}: {mark}: {counts}{', ' if rest else ''}{rest} ({report.listed} listed){why}"


def _fill(desk: Desk, waiting: deque[Agency]) -> None:
    while waiting and desk.free:
        desk.start(waiting.popleft())


def _now() -> datetime:
    return datetime.now(UTC)
