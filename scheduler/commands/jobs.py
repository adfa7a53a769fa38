"""`bayegan jobs`: ask the workers of a shared archive for something, or see what waits."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from archive import coverage
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option
from archive.errors import SettingsError
from archive.search.hits import open_archive
from archive.text.dates import parse_days
from scheduler import holes
from scheduler.asked import Job
from scheduler.commands.crawl import select
from scheduler.commands.worker import broker_of, shared


@click.command("jobs")
@click.argument("kind", type=click.Choice(["crawl", "recheck", "backfill"]), required=False)
@click.argument("names", nargs=-1, type=AGENCY, metavar="[AGENCY]...")
@click.option("--from", "since", default="", help="First day of a back-fill, Jalali or Gregorian: 1403/01/01.")
@click.option("--to", "until", default="", help="Its last day.  [default: yesterday]")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    kind: str | None,
    names: tuple[str, ...],
    *,
    since: str,
    until: str,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Ask the workers of a shared archive for crawls, re-checks or back-fills; without KIND, say what waits.

    A re-check looks again at pages that were seen before and whose time for that has come, and asks for nothing new. A
    back-fill is a job a day, the latest first; days that were walked to their end are not asked for again. A job that
    waits already is not put there twice.

    \b
    Examples:
      bayegan jobs                                                    (how many wait, are done, have failed)
      bayegan jobs crawl mehr isna
      bayegan jobs recheck mehr
      bayegan jobs backfill mehr --from 1403/07/01 --to 1403/07/30
    """  # noqa: D301 - \b keeps Click from filling the lines
    place = shared(session.archive(archive))
    broker = broker_of(place, session.settings)
    if kind is None:
        counts = broker.waiting()
        if as_json:
            echo_json(counts)
        else:
            click.echo(", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "nothing waits")
        return
    if (kind == "backfill") != bool(since):
        raise click.UsageError("only a back-fill has days, and it needs --from")
    agencies = select(session.settings, names)
    days = _days(since, until) if since else []
    jobs = _backfills(place, list(agencies), days) if days else [Job(kind=kind, agency=key) for key in agencies]
    asked = broker.ask(jobs)
    if as_json:
        echo_json({"asked": asked, "waiting": len(jobs) - asked})
    else:
        click.echo(f"{asked:,} asked for, {len(jobs) - asked:,} were waiting already")


def _days(since: str, until: str) -> list[date]:
    now = datetime.now(UTC)
    first = parse_days(since, now=now)[0]
    last = parse_days(until, now=now)[1] if until else coverage.today(now) - timedelta(days=1)
    if last < first:
        raise SettingsError("--from", since, "is after the last day")
    return [last - timedelta(days=n) for n in range((last - first).days + 1)]


def _backfills(place: Path, agencies: list[str], days: list[date]) -> list[Job]:
    """Return a job for each agency and day that was not walked to its end after it was over."""
    with open_archive(place) as conn:
        walked = {key: coverage.walked(conn, key, days[-1], days[0]) for key in agencies}
    return [
        Job(kind="backfill", agency=key, day=day.isoformat())
        for key in agencies
        for day in days
        if day not in walked[key] or walked[key][day] < holes.over(day)
    ]
