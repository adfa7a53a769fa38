"""What may ail an archive or its machine: versions, flaws of SQLite, the disk, locks, the clock, who may read it."""

import importlib.util
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from archive.errors import ArchiveError
from archive.schema import MIGRATIONS, check
from archive.settings import Settings

_MIB = 1024 * 1024
_WAL_LIMIT = 64 * _MIB
_LEAST_FREE = 512 * _MIB
# Two connections that write or checkpoint one WAL file at once could damage it from 3.7.0 on; fixed in these
# (https://www.sqlite.org/wal.html, "the WAL-reset bug"). We have one writer, so it cannot happen to us alone.
_WAL_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Level(StrEnum):
    """How bad a finding is."""

    WELL = "ok"
    CARE = "care"
    ILL = "ill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, and how it is."""

    what: str
    level: Level
    detail: str

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return asdict(self)


def examine(settings: Settings, archive: Path, now: datetime) -> Iterator[Finding]:
    """Yield how everything is that an archive depends on; nothing is changed."""
    yield Finding(
        what="version", level=Level.WELL, detail=f"bayegan {version('bayegan')}, Python {sys.version.split()[0]}"
    )
    yield sqlite_finding(sqlite3.sqlite_version_info)
    yield _other_sqlite()
    yield _time_zone(now)
    yield _contact(settings)
    if not archive.exists():
        yield Finding(what="archive", level=Level.CARE, detail=f"{archive}: there is none yet; crawl or import")
        return
    yield from _archive(archive, now)
    yield _disk(archive)
    yield _wal(archive)
    yield _lock(archive)
    yield from _permissions(archive)


def sqlite_finding(found: tuple[int, ...]) -> Finding:
    """Return what is known of a version of SQLite."""
    name = "SQLite " + ".".join(map(str, found))
    fixed = any(found[:2] == one[:2] and found >= one for one in _WAL_FIXED) or found >= _WAL_FIXED[0]
    if found < (3, 37, 0):
        return Finding(what="sqlite", level=Level.ILL, detail=f"{name}: older than 3.37, which has STRICT tables")
    if not fixed:
        detail = (
            f"{name}: could damage a WAL that two programs write at once; let nothing but bayegan write the archive"
        )
        return Finding(what="sqlite", level=Level.CARE, detail=detail)
    return Finding(what="sqlite", level=Level.WELL, detail=name)


def _other_sqlite() -> Finding:
    found = [name for name in ("pysqlite3", "apsw") if importlib.util.find_spec(name)]
    if found:
        detail = f"{' and '.join(found)}: a second SQLite in one process breaks its locks; uninstall it"
        return Finding(what="other sqlite", level=Level.ILL, detail=detail)
    return Finding(what="other sqlite", level=Level.WELL, detail="none installed")


def _time_zone(now: datetime) -> Finding:
    offset = now.astimezone(ZoneInfo("Asia/Tehran")).utcoffset()
    # Since 1401 Tehran is 3:30 ahead all year; older zone data sets its clock forward in spring.
    if now.year > 2022 and offset != timedelta(hours=3, minutes=30):  # noqa: PLR2004 - 1401
        return Finding(what="time zone", level=Level.ILL, detail=f"zone data puts Tehran {offset} ahead; update tzdata")
    return Finding(what="time zone", level=Level.WELL, detail=f"Tehran is {offset} ahead")


def _contact(settings: Settings) -> Finding:
    if not settings.crawler.contact:
        return Finding(
            what="contact", level=Level.CARE, detail="crawler.contact is empty; agencies cannot write to you"
        )
    return Finding(what="contact", level=Level.WELL, detail=settings.crawler.contact)


def _archive(archive: Path, now: datetime) -> Iterator[Finding]:
    try:
        with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            schema = check(conn, archive)
            level = Level.WELL if schema == len(MIGRATIONS) else Level.CARE
            detail = f"{archive}: schema {schema} of {len(MIGRATIONS)}, {archive.stat().st_size / _MIB:,.1f} MiB"
            yield Finding(what="archive", level=level, detail=detail)
            (last,) = conn.execute("SELECT max(started) FROM crawls").fetchone()
    except (ArchiveError, sqlite3.Error) as error:
        yield Finding(what="archive", level=Level.ILL, detail=str(error))
        return
    if last and datetime.fromisoformat(last) > now + timedelta(minutes=5):
        yield Finding(
            what="clock", level=Level.ILL, detail=f"a crawl began at {last}, which is yet to come; set the clock"
        )
    else:
        yield Finding(
            what="clock",
            level=Level.WELL,
            detail=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}; last crawl {last or 'never'}",
        )


def _disk(archive: Path) -> Finding:
    free, size = shutil.disk_usage(archive.parent).free, archive.stat().st_size
    detail = f"{free / _MIB:,.0f} MiB free, a copy takes {size / _MIB:,.0f}"
    level = Level.ILL if free < _LEAST_FREE else Level.CARE if free < 2 * size else Level.WELL
    return Finding(what="disk", level=level, detail=detail)


def _wal(archive: Path) -> Finding:
    wal = archive.with_name(f"{archive.name}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    level = Level.CARE if size > _WAL_LIMIT else Level.WELL
    return Finding(
        what="wal", level=level, detail=f"{size / _MIB:,.1f} MiB{'; a reader holds it' if level is Level.CARE else ''}"
    )


def _lock(archive: Path) -> Finding:
    path = Path(f"{archive}.lock")
    if not path.exists():
        return Finding(what="lock", level=Level.WELL, detail="nobody writes")
    try:
        with FileLock(path, timeout=0):
            return Finding(what="lock", level=Level.WELL, detail="nobody writes")
    except Timeout:
        return Finding(what="lock", level=Level.WELL, detail="another bayegan writes")
    except OSError as error:
        return Finding(what="lock", level=Level.ILL, detail=f"{path}: {error.strerror}")


def _permissions(archive: Path) -> Iterator[Finding]:
    """Look at who may read the archive and its folder: what crawls fetched is for its owner to give away."""
    files = [path for path in sorted(archive.parent.glob(f"{archive.name}*")) if path.is_file()]
    open_ones = [f"{path.name} {mode:04o}" for path in files if (mode := path.stat().st_mode & 0o777) & 0o077]
    if open_ones:
        detail = f"{', '.join(open_ones)}: others may read; chmod 600"
        yield Finding(what="permissions", level=Level.CARE, detail=detail)
    elif archive.parent.stat().st_mode & 0o022:
        detail = f"{archive.parent}: others may write; chmod 700"
        yield Finding(what="permissions", level=Level.ILL, detail=detail)
    else:
        yield Finding(what="permissions", level=Level.WELL, detail="the owner's alone")
