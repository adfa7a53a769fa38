"""What a shared archive costs: processor time a story, by `bayegan crawl` into a file and by one worker into PostgreSQL.

    python -m tests.cluster.cost [--stories 1200] [--agencies 6] [--rounds 2]

Both crawl the same wires with two agencies at a time. Counted is the processor time of every process that was started, those of
PostgreSQL apart; the wires' own is not. The start of the processes is part of it, so few stories look dear.
"""

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from tests.cluster.workers import hall
from tests.faults.house import write_settings
from tests.faults.truth import BAYEGAN
from tests.postgres import Server, missing, server

# Each agency is crawled once, as `bayegan crawl` does.
_ONCE = {"interval_s": 3_600.0, "fastest_s": 3_600.0, "slowest_s": 3_600.0}
_SUBREAPER = 36  # prctl(2): whoever is orphaned below us is our child, and its time is counted


def main() -> int:
    """Measure both in turns and print the best of each."""
    asked = _arguments()
    if why := missing():
        print(f"SKIPPED: {why}", file=sys.stderr)
        return 0
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    found = {"file": [], "workers": [], "PostgreSQL": []}
    for _ in range(asked.rounds):
        with server() as running:
            found["file"].append(_file(running, asked) * 1000 / asked.stories)
            ours, theirs = _shared(running, asked)
            found["workers"].append(ours * 1000 / asked.stories)
            found["PostgreSQL"].append(theirs * 1000 / asked.stories)
    file, ours, theirs = (min(found[name]) for name in ("file", "workers", "PostgreSQL"))
    told = {
        "file_ms": file,
        "worker_ms": ours,
        "postgresql_ms": theirs,
        "more": (ours + theirs) / file - 1,
        "rounds": found,
    }
    print(json.dumps(told) if asked.json else
          f"a story, ms of processor time: into a file {file:.1f}, by a worker {ours:.1f} and PostgreSQL {theirs:.1f}: {told['more']:+.0%}")  # fmt: skip
    return 0


def _file(running: Server, asked: argparse.Namespace) -> float:
    with tempfile.TemporaryDirectory() as name, _hall(running, Path(name), asked) as given:
        folder = Path(name) / "alone"
        folder.mkdir()
        write_settings(folder, given.wires, {"agencies_at_once": 2})
        before = _children_s()
        subprocess.run([BAYEGAN, "crawl"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return _children_s() - before


def _shared(running: Server, asked: argparse.Namespace) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name, _hall(running, Path(name), asked) as given:
        theirs, before = _server_s(running), _children_s()
        given.start(0)
        until = monotonic() + 600
        while given.count() < asked.stories and monotonic() < until:
            sleep(5.0)  # each look is a connection that the server pays for
        given.stop()
        return _children_s() - before, _server_s(running) - theirs


def _hall(running: Server, folder: Path, asked: argparse.Namespace):
    shared = running.archive(folder / "news.db")
    return hall(folder / "hall", shared, agencies=asked.agencies, stories=asked.stories, dead_s=30.0, changes=_ONCE)


def _children_s() -> float:
    """Return the processor time of all that was started and has ended; those that were orphaned are waited for."""
    sleep(1.0)
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _server_s(running: Server) -> float:
    """Return the processor time of the server and of those of its processes that have ended (proc(5))."""
    pid = int((running.folder / "data" / "postmaster.pid").read_text().split()[0])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=1_200)
    parser.add_argument("--agencies", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
