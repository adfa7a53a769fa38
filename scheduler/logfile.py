"""A log that rotates by itself: what this process and all it starts say on standard error, line by line in files."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from threading import Event, Thread

from archive.errors import SettingsError
from archive.settings import LogSettings

_STDERR = 2
_READ_BYTES = 65536
# How soon the copying thread sees that it is over: the fork server keeps its end of the pipe until we are gone.
_LOOK_S = 0.5


class Rotated:
    """A file of lines; a full one becomes `.1`, that one `.2` and so on, and the oldest is removed."""

    def __init__(self, path: Path, *, file_bytes: int, older_files: int) -> None:
        """Append to `path`, which only its owner may read; raises SettingsError when it cannot be written."""
        self._path, self._file_bytes, self._older_files = path, file_bytes, older_files
        self._file = self._open()

    def write(self, line: bytes) -> None:
        """Append `line`, to a new file if this one would grow over its bound; raises OSError when the disk is full."""
        size = os.fstat(self._file).st_size
        if size and size + len(line) > self._file_bytes:
            self._turn()
        os.write(self._file, line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _turn(self) -> None:
        older = [self._path, *(Path(f"{self._path}.{n}") for n in range(1, self._older_files + 1))]
        older[-1].unlink(missing_ok=True)
        for number in range(len(older) - 1, 0, -1):
            with suppress(FileNotFoundError):
                older[number - 1].rename(older[number])
        full, self._file = self._file, self._open()
        os.close(full)

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SettingsError("log.file", str(self._path), f"cannot be written: {error.strerror}") from error


@contextmanager
def logged_to(path: Path, settings: LogSettings) -> Iterator[None]:
    """Have all that is said on standard error meanwhile go into `path`, by crawls too; raises SettingsError.

    One process writes the file, since two that rotate it would each lose the other's lines: children write to a
    pipe that a thread of ours reads. What the disk does not take is said on standard error after all.
    """
    file = Rotated(path, file_bytes=settings.file_bytes, older_files=settings.older_files)
    ours, theirs = os.pipe()
    before, over = os.dup(_STDERR), Event()
    copying = Thread(target=_copy, args=(ours, file, before, over), name="log", daemon=True)
    copying.start()
    os.dup2(theirs, _STDERR)
    os.close(theirs)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, _STDERR)
        over.set()
        copying.join()
        os.close(ours)
        os.close(before)
        file.close()


def _copy(source: int, file: Rotated, instead: int, over: Event) -> None:
    """Copy lines from `source` until all its writers are gone, or it is `over` and silent."""
    left = b""
    while (ready := select([source], [], [], _LOOK_S)[0]) or not over.is_set():
        if ready:
            read = os.read(source, _READ_BYTES)
            if not read:
                break
            *lines, left = (left + read).split(b"\n")
            for line in lines:
                _write(file, line + b"\n", instead)
    if left:
        _write(file, left + b"\n", instead)


def _write(file: Rotated, line: bytes, instead: int) -> None:
    try:
        file.write(line)
    except (OSError, SettingsError):  # full, or the folder is gone: a log is no reason to stop crawling
        with suppress(OSError):
            os.write(instead, line)
