"""`bayegan doctor`: what may ail the archive or this machine."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option
from archive.errors import SettingsError
from archive.keep.doctor import Finding, Level, examine
from archive.place import Shared
from archive.settings import Settings

_COLOURS = {Level.WELL: "green", Level.CARE: "yellow", Level.ILL: "red"}


@click.command("doctor")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, as_json: bool) -> None:
    """Look at what the archive depends on; change nothing.

    Versions and known flaws of SQLite, the disk, the write-ahead log, the lock, the clock and zone data, the settings,
    and who may read the files. Each line is ok, care (look at it some time) or ill (something will go wrong). Ends with
    1 when anything is ill. `bayegan verify` looks at the stories themselves.
    """
    findings = []
    settings = Settings()
    try:
        settings = session.settings
        findings.append(Finding(what="settings", level=Level.WELL, detail="every key is known"))
    except SettingsError as error:
        findings.append(Finding(what="settings", level=Level.ILL, detail=str(error)))
    path = archive or session.archive_path or settings.archive_path
    if isinstance(path, Shared):
        path = session.file(path)  # which refuses it
    findings += examine(settings, path, datetime.now(UTC))
    for one in findings:
        if as_json:
            echo_json(one.as_json())
        else:
            click.echo(f"{click.style(f'{one.level:4}', fg=_COLOURS[one.level])}  {one.what}: {harmless(one.detail)}")
    sys.exit(1 if any(one.level is Level.ILL for one in findings) else 0)
