"""Compiles and speaks with `shim.c`, which stands between a process and its disk; reads what it wrote down."""

import ctypes
import errno
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
HEAD = struct.Struct("<cHHqQ")


# In place of an error: the process is killed before the call.
DIE = -1


class Kind(IntFlag):
    """The calls that can be made to fail."""

    OPEN = 1
    READ = 2
    WRITE = 4
    SYNC = 8
    TRUNCATE = 16
    NAME = 32
    ALL = 63


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to the disk: `what` is w(rite), t(runcate), s(ync), c(reate), u(nlink), r(ename) or (make) d(ir).

    `offset` is where it was written (-1: at the end), or the size it was truncated to; `other` what it was renamed to.
    """

    what: str
    path: str
    other: str
    offset: int
    data: bytes


def missing() -> str:
    """Return why there can be no shim on this machine; empty = there can."""
    return "" if shutil.which("cc") else "needs a C compiler (cc)"


def compiled(folder: Path) -> Path:
    """Compile the shim into `folder`; return it."""
    library = folder / "shim.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
    return library


def environment(library: Path, folder: Path, log: Path | None = None) -> dict[str, str]:
    """Return the environment in which a process has the shim before the files of `folder`."""
    told = {} if log is None else {"FAULTS_LOG": str(log)}
    return {**os.environ, "LD_PRELOAD": str(library), "FAULTS_FOLDER": str(folder), **told}


class WallClock:
    """The wall's clock of processes that are started with `environment`; it can be set while they run."""

    def __init__(self, folder: Path) -> None:
        """Keep how far it is ahead in a file of `folder`."""
        self._file, self._library = folder / "ahead", compiled(folder)
        self._file.write_bytes(bytes(8))

    @property
    def environment(self) -> dict[str, str]:
        """What such a process needs."""
        return {**os.environ, "LD_PRELOAD": str(self._library), "FAULTS_CLOCK": str(self._file)}

    def set_ahead(self, seconds: int) -> None:
        """Set it ahead of the true time (negative: behind)."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("<q", seconds))


def arm(n: int, kinds: Kind = Kind.ALL, *, error: int = errno.EIO, for_good: bool = False) -> None:
    """Let the `n`-th call of these kinds fail from now on (`for_good`: all from there on); 0 = count them only.

    Only in a process that was started with the shim.
    """
    ctypes.CDLL(None).faults_arm(ctypes.c_long(n), int(kinds), error, int(for_good))


def count() -> int:
    """Return how many calls of those kinds there were since."""
    counted = ctypes.CDLL(None).faults_count
    counted.restype = ctypes.c_long
    return int(counted())


def changes(log: Path) -> Iterator[Change]:
    """Yield what was done to the disk, in order."""
    with log.open("rb") as records:
        while head := records.read(HEAD.size):
            what, path, other, offset, length = HEAD.unpack(head)
            names = records.read(path).decode(), records.read(other).decode()
            data = records.read(length) if what == b"w" else b""
            yield Change(what.decode(), *names, offset, data)
