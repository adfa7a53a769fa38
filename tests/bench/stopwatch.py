"""Take the processor time of named steps in all processes of a run, each step's own: what steps inside it take is theirs."""

import functools
import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, process_time, thread_time
from typing import Any

START = "start"
_WRITE_S = 0.1  # what a process that is killed has not written yet


class Stopwatch:
    """The steps of this process, written to a file of its own as it goes: some processes end by being killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()

    def _begin(self) -> None:
        self._pid, self._own_s, self._calls = os.getpid(), Counter[str](), Counter[str]()
        self._local, self._lock, self._written = threading.local(), threading.Lock(), 0.0

    def wrap(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function` as a step; generators and coroutines are none."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if os.getpid() != self._pid:  # forked
                self._begin()
            if not self._own_s:
                self._own_s[START] = process_time()
            inside = vars(self._local).setdefault("inside", [])
            inside.append(0.0)
            began = thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                took = thread_time() - began
                self._note(step, took - inside.pop())
                if inside:
                    inside[-1] += took

        return timed

    def _note(self, step: str, own_s: float) -> None:
        with self._lock:
            self._own_s[step] += own_s
            self._calls[step] += 1
            if monotonic() > self._written + _WRITE_S:
                self._written = monotonic()
                told = {"cpu_s": process_time(), "own_s": self._own_s, "calls": self._calls}
                fresh = self._folder / f"{self._pid}.new"
                fresh.write_text(json.dumps(told), "utf-8")
                fresh.rename(self._folder / f"{self._pid}.json")


def install(folder: Path, steps: Mapping[str, str]) -> None:
    """Time `steps` («module:name», «module:Class.name» -> step) of modules that are loaded by now."""
    watch = Stopwatch(folder)
    for place, step in steps.items():
        module, _, path = place.partition(":")
        if module not in sys.modules:
            continue
        *owners, name = path.split(".")
        owner = functools.reduce(getattr, owners, sys.modules[module])
        setattr(owner, name, watch.wrap(step, getattr(owner, name)))


def read(folder: Path) -> list[dict[str, Any]]:
    """Return what each process wrote."""
    return [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
