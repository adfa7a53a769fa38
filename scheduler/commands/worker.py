"""`bayegan worker`: crawl for a shared archive, beside others."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.terminal import Session, archive_option, json_option
from archive.errors import ArchiveError, SettingsError
from archive.ledger import Report
from archive.lock import SMALL_CACHE_KIB, writer_lock
from archive.place import Shared
from archive.settings import Settings
from archive.store import open_store
from crawler.agency import Agency
from scheduler import rereading
from scheduler.commands.crawl import select, show
from scheduler.desk import open_desk
from scheduler.log import Form, speak
from scheduler.worker import Worker

if TYPE_CHECKING:
    from scheduler.broker import Broker

LOG = logging.getLogger(__name__)


@click.command("worker")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, as_json: bool) -> None:
    """Crawl for an archive that many machines share, until stopped; start as many as you like, on as many machines.

    All workers go by the same settings. Whoever is free takes what is due; an agency is crawled by one worker at a
    time. What a worker that died was doing is done by another, cluster.dead_s seconds later. Needs the extra `cluster`
    and an archive in PostgreSQL (docs/scale.md). Raw pages stay on the machine that fetched them, beside archive.path,
    and are read again there: one worker a folder, or it ends with exit code 75. SIGTERM or Ctrl-C ends it calmly.

    \b
    Examples:
      bayegan worker                          (cluster.archive says where)
      bayegan jobs backfill mehr --from 1403/07/01 --to 1403/07/30     (asks the workers)
    """  # noqa: D301 - \b keeps Click from filling the lines
    place = shared(session.archive(archive))
    agencies = select(session.settings)
    speak(session.log_level, Form.LINES)
    for log in (LOG, rereading.LOG):
        log.setLevel(logging.INFO)

    def report(one: Report) -> None:
        show(one, as_json=as_json)

    with writer_lock(Path(place)):
        run(place, session.settings, agencies, report, session.log_level)
    LOG.info("stopped")


def shared(path: Path) -> Shared:
    """Return the shared archive that `path` is; SettingsError when it is a file."""
    if not isinstance(path, Shared):
        raise SettingsError("settings", "cluster.archive", "workers need an archive in PostgreSQL; see docs/scale.md")
    return path


def broker_of(place: Shared, settings: Settings) -> "Broker":
    """Return the jobs of a shared archive; ArchiveError when what they need is not installed."""
    try:
        from scheduler.broker import Broker  # noqa: PLC0415 - an extra, which --help does not need
    except ModuleNotFoundError as error:
        raise ArchiveError(place.told, f"needs {error.name}", "pip install 'bayegan[cluster]'") from error
    return Broker(place, settings.cluster.dead_s)


def run(
    place: Shared, settings: Settings, agencies: dict[str, Agency], on_report: Callable[[Report], None], log_level: int
) -> None:
    """Be a worker until a signal or the loss of the database; ArchiveError for the latter."""
    stop, broken = threading.Event(), list[BaseException]()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    broker = broker_of(place, settings)
    with (
        open_store(place, alerts=settings.alerts_folder, cache_kib=SMALL_CACHE_KIB) as store,
        open_desk(store, settings, lambda: datetime.now(UTC), log_level) as desk,
    ):
        worker = Worker(store, settings, agencies, desk, log_level)

        def serve() -> None:
            try:
                broker.serve(worker.hand, settings.crawler.agencies_at_once, stop, worker.folder)
            except BaseException as error:  # noqa: BLE001 - raised again in the main thread
                broken.append(error)

        taking = threading.Thread(target=serve, name="broker")
        taking.start()
        try:
            worker.work(stop.is_set, on_report)
        finally:
            stop.set()
            worker.stop(settings.scheduler.stop_s, on_report)
            while taking.is_alive():  # it may hand on until its last job is answered
                worker.stop(0, on_report)
                taking.join(0.1)
    if broken:
        raise broken[0]
