"""Run a command to its end, or to its sudden death, and say what it cost: seconds, processor seconds, memory."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run cost: by the clock, on processors (all its processes), and its largest memory (their shared pages once)."""

    seconds: float
    cpu_s: float
    peak_mib: float
    exit_code: int


def run(command: Sequence[str], *, until: Callable[[], bool] = lambda: False, log: Path) -> Cost:
    """Run `command` in a session of its own; kill all of it with SIGKILL as soon as `until` says so."""
    # Of every entrant, bytecode is kept: who has installed a program does not compile it at each start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began, spent, peak = monotonic(), dict[int, float](), 0.0
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, env=environment
        )
        beat = 0
        while process.poll() is None:
            tree = family(process.pid)
            spent |= {pid: max(spent.get(pid, 0.0), _cpu_s(pid)) for pid in tree}
            if beat % 10 == 0:  # a sum over page tables costs more
                peak = max(peak, sum(map(_pss_mib, tree)))
            if until():
                for pid in reversed(tree):
                    _kill(pid)
            beat += 1
            sleep(_PAUSE_S)
    return Cost(monotonic() - began, sum(spent.values()), peak, process.returncode)


def family(root: int) -> list[int]:
    """Return a process and all that descend from it, also those in sessions of their own."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (told := _stat(int(entry.name))):
            parents.setdefault(int(told[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on (proc(5)); none when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_s(pid: int) -> float:
    told = _stat(pid)
    return (int(told[11]) + int(told[12])) * _TICK_S if told else 0.0


def _pss_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
