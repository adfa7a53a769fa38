"""Bring files and names onto the disk, so that they are there when the power comes back."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder, for its owner alone, and those above it; an existing one is as good. Raises OSError.

    A new folder's name lasts only when the folder above it is flushed (POSIX says no more of fsync): else all that is
    written and flushed in it may be gone with the name.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    flush(path.parent)
