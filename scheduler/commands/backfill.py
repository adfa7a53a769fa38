"""`bayegan backfill`: walk an agency's archive of past days and fetch what is not stored."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import click

from archive import coverage
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option
from archive.ledger import Report
from archive.settings import Settings
from archive.store import Store, open_store
from archive.text.dates import jalali, parse_days
from archive.text.jalali import midnight
from crawler.agency import Agency
from scheduler import holes
from scheduler.commands.crawl import select, show
from scheduler.commands.progress import Progress
from scheduler.desk import Desk, open_desk
from scheduler.job import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A day that was walked, of how many, and what the walk brought."""

    day: date
    number: int
    of: int
    report: Report
    left_s: float


@click.command("backfill")
@click.argument("name", type=AGENCY, metavar="AGENCY")
@click.option("--from", "since", required=True, help="First day, Jalali or Gregorian: 1403/01/01.")
@click.option("--to", "until", default="", help="Last day.  [default: yesterday]")
@click.option("--again", is_flag=True, help="Walk also days that were walked before.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session, name: str, since: str, until: str, archive: Path | None, *, again: bool, as_json: bool
) -> None:
    """Walk an agency's own archive of past days, the latest first, and fetch the stories that are not stored.

    Each day's list is read page by page, politely; items of other days are left out by their own date. An agency
    without a day archive is asked for its sitemaps. Interrupted, it goes on where it was when called again: days that
    were walked to their end are not walked twice. Ends with 1 when a day could not be walked to its end.

    \b
    Examples:
      bayegan backfill mehr --from 1403/01/01 --to 1403/01/31
      bayegan backfill tasnim --from 1402/12/01
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings = session.settings
    agency = select(settings, [name])[name]
    now = datetime.now(UTC)
    first = parse_days(since, now=now)[0]
    last = parse_days(until, now=now)[1] if until else coverage.today(now) - timedelta(days=1)
    failed = 0
    with open_store(session.archive(archive)) as store:
        days = [last - timedelta(days=n) for n in range((last - first).days + 1)]
        if not again:
            walked = coverage.walked(store.conn, agency.key, first, last)
            days = [day for day in days if day not in walked or walked[day] < holes.over(day)]
        for step in walk(store, settings, agency, days, session.log_level):
            failed += not step.report.well
            _show(step, as_json=as_json)
    sys.exit(1 if failed else 0)


def walk(store: Store, settings: Settings, agency: Agency, days: Sequence[date], log_level: int) -> Iterator[Step]:
    """Walk each of `days` and fetch what it lists; yield each as it is done. Stops at a day that fails."""
    started = monotonic()
    with open_desk(store, settings, lambda: datetime.now(UTC), log_level) as desk:
        for number, day in enumerate(days, 1):
            report = _errand(desk, agency, Errand(kind="backfill", rechecks=0, days=(day,)))
            while report.well and report.fetched >= settings.crawler.crawl_links:  # more than one crawl may fetch
                report = _errand(desk, agency, Errand(kind="backfill", rechecks=0, days=(day,)))
            left_s = (monotonic() - started) / number * (len(days) - number)
            yield Step(day=day, number=number, of=len(days), report=report, left_s=left_s)
            if not report.well or report.outcome == "stopped":
                return


def _errand(desk: Desk, agency: Agency, errand: Errand) -> Report:
    """Do one errand to its end."""
    progress = Progress()
    desk.start(agency, errand)
    while True:
        for report in desk.serve(1.0):
            progress.clear()
            return report
        progress.say(desk.progress)


def _show(step: Step, *, as_json: bool) -> None:
    day = jalali(midnight(step.day))
    if as_json:
        echo_json({"day": day, "number": step.number, "of": step.of, **step.report.as_json()})
        return
    minutes = step.left_s / 60
    told = f"{minutes:.0f} min" if minutes < _LONG else f"{minutes / 60:.1f} h"
    left = f", about {told} left" if step.number < step.of else ""
    click.echo(f"{day}  day {step.number} of {step.of}{left}  ", nl=False)
    show(step.report, as_json=False)


_LONG = 120  # minutes; more is told in hours
