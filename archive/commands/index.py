"""`bayegan index`: an index in tantivy beside the archive."""

import shutil
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, json_option
from archive.errors import ArchiveError, BusyError
from archive.place import Shared, engine_beside, folder_beside
from archive.search import changes
from archive.search.hits import open_archive
from archive.store import open_store

NAME = "tantivy"


@click.command("index")
@click.option("--remove", is_flag=True, help="Remove it; searches ask the archive itself again.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, remove: bool, as_json: bool) -> None:
    """Make an index in tantivy beside the archive, or bring it up to date with what came in since.

    For archives of tens of millions of stories on one machine: ranking all hits of a common word takes milliseconds
    there. Searches use it as soon as it is there, and find what it knows: call this from cron, or after crawls. It is
    made while nothing else writes (else exit code 75); to bring it up to date waits for nobody. Needs the extra
    `tantivy`.

    \b
    Examples:
      bayegan index                 (makes news.db.tantivy, later: a few milliseconds a story)
      bayegan index --remove
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    if isinstance(path, Shared):
        raise ArchiveError(path.told, "has an index of its own", "an index beside it is for an archive of one machine")
    folder = folder_beside(path)
    if remove:
        _remove(path, folder)
        return
    _follow(path, folder)
    with open_archive(path) as conn:
        written = engine_beside(folder).catch_up(conn, folder)
        stories = conn.execute("SELECT count(*) FROM stories").fetchone()[0]
    _forget(path, folder)
    if as_json:
        echo_json({"path": str(folder), "written": written, "stories": stories})
    else:
        click.echo(f"{folder}: {written:,} of {stories:,} stories written")


def _follow(path: Path, folder: Path) -> None:
    """Let the archive note its changes, if it does not yet; what was there before that is made anew."""
    with open_archive(path) as conn:
        if changes.follows(conn, NAME):
            return
    engine_beside(folder)
    with open_store(path) as store:
        shutil.rmtree(folder, ignore_errors=True)
        changes.begin(store.conn, NAME)


def _forget(path: Path, folder: Path) -> None:
    """Let the archive forget the changes that were followed, unless somebody is writing: then another time."""
    try:
        with open_store(path) as store:
            changes.forget(store.conn, engine_beside(folder).position(folder) or 0)
    except BusyError:
        return


def _remove(path: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with open_store(path) as store:
        changes.end(store.conn, NAME)
        changes.forget(store.conn, changes.last(store.conn))
