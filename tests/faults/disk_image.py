"""A disk as it may be found when the power comes back: what was synced, and any part of what was not.

The model is stricter than today's file systems: what is not synced may have come in any order, in part, torn at any sector; a
name lasts only when its folder was synced.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.shim import Change

SECTOR = 512


@dataclass(slots=True, eq=False)
class Node:
    """A file or folder: what surely is on the disk, and what was done since."""

    data: bytearray = field(default_factory=bytearray)
    waiting: list[Change] = field(default_factory=list)
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """A name that was given to a file or taken away (`node` is None); `old` is the name it had before."""

    name: str
    node: Node | None
    old: str = ""


class Disk:
    """What a list of changes has made of a folder; names are relative to it."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self._prefix = f"{folder}/"
        self._seen: dict[str, Node] = {}  # as the processes see it
        self._names: dict[str, Node] = {}  # as it surely is on the disk
        self._waiting: list[Naming] = []

    def do(self, change: Change) -> None:
        """Take a change in; those of files we do not know are left out."""
        name = f"{change.path}/".removeprefix(self._prefix).rstrip("/")
        if change.what in "cd":
            self._seen[name] = Node(is_folder=change.what == "d")
            self._waiting.append(Naming(name, self._seen[name]))
        elif change.what == "s" and (name == "" or (name in self._seen and self._seen[name].is_folder)):
            self._sync_folder(name)
        elif name not in self._seen:
            return
        elif change.what == "u":
            del self._seen[name]
            self._waiting.append(Naming(name, None))
        elif change.what == "r":
            to = change.other.removeprefix(self._prefix)
            self._seen[to] = self._seen.pop(name)
            self._waiting.append(Naming(to, self._seen[to], old=name))
        elif change.what == "s":
            node = self._seen[name]
            for one in node.waiting:
                _apply(node.data, one)
            node.waiting.clear()
        else:
            self._seen[name].waiting.append(change)

    def crash(self, to: Path, dice: random.Random) -> None:
        """Write into the new folder `to` what may be left if the power goes now."""
        names = dict(self._names)
        for one in self._waiting:
            if dice.random() < 0.5:
                _rename(names, one)
        to.mkdir()
        for name in sorted(names):
            if "/" in name and name.rpartition("/")[0] not in names:
                continue  # its folder is not there
            node = names[name]
            if node.is_folder:
                (to / name).mkdir()
                continue
            data = bytearray(node.data)
            for one in node.waiting:
                _perhaps(data, one, dice)
            (to / name).write_bytes(data)

    def _sync_folder(self, folder: str) -> None:
        for one in [one for one in self._waiting if one.name.rpartition("/")[0] == folder]:
            _rename(self._names, one)
            self._waiting.remove(one)


def _rename(names: dict[str, Node], naming: Naming) -> None:
    names.pop(naming.old, None)
    if naming.node is None:
        names.pop(naming.name, None)
    else:
        names[naming.name] = naming.node


def _apply(data: bytearray, change: Change) -> None:
    if change.what == "t":
        _resize(data, change.offset)
        return
    at = len(data) if change.offset < 0 else change.offset
    if len(data) < at:
        _resize(data, at)
    data[at : at + len(change.data)] = change.data


def _perhaps(data: bytearray, change: Change, dice: random.Random) -> None:
    """Apply a change that was not synced: whole, not at all, or some of its sectors."""
    fate = dice.random()
    if fate < 0.4:
        _apply(data, change)
    elif fate < 0.6 and change.what == "w":
        start = len(data) if change.offset < 0 else change.offset
        for at in range(0, len(change.data), SECTOR):
            if dice.random() < 0.5:
                _apply(data, Change("w", change.path, "", start + at, change.data[at : at + SECTOR]))


def _resize(data: bytearray, size: int) -> None:
    if size < len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))
