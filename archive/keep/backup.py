"""Backups: copies of the archive with the moment in their names, as many as `retention` says; and the way back."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.durable import flush, make_folder
from archive.errors import ArchiveError
from archive.keep.copies import copy
from archive.keep.retention import to_keep
from archive.raw.files import folder_of
from archive.raw.months import months, open_month
from archive.schema import check
from archive.search.index import register

_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made: where, how large, and which older ones went."""

    path: Path
    bytes: int
    removed: tuple[Path, ...]


def back_up(conn: sqlite3.Connection, archive: Path, folder: Path, now: datetime, *, prune: bool = True) -> Backup:
    """Copy the archive on `conn` into `folder`, durable and proved sound; then remove backups past their time.

    Only files named as ours are ever removed, and only after the new one is whole. Raises ArchiveError.
    """
    try:
        make_folder(folder)
    except OSError as error:
        raise ArchiveError(folder, "cannot be made", error.strerror or "") from error
    to = folder / f"{archive.stem}-{now.astimezone(UTC):{_MOMENT}}.db"
    copy(conn, to)
    removed = _prune(archive, folder) if prune else ()
    return Backup(path=to, bytes=to.stat().st_size, removed=removed)


def back_up_raw(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Copy the months of raw pages that changed since they were last copied into `folder`/raw; return them.

    One copy of each is kept: pages are only ever added. Raises ArchiveError.
    """
    copied = []
    for file in months(folder_of(archive)):
        to = folder / "raw" / file.name
        if to.exists() and to.stat().st_mtime > _changed(file):
            continue
        make_folder(to.parent)
        new = to.with_name(f"{to.name}.new")
        new.unlink(missing_ok=True)
        with closing(open_month(file)) as conn:
            copy(conn, new)
        new.replace(to)
        flush(to.parent)
        copied.append(to)
    return tuple(copied)


def _changed(file: Path) -> float:
    wal = file.with_name(f"{file.name}-wal")
    return max(one.stat().st_mtime for one in (file, wal) if one.exists())


def backups(archive: Path, folder: Path) -> dict[datetime, Path]:
    """Return the backups of an archive in a folder by the moment they were made at, the oldest first."""
    name = re.compile(rf"{re.escape(archive.stem)}-(\d{{8}}T\d{{6}}Z)\.db")
    found = ((name.fullmatch(path.name), path) for path in sorted(folder.glob("*.db")))
    return {datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC): path for match, path in found if match}


def restore(backup: Path, to: Path) -> None:
    """Make an archive at the new path `to` of a backup (or any archive that is at rest); never over another.

    Raises ArchiveError when something is at `to`, or when the backup is no archive or damaged.
    """
    for rest in (to, *(to.with_name(f"{to.name}{end}") for end in ("-wal", "-shm"))):
        if rest.exists():
            raise ArchiveError(rest, "is there already", "restore to a new path, then point archive.path to it")
    if not backup.exists():
        raise ArchiveError(backup, "no archive", "there is no such file")
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        register(conn)
        check(conn, backup)
        copy(conn, to)


def _prune(archive: Path, folder: Path) -> tuple[Path, ...]:
    made = backups(archive, folder)
    kept = to_keep(made)
    gone = tuple(path for moment, path in made.items() if moment not in kept)
    for path in gone:
        path.unlink()
    return gone
