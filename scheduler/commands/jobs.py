"""`bayegan jobs`: ask the workers of a shared archive for something, or see what waits."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from archive import coverage, holdings, pages
from archive.commands.period import days
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option
from archive.errors import SettingsError
from archive.pages import Span
from archive.search.hits import open_archive
from archive.search.span import of_id
from archive.store import open_store
from archive.text.dates import parse_days
from archive.text.jalali import jalali_day, month_days, months_between
from scheduler import holes
from scheduler.asked import Job
from scheduler.commands.crawl import select
from scheduler.commands.worker import broker_of, shared


@click.command("jobs")
@click.argument("kind", type=click.Choice(["crawl", "recheck", "backfill", "reprocess"]), required=False)
@click.argument("names", nargs=-1, type=AGENCY, metavar="[AGENCY]...")
@click.option(
    "--from",
    "since",
    default="",
    help="First day of a back-fill, or of the stories whose pages are read again: 1403/01/01.",
)
@click.option("--to", "until", default="", help="Last day.  [default: yesterday; of pages: today]")
@click.option("--cancel", is_flag=True, help="Take back what was asked for and no worker has begun, of all days.")
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
    cancel: bool,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Ask the workers of a shared archive for something; without KIND, say what waits.

    A re-check looks again at pages that were seen before and whose time for that has come, and asks for nothing new. A
    back-fill is a job a day, the latest first; days that were walked to their end are not asked for again.
    `reprocess` has raw pages read again by today's rules (see `bayegan reprocess`), a job for each agency, month and
    folder that holds any: only the worker of that folder does it. A job that waits already is not put there twice.

    \b
    Examples:
      bayegan jobs                                                    (how many wait, are done, have failed)
      bayegan jobs crawl mehr isna
      bayegan jobs recheck mehr
      bayegan jobs backfill mehr --from 1403/07/01 --to 1403/07/30
      bayegan jobs reprocess mehr --from 1403/07/01                   (after a rule was corrected)
      bayegan jobs reprocess mehr --cancel                            (its machine is not coming back)
    """  # noqa: D301 - \b keeps Click from filling the lines
    if cancel and (kind is None or since or until):
        raise click.UsageError("--cancel needs a KIND, and no days")
    place = shared(session.archive(archive))
    broker = broker_of(place, session.settings)
    if kind is None:
        counts = broker.waiting()
        _say(
            counts,
            ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "nothing waits",
            as_json,
        )
    elif cancel:
        taken = broker.cancel(kind, names)
        _say({"cancelled": taken}, f"{taken:,} cancelled", as_json)
    else:
        jobs = _jobs(place, kind, list(select(session.settings, names)), since, until)
        asked = broker.ask(jobs)
        waiting = len(jobs) - asked
        _say({"asked": asked, "waiting": waiting}, f"{asked:,} asked for, {waiting:,} were waiting already", as_json)


def _say(told: Mapping[str, int], line: str, as_json: bool) -> None:
    if as_json:
        echo_json(told)
    else:
        click.echo(line)


def _jobs(place: Path, kind: str, agencies: list[str], since: str, until: str) -> list[Job]:
    """Return the jobs that a person asks for; UsageError when the days do not fit the kind."""
    if kind == "backfill" and not since:
        raise click.UsageError("a back-fill needs --from")
    if kind in ("crawl", "recheck") and (since or until):
        raise click.UsageError(f"a {kind} has no days")
    if kind == "backfill":
        return _backfills(place, agencies, _days(since, until))
    if kind == "reprocess":
        return _rereadings(place, agencies, *days(since or None, until or None))
    return [Job(kind=kind, agency=key) for key in agencies]


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


def _rereadings(place: Path, agencies: list[str], first: date | None, last: date | None) -> list[Job]:
    """Return a job for each month of stories, agency and folder that may hold raw pages of these, the latest first."""
    with open_store(place) as store:  # which brings an archive that an older program made up to date
        (number,) = store.conn.execute("SELECT min(id) FROM stories").fetchone()
        spans = _months(first, last, coverage.today(datetime.now(UTC)) if number is None else of_id(number))
        held = {span: pages.months(store.conn, Span.of("", *span)) for span in spans}
        holders = holdings.holders(store.conn)
    return [
        Job(kind="reprocess", agency=key, day=day.isoformat() if day else "", until=until.isoformat(), folder=folder)
        for (day, until), found in reversed(held.items())
        for key in agencies
        for folder, months in holders.items()
        if any((key, month) in found for month in months)
    ]


def _months(first: date | None, last: date | None, oldest: date) -> Iterator[tuple[date | None, date]]:
    """Yield the Jalali months from `first` to `last`; without these, from the `oldest` day and before to this month."""
    year, month, _ = jalali_day(coverage.today(datetime.now(UTC)))
    months = months_between(first or oldest, last or month_days(year, month)[1])
    for at, (day, until) in enumerate(months):
        yield (day if first or at else None), until
