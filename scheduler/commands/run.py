"""`bayegan run`: crawl every agency on its interval, in the foreground."""

from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, json_option
from archive.ledger import Report
from archive.store import open_store
from scheduler import daemon
from scheduler.commands.crawl import select, show
from scheduler.plan import interval_s


@click.command("run")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, as_json: bool) -> None:
    """Crawl every agency of the settings on its interval, until stopped.

    Stays in the foreground, as systemd likes it; one line per crawl. SIGTERM or Ctrl-C ends it calmly: no new crawl
    starts, those under way are given scheduler.stop_s seconds, and what they had not brought home is fetched next
    time. Only one bayegan writes to an archive: a second ends with exit code 75.
    """
    settings = session.settings
    agencies = select(settings)
    path = session.archive(archive)
    with open_store(path) as store:
        pace = ", ".join(f"{key} every {interval_s(settings, key):g} s" for key in agencies)
        click.echo(f"bayegan: archiving to {path}: {pace}", err=True)

        def report(one: Report) -> None:
            show(one, as_json=as_json)

        daemon.run(store, settings, agencies, on_report=report, log_level=session.log_level)
    click.echo("bayegan: stopped", err=True)
