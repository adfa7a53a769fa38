"""`bayegan migrate`: a whole archive from one engine into another."""

import sqlite3
from pathlib import Path

import click

from archive.commands.terminal import ARCHIVE, Session, archive_option, echo_json, json_option, progress, remark
from archive.engines.moving import Held, move, tables
from archive.errors import ArchiveError
from archive.place import Shared
from archive.search.hits import open_archive
from archive.store import Store, open_store


@click.command("migrate")
@click.option("--to", type=ARCHIVE, required=True, help="A new file, or postgresql://user@host/database.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, to: Path, archive: Path | None, *, as_json: bool) -> None:
    """Copy a whole archive into an empty one: from a file into PostgreSQL, or back.

    Stop what writes to the archive first. A copying that was broken off goes on where it stopped when it is called
    again. In the end each table is held against the first, row by row; ends with 1 when they differ. The index and the
    fingerprints are worked out anew; raw pages stay the files that they are (the folder raw/).

    \b
    Examples:
      bayegan migrate --to postgresql://bayegan@db.example.org/news
      bayegan --archive postgresql://bayegan@db.example.org/news migrate --to home.db
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    if path == to and isinstance(path, Shared) == isinstance(to, Shared):
        raise ArchiveError(path, "is the archive that is copied", "name another one with --to")
    with open_archive(path) as source, open_store(to) as target:
        held = _moved(source, target, to)
    for one in held:
        if as_json:
            echo_json({"table": one.table, "rows": one.rows, "sha256": one.sum})
        elif one.rows:
            click.echo(f"{one.table}  {one.rows:,}  {one.sum[:16]}")
    remark(f"{len(held)} tables, equal on both sides")


def _moved(source: sqlite3.Connection, target: Store, to: Path) -> list[Held]:
    where = to.told if isinstance(to, Shared) else to
    total = sum(source.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables())
    with progress(length=total, label="migrate") as bar:
        return move(source, target, where, lambda _table, rows: bar.update(rows))
