"""Datasette on the archive with our plugin: what it may do, what it says of the tables, and the server around it."""

import contextlib
import hashlib
import sqlite3
import webbrowser
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archive.browse import plugin
from archive.browse.gate import LOOPBACK, host_name
from archive.browse.researchers import HIDDEN, QUERIES, TABLES
from archive.browse.routes import NAMES, version
from archive.errors import ArchiveError
from archive.keep.copies import copy
from archive.search.hits import open_archive

# No download of the whole file; facets over millions of stories are slow, so none are suggested.
SETTINGS = {
    "allow_download": False,
    "default_cache_ttl": 5,
    "default_facet_size": 30,
    "facet_time_limit_ms": 500,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "suggest_facets": False,
}
_ROOM = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How an archive is served: `hosts` are further names it answers to, `sql` lets readers write SQL.

    `snapshot` is a copy that is served instead of the living archive, with headers that let others keep its pages;
    `base` is the path under which a proxy shows all of it.
    """

    host: str = "127.0.0.1"
    port: int = 8001
    hosts: tuple[str, ...] = ()
    sql: bool = False
    snapshot: Path | None = None
    base: str = "/"
    show: bool = False


def serve(archive: Path, how: Served) -> None:
    """Serve `archive` until interrupted."""
    app = application(archive, how)
    url = f"http://{how.host}:{how.port}{how.base}"
    if how.show and how.port:
        webbrowser.open(url)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(app.app(), host=how.host, port=how.port, log_level="info", lifespan="on", server_header=False)


def application(archive: Path, how: Served) -> Datasette:
    """Return Datasette on `archive`, or on its snapshot, which is made if it is not there and looked through.

    Raises ArchiveError when either is no archive of ours, or the snapshot is damaged or in use.
    """
    if not pm.has_plugin("bayegan"):
        pm.register(plugin, name="bayegan")
    path = archive if how.snapshot is None else snapshot(archive, how.snapshot)
    with open_archive(path):
        pass  # a missing or foreign file is our error, in our words
    name = "archive" if path.stem in NAMES else path.stem
    settings = {**SETTINGS, "default_allow_sql": how.sql, "base_url": how.base}
    files = {"files": [str(path)]} if how.snapshot is None else {"immutables": [str(path)]}
    made = Datasette(
        **files,
        metadata=metadata(name, how, "" if how.snapshot is None else fingerprint(path)),
        settings=settings,
        template_dir=str(_ROOM / "templates"),
        static_mounts=[("bayegan", str(_ROOM / "static"))],
    )
    if name != path.stem:
        renamed = made.get_database(path.stem)
        made.remove_database(path.stem)
        made.add_database(renamed, name=name)
    return made


def snapshot(archive: Path, to: Path) -> Path:
    """Return the snapshot `to`, made of `archive` unless it is there; raises ArchiveError when it is not sound."""
    if not to.exists():
        with open_archive(archive) as conn:
            copy(conn, to)  # looks through what it wrote
        return to
    # A file that somebody writes to, read as one that nobody writes to, shows half of what it holds.
    if to.with_name(f"{to.name}-wal").exists() and to.with_name(f"{to.name}-wal").stat().st_size:
        raise ArchiveError(to, "is in use", "a snapshot is a copy that nobody writes to; name a file that is not there")
    with open_archive(to) as conn:
        try:
            damage = [text for (text,) in conn.execute("PRAGMA quick_check(3)") if text != "ok"]
        except sqlite3.DatabaseError as error:
            damage = [str(error)]
    if damage:
        raise ArchiveError(to, "the snapshot is damaged", "; ".join(damage))
    return to


def fingerprint(path: Path) -> str:
    """Return a name for a snapshot as it is: changes of its pages change it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        (changes,) = conn.execute("PRAGMA schema_version").fetchone()
    stat = path.stat()
    return hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns} {changes} {version()}".encode()).hexdigest()[:16]


def metadata(database: str, how: Served, tag: str) -> dict[str, Any]:
    """Return Datasette's metadata: what to search, sort by and hide in `database`, and what our plugin is told."""
    hosts = sorted({*LOOPBACK, *(host_name(one) for one in (*how.hosts, how.host))} - {"0.0.0.0", "[::]", "::"})  # noqa: S104
    ours = {"database": database, "hosts": hosts, "snapshot": tag, "sql": how.sql}
    return {
        "title": "Bayegan",
        "description": "An archive of Persian wire agencies",
        "plugins": {"bayegan": ours},
        "databases": {database: {"tables": TABLES | {name: {"hidden": True} for name in HIDDEN}, "queries": QUERIES}},
    }
