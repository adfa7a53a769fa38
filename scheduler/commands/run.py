"""`bayegan run`: crawl every agency at its pace, in the foreground."""

from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, json_option, remark
from archive.ledger import Report
from archive.settings import Settings, load
from archive.store import open_store
from scheduler import daemon
from scheduler.commands.crawl import select, show
from scheduler.daemon import House
from scheduler.log import speak
from scheduler.plan import plan


@click.command("run")
@click.option("--log-json", is_flag=True, help="Complaints on standard error as JSON too, one a line, for collectors.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, log_json: bool, as_json: bool) -> None:
    """Crawl every agency of the settings at its own pace, until stopped.

    Stays in the foreground, as systemd likes it; one line per crawl. SIGHUP reads the settings again and says what
    changed; when they are wrong, the old ones stay. SIGTERM or Ctrl-C ends it calmly: no new crawl
    starts, those under way are given scheduler.stop_s seconds, and what they had not brought home is fetched next
    time. Only one bayegan writes to an archive: a second ends with exit code 75.
    """
    speak(session.log_level, as_json=log_json)
    path = session.archive(archive)
    house = _house(session.settings)
    with open_store(path, alerts=session.settings.alerts_folder) as store:
        remark(f"bayegan: archiving {len(house.agencies)} agencies to {path}; `bayegan plan` says when")

        def report(one: Report) -> None:
            show(one, as_json=as_json)

        daemon.run(
            store,
            house,
            path,
            reread=lambda: _house(load(session.settings_path)),
            on_report=report,
            log_level=session.log_level,
        )
    remark("bayegan: stopped")


def _house(settings: Settings) -> House:
    """Return what the settings say is to be crawled, every word of it checked."""
    agencies = select(settings)
    plan(settings, agencies)
    return House(settings=settings, agencies=agencies)
