"""`bayegan restore`: an archive of a backup, at a new path."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from archive.commands.terminal import Session, echo_json, json_option, remark
from archive.errors import ArchiveError
from archive.keep.backup import restore
from archive.keep.proof import prove
from archive.search.index import register


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False), required=False)
@json_option
@click.pass_obj
def command(session: Session, backup: Path, to: Path | None, *, as_json: bool) -> None:
    """Make an archive of BACKUP at the new path TO [default: the settings' archive.path], and look it through.

    An archive that is there is never overwritten: restore beside it, look, then move it away or point archive.path to
    the restored one. Ends with 1 when the backup is damaged.

    \b
    Example:
      bayegan restore /mnt/elsewhere/bayegan/news-20240922T030000Z.db restored.db
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = to or session.file()
    restore(backup, path)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        register(conn)
        damage = list(prove(conn))
        (stories,) = conn.execute("SELECT count(*) FROM stories").fetchone()
    if damage:
        raise ArchiveError(path, f"restored with {len(damage)} damages", f"{damage[0].where}: {damage[0].what}")
    if as_json:
        echo_json({"path": str(path), "stories": stories})
    else:
        click.echo(path)
        remark(f"{stories:,} stories, looked through")
