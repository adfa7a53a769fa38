"""A PostgreSQL of our own for tests: in a temporary folder, on a socket there, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg

from archive.place import Shared
from archive.store import open_store

# Where Debian puts what is not on the PATH.
_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name.zfill(3))
_USER = "bayegan"
# No power fails in a test; the rest keeps it small.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB",
          "max_connections=40", "autovacuum=off", "max_wal_size=256MB")  # fmt: skip


class Server:
    """A running PostgreSQL, reached by a socket in its folder, or at `host` by all of `network` (none: nobody)."""

    def __init__(self, folder: Path, binaries: Path, host: str, network: str) -> None:
        self.folder, self._binaries, self._host, self._network = folder, binaries, host, network
        self._numbers = count(1)

    def __enter__(self) -> Self:
        # The server refuses to be root.
        self._run(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            _USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        if self._network:
            with (self.folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as file:
                file.write(f"host all all {self._network} trust\n")
        quick = (f"listen_addresses={self._host}", *_QUICK)
        options = " ".join((f"-k {self.folder}", *(f"-c {one}" for one in quick)))
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, "-w", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def archive(self, beside: Path) -> Shared:
        """Make a database with an empty archive in it; return the archive."""
        name = f"news{next(self._numbers)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as conn:
            if name == "news1":
                conn.execute("CREATE DATABASE empty")
                with open_store(Shared.at(self.address("empty"), beside)):
                    pass
            conn.execute(f"CREATE DATABASE {name} TEMPLATE empty")
        return Shared.at(self.address(name), beside)

    def address(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_USER}@{self._host}/{name}" + ("" if self._host else f"?host={self.folder}")

    def _run(self, program: str, *arguments: object) -> None:
        user = {"user": "postgres"} if os.getuid() == 0 else {}
        done = subprocess.run(
            [self._binaries / program, *map(str, arguments)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,  # which the server would keep open
            text=True,
            timeout=90,
            check=False,
            **user,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"


class Table:
    """A table of a shared archive, as tests look at those of sqlite-utils."""

    def __init__(self, conn: Any, name: str) -> None:
        self._conn, self._name = conn, name

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._conn.execute(f"SELECT * FROM {self._name} ORDER BY 1, 2")]

    @property
    def count(self) -> int:
        return len(self.rows)

    def get(self, number: int) -> dict[str, Any]:
        return next(row for row in self.rows if row["id"] == number)


def table(conn: Any, name: str) -> Table:
    """Return a table of a shared archive."""
    return Table(conn, name)


def missing() -> str:
    """Return why there can be no server here; empty = there can."""
    if not _BINARIES:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


@contextmanager
def server(host: str = "", network: str = "") -> Iterator[Server]:
    """Run a PostgreSQL while the block lasts; see `Server`."""
    # Not below pytest's folder, which only its owner may enter, and near the root: a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="bayegan-pg-", dir="/tmp"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        with Server(folder, _BINARIES[-1], host, network) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
