"""`bayegan verify`: prove that every row is what was written, and that the index says what the stories say."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option, progress, remark
from archive.errors import BusyError
from archive.keep.proof import Damage, prove, prove_raw
from archive.lock import writer_lock
from archive.raw.files import folder_of
from archive.raw.months import months
from archive.search.hits import open_archive
from archive.search.index import register


@click.command("verify")
@click.option(
    "--sample",
    type=click.FloatRange(0, 100, min_open=True),
    default=100.0,
    help="Per cent of the rows to look at, chosen at random.  [default: all]",
)
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, sample: float, as_json: bool) -> None:
    """Look the archive through: SQLite's own check, the sum of every row, the index, the files of raw pages.

    SQLite's check sees a broken structure, not a changed letter; for that each row and each raw page has a SHA-256
    (of raw pages a sample looks at the structure alone). While another bayegan
    writes, the index is looked at story by story; else FTS5 compares all of it. Ends with 1 when anything is wrong.

    \b
    Examples:
      bayegan verify
      bayegan verify --sample 5 --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.file(archive)
    damage = 0
    share = sample / 100
    raw = (one for file in months(folder_of(path)) for one in prove_raw(file, share=share))
    for one in [*_archive(path, share), *raw]:
        damage += 1
        if as_json:
            echo_json(one.as_json())
        else:
            click.echo(f"{one.check}: {one.where}: {harmless(one.what)}")
    remark(f"bayegan: {path}: {f'{damage} damages' if damage else 'sound'}")
    sys.exit(1 if damage else 0)


def _archive(path: Path, share: float) -> list[Damage]:
    with open_archive(path) as conn:
        (total,) = conn.execute("SELECT (SELECT count(*) FROM stories) + (SELECT count(*) FROM revisions)").fetchone()
    with (
        _open(path, share) as (conn, writable),
        progress(length=int(total * share), label="verify") as bar,
    ):
        return list(prove(conn, share=share, writable=writable, tell=bar.update))


@contextmanager
def _open(path: Path, share: float) -> Iterator[tuple[sqlite3.Connection, bool]]:
    """Give a connection, and whether it is the writer's: FTS5 compares its index only where it could write."""
    try:
        if share == 1.0:
            with writer_lock(path), closing(sqlite3.connect(path, isolation_level=None)) as conn:
                conn.row_factory = sqlite3.Row
                register(conn)
                yield conn, True
            return
    except BusyError:
        pass
    with open_archive(path) as conn:
        register(conn)
        yield conn, False
