"""`bayegan plan`: when which agency is crawled next, and why then."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive import ledger
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option
from archive.search.hits import open_archive
from archive.story import iso
from archive.text.dates import jalali_long
from archive.text.jalali import TEHRAN
from crawler.agency import load_agencies
from scheduler.plan import Due, chosen, plan
from scheduler.rhythms import weights


@click.command("plan")
@click.argument("names", nargs=-1, type=AGENCY, metavar="[AGENCY]...")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many runs of each.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], archive: Path | None, *, count: int, as_json: bool) -> None:
    """Show when each agency is crawled next, and why then.

    The plan follows the settings (interval or cron line, quiet hours, a day's budget), what looks found (an agency that
    lists little new is asked less often), its own busy hours, and its last run: a failed one is tried again soon, a
    missed one made up at once. Further runs are foretold as if each found what the last one found.

    \b
    Examples:
      bayegan plan
      bayegan plan mehr --count 20
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings, now = session.settings, datetime.now(UTC)
    load_agencies(settings)
    keys = list(names) or chosen(settings)
    path = session.archive(archive)
    runs: list[Due] = []
    if path.exists():
        with open_archive(path) as conn:
            timetable, pasts = plan(settings, keys, weights(conn, keys, now)), ledger.pasts(conn, keys, now)
    else:
        timetable, pasts = plan(settings, keys), {key: ledger.Past() for key in keys}
    for key in keys:
        runs += timetable.ahead(key, pasts[key], now, count)
    for one in sorted(runs, key=lambda run: run.at):
        _show(one, now, as_json=as_json)


def _show(one: Due, now: datetime, *, as_json: bool) -> None:
    if as_json:
        echo_json({"agency": one.agency, "at": iso(one.at), "why": one.why, "pace_s": one.pace_s})
        return
    wait_s = (one.at - now).total_seconds()
    soon = "now" if wait_s < 1 else f"in {wait_s / 60:.0f} min" if wait_s < 2 * 3600 else f"in {wait_s / 3600:.1f} h"
    pace = "" if one.pace_s is None else f", every {one.pace_s / 60:.0f} min"
    local = f"{one.at.astimezone(TEHRAN):%H:%M:%S}"
    click.echo(f"{local}  {one.agency:<14} {soon} ({one.why}{pace})  {jalali_long(one.at, clock=False)}")
