"""Processes of ours: who descends from whom, how much memory they have had, how they are killed."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

LOOK_S = 0.1


def children(pid: int) -> list[int]:
    """Return the processes that `pid` has started and that are still there (proc(5))."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def family(pid: int) -> list[int]:
    """Return `pid` and all that descend from it, whatever session they are in."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children(one)
    return found


def crawls(pid: int) -> list[int]:
    """Return the crawls among the descendants of `pid`: each leads a session of its own; their workers do not."""
    found = []
    for one in family(pid)[1:]:
        with suppress(OSError):
            if int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[3]) == one:
                found.append(one)
    return found


def kill_family(pid: int) -> list[int]:
    """Stop, find and kill a process and all that descends from it; return who that was."""
    waiting, seen = [pid], []
    while waiting:
        one = waiting.pop()
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGSTOP)  # so that it starts no other meanwhile
        seen.append(one)
        waiting += children(one)
    for one in seen:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return seen


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def descriptors(pid: int) -> int:
    """Return how many file descriptors a process holds; 0 when it is gone."""
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


def resident(pid: int, field: str = "VmRSS") -> int:
    """Return the resident memory of a process in bytes (`VmHWM`: the most it ever had); 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


class Memory:
    """The most resident memory that one process of a family has had, looked at ten times a second."""

    def __init__(self, whom: Callable[[int], list[int]]) -> None:
        """Begin with nobody seen; of each process that is added, `whom` says who is looked at."""
        self.worst = 0
        self.pids: set[int] = set()
        self._whom = whom

    def look(self) -> None:
        """Look at everyone who is there now."""
        for pid in list(self.pids):
            for one in self._whom(pid):
                self.worst = max(self.worst, resident(one, "VmHWM"))


@contextmanager
def memory(whom: Callable[[int], list[int]] = family) -> Iterator[Memory]:
    """Watch the families of the processes that are added to `pids` while the block lasts."""
    seen, over = Memory(whom), Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            seen.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
