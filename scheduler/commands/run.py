"""`bayegan run`: crawl every agency at its pace, in the foreground."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, is_quiet, json_option, remark
from archive.errors import BayeganError
from archive.ledger import Report
from archive.lock import SMALL_CACHE_KIB
from archive.settings import LogSettings, Settings, load
from archive.store import open_store
from scheduler import daemon, tell
from scheduler.commands.crawl import line, select, show
from scheduler.daemon import House
from scheduler.log import Form, speak
from scheduler.logfile import logged_to
from scheduler.plan import plan

LOG = logging.getLogger(__name__)


@click.command("run")
@click.option("--log-json", is_flag=True, help="Complaints as JSON too, one a line, for collectors.")
@click.option("--log-file", type=click.Path(path_type=Path), help="Say everything there, in files that rotate.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, log_file: Path | None, archive: Path | None, *, log_json: bool, as_json: bool) -> None:
    """Crawl every agency of the settings at its own pace, until stopped.

    Stays in the foreground, as systemd likes it; one line per crawl, on standard output, or with its time in the log
    file of --log-file or the settings' [log]. SIGHUP reads the settings again and says what changed; when they are
    wrong, the old ones stay. SIGTERM or Ctrl-C ends it calmly: no new crawl starts, those under way are given
    scheduler.stop_s seconds, and what they had not brought home is fetched next time. Only one bayegan writes to an
    archive: a second ends with exit code 75.

    \b
    Examples:
      bayegan run                                   (by hand)
      bayegan run --json --log-json                 (under systemd: journald keeps and rotates)
      bayegan run --log-file /var/log/bayegan.log   (without)
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings = session.settings
    house = _house(settings)
    path = session.archive(archive)
    with _saying(_log(settings, log_file, as_json=log_json), settings.folder, session.log_level) as in_file:
        _run(session, house, path, in_file=in_file, as_json=as_json)


def _run(session: Session, house: House, path: Path, *, in_file: bool, as_json: bool) -> None:
    """Run until stopped; crawls are told on standard output, or in the log file when there is one."""

    def report(one: Report) -> None:
        if in_file:
            LOG.info("%s", click.unstyle(line(one)), extra={"crawl": one.as_json()})
        if as_json or not in_file:
            show(one, as_json=as_json)

    with open_store(path, alerts=house.settings.alerts_folder, cache_kib=SMALL_CACHE_KIB) as store:
        LOG.info("archiving %d agencies to %s; `bayegan plan` says when", len(house.agencies), path)
        daemon.run(
            store,
            house,
            path,
            reread=lambda: _house(load(session.settings_path)),
            on_report=report,
            log_level=session.log_level,
        )
    LOG.info("stopped")


@contextmanager
def _saying(log: LogSettings, folder: Path, level: int) -> Iterator[bool]:
    """Say what is said as `log` wants it; give whether that is in a file."""
    form = Form.JSON if log.json else Form.DATED if log.file else Form.LINES
    if not log.file:
        _speak(level, form, logging.WARNING if is_quiet() else logging.INFO)
        yield False
        return
    path = folder / log.file
    remark(f"bayegan: logging to {path}")
    with logged_to(path, log):
        _speak(level, form)
        try:
            yield True
        except Exception as error:
            LOG.critical("%s", error, exc_info=not isinstance(error, BayeganError))
            raise


def _speak(level: int, form: Form, own_level: int = logging.INFO) -> None:
    """Log from `level` on, and from `own_level` on what is said here: that we began and ended, what crawls brought."""
    speak(level, form)
    LOG.setLevel(own_level)


def _log(settings: Settings, file: Path | None, *, as_json: bool) -> LogSettings:
    """Return how to log: as the settings say, unless the command line does. Its path is of the folder we are in."""
    log = settings.log
    return replace(log, file=str(file.absolute()) if file else log.file, json=log.json or as_json)


def _house(settings: Settings) -> House:
    """Return what the settings say is to be crawled, every word of it checked."""
    agencies = select(settings)
    plan(settings, agencies)
    tell.check(settings.watch)
    return House(settings=settings, agencies=agencies)
