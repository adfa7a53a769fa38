"""`bayegan backup`: a proved copy of the archive, and the thinning of older ones."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, json_option, remark
from archive.keep.backup import back_up, back_up_raw
from archive.search.hits import open_archive


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep-all", is_flag=True, help="Remove no older backup.")
@click.option("--raw/--no-raw", default=True, show_default=True, help="Copy changed months of raw pages too.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, folder: Path, archive: Path | None, *, keep_all: bool, raw: bool, as_json: bool) -> None:
    """Copy the archive into FOLDER while it is in use, durable and looked through before it gets its name.

    Then older backups of the same archive there are thinned: the newest of each of the last 7 days, 8 weeks and 12
    months that have one are kept. Months of raw pages that changed are copied into FOLDER/raw, one copy of each.

    \b
    Example, once a day from cron:
      0 3 * * *  bayegan backup /mnt/elsewhere/bayegan
    """  # noqa: D301 - \b keeps Click from filling the lines
    path, now = session.file(archive), datetime.now(UTC)
    with open_archive(path) as conn:
        made = back_up(conn, path, folder, now, prune=not keep_all)
    months = back_up_raw(path, folder) if raw else ()
    if as_json:
        echo_json(
            {
                "path": str(made.path),
                "bytes": made.bytes,
                "removed": list(map(str, made.removed)),
                "raw": list(map(str, months)),
            }
        )
        return
    click.echo(made.path)
    remark(f"{made.bytes:,} bytes, looked through; {len(made.removed)} older removed")
