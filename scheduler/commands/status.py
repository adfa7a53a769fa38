"""`bayegan status`: how each agency does, and what is wrong, on one screen."""

import sqlite3
import sys
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from archive import alarms, ledger, shifts, standing
from archive.alarms import Alarm
from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option
from archive.errors import SettingsError
from archive.search.hits import open_archive
from archive.shifts import LastShift, Pause
from archive.standing import Which
from archive.store import open_store
from archive.story import iso
from crawler.agency import load_agencies
from scheduler.plan import chosen

_DAY = timedelta(days=1)
# A supervisor says every minute that it is there.
_SEEN = timedelta(minutes=3)


@click.command("status")
@click.option("--dismiss", type=int, metavar="ALARM", help="End an alarm: this is how the agency is now.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, *, dismiss: int | None, archive: Path | None, as_json: bool) -> None:
    """Show how each agency does: its last crawl, the stories of a day, links that wait; then what is wrong.

    Said first is whether anybody is at work, why nobody was in the last two days, and whose certificates are not
    verified because an agency file says so.

    Alarms begin and end by themselves: an agency is silent, blocked, failing or slow, its layout has changed, its dates
    are odd; nothing can be reached, the disk is full, the clock has jumped. Ends with 1 while there is an alarm.

    \b
    Examples:
      bayegan status
      bayegan status --dismiss 3
    """  # noqa: D301 - \b keeps Click from filling the lines
    path, now = session.archive(archive), datetime.now(UTC)
    if dismiss is not None:
        _dismiss(path, dismiss, now)
    with open_archive(path) as conn:
        agencies, wrong = _agencies(conn, now), alarms.alarms(conn, going_on=True)
        last, pauses = shifts.last(conn), shifts.pauses(conn, now - 2 * _DAY)
    unverified = _unverified(session, {row["agency"] for row in agencies})
    if as_json:
        told = [
            {"since": iso(one.since), "until": iso(one.until), "why": one.why, "missed": one.missed} for one in pauses
        ]
        said = {"agencies": agencies, "alarms": [asdict(one) for one in wrong], "pauses": told}
        echo_json({**said, "unverified_certificates": unverified})
    else:
        _house(last, pauses, now)
        if unverified:
            click.secho(f"certificates not verified (verify_tls = false): {', '.join(unverified)}", fg="yellow")
        _print(agencies, wrong)
    sys.exit(1 if wrong else 0)


def _house(last: LastShift | None, pauses: list[Pause], now: datetime) -> None:
    """Say whether anybody is at work, and why nobody was in the last two days."""
    if last is None:
        click.echo("nobody has crawled by plan yet: bayegan run, or bayegan crawl --due from cron")
    elif last.ended is None and now - last.seen < _SEEN:
        click.echo("at work")
    else:
        click.secho(f"nobody is at work since {iso(last.ended or last.seen)}", fg="red")
    for one in pauses:
        click.echo(f"{one.why} ({one.missed:,} runs missed, each agency's made up by one)")


def _unverified(session: Session, crawled: Collection[str]) -> list[str]:
    """Return the agencies, of the settings or crawled before, whose certificates are believed without proof.

    Settings that are wrong are said to be so; what else there is to see is shown all the same.
    """
    try:
        known = load_agencies(session.settings)
    except SettingsError as error:
        click.echo(f"bayegan: {error}", err=True)
        return []
    return [
        key for key, one in known.items() if not one.verify_tls and (key in crawled or key in chosen(session.settings))
    ]


def _dismiss(path: Path, alarm: int, now: datetime) -> None:
    with open_archive(path):
        pass  # a missing file is an error, not a new archive
    with open_store(path) as store:
        if not alarms.dismiss(store.conn, alarm, now):
            raise SettingsError("--dismiss", str(alarm), "no such alarm is open")


def _agencies(conn: sqlite3.Connection, now: datetime) -> list[dict[str, Any]]:
    """Return a row for each agency that was ever crawled."""
    lately, links = ledger.brought(conn, now - _DAY), standing.tally(conn, Which())
    return [
        {
            "agency": crawl.agency,
            "crawled": crawl.started,
            "outcome": crawl.outcome,
            "error": crawl.error,
            "new_in_a_day": lately.get(crawl.agency, 0),
            "links": links.get(crawl.agency, {}),
        }
        for crawl in ledger.last_crawls(conn)
    ]


def _print(agencies: list[dict[str, Any]], wrong: list[Alarm]) -> None:
    for row in agencies:
        colour = "green" if row["outcome"] in ("ok", "stopped", "running") else "red"
        aside = sum(count for state, count in row["links"].items() if state not in ("discovered", "leased", "done"))
        waiting = row["links"].get("discovered", 0)
        click.echo(
            f"{harmless(row['agency']):14} {click.style(row['outcome'], fg=colour):9} {row['crawled']}"
            f"  {row['new_in_a_day']:,} new in a day, {waiting:,} waiting, {aside:,} set aside"
        )
        if row["error"]:
            click.echo(f"{'':14} {harmless(row['error'])}")
    for alarm in wrong:
        said = f"alarm {alarm.id}: {harmless(alarm.agency or 'all')}: {harmless(alarm.evidence)}; since {alarm.since}"
        click.secho(said, fg="red", bold=True)
    if not wrong:
        click.echo("no alarms")
