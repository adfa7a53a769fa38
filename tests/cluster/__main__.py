"""Workers of one shared archive, killed again and again: nothing lost, nothing twice, never two at one agency.

    python -m tests.cluster                                           20 agencies, 1,000 stories, 2 workers, a kill every 10 s
    python -m tests.cluster --workers 4 --stories 10000 --json
    python -m tests.cluster --machines                                each worker in a network namespace (needs root)
    python -m tests.cluster --kill-s 0 --workers 1                    nobody is killed: what it costs, and how fast it is
    python -m tests.cluster --kill-s 0 --workers 4 --delay-s 0.5      the same, polite: workers mostly wait

Starts a PostgreSQL of its own. The control gives everybody the turn of every agency, which the wires' logs must show.
Ends with 1 when anything is not as it should be, or the control is not caught.
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from tests.cluster import machines
from tests.cluster.workers import Outcome, hall, run
from tests.postgres import Server, missing, server


def main() -> int:
    """Run what is asked for; return how the process should end."""
    asked = _arguments()
    if why := missing():
        print(f"SKIPPED: {why}", file=sys.stderr)
        return 0
    if asked.machines and (why := machines.missing()):
        print(f"SKIPPED: {why}", file=sys.stderr)
        return 0
    with ExitStack() as stack:
        place = Place()
        if asked.machines:
            place = Place(stack.enter_context(machines.network()), machines.HOUSE, machines.NETWORK)
        running = stack.enter_context(server(place.host if place.network else "", place.network))
        sound = _run(running, place, asked, "sound")
        _tell(sound, asked, "sound")
        if asked.no_control:
            return 0 if sound.sound else 1
        asked.stories, asked.agencies, asked.kill_s, asked.most_s = 200, 2, 0.0, 60  # all at the same two
        control = _run(running, place, asked, "anybodys_turn")
        _tell(control, asked, "control")
    return 0 if sound.sound and control.side_by_side else 1


class Place(NamedTuple):
    """Where workers run, and where they find the wires and PostgreSQL."""

    machine: machines.Machine = machines.here
    host: str = "127.0.0.1"
    network: str = ""


def _run(running: Server, place: Place, asked: argparse.Namespace, variant: str) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="bayegan-cluster-") as name:
        folder = Path(name)
        shared = running.archive(folder / "news.db")
        with hall(folder, shared, agencies=asked.agencies, stories=asked.stories, dead_s=asked.dead_s,
                  machine=place.machine, host=place.host, changes={"delay_s": asked.delay_s}) as given:  # fmt: skip
            return run(given, workers=max(asked.workers, 2 if variant != "sound" else 1), kill_s=asked.kill_s,
                       most_s=asked.most_s, variant=variant)  # fmt: skip


def _tell(found: Outcome, asked: argparse.Namespace, what: str) -> None:
    used = os.times()
    children_s = used.children_user + used.children_system
    if asked.json:
        print(
            json.dumps({"run": what, "workers": asked.workers, **asdict(found), "children_cpu_s": round(children_s, 1)})
        )
        return
    print(
        f"{what}: {asked.workers} workers, {found.stories:,} stories in {found.seconds:.0f} s, {found.kills} kills:"
        f" {found.lost} lost, {found.twice} twice, {found.wrong} wrong, {found.side_by_side} times two at one agency;"
        f" {found.requests:,} requests, at most {found.most_at_once} crawls at once, {children_s:.0f} s of processor time"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--agencies", type=int, default=20)
    parser.add_argument("--stories", type=int, default=1_000)
    parser.add_argument("--kill-s", type=float, default=10.0, help="seconds between two kills; 0 = none")
    parser.add_argument("--delay-s", type=float, default=0.0, help="crawler.delay_s")
    parser.add_argument("--dead-s", type=float, default=5.0, help="cluster.dead_s")
    parser.add_argument("--most-s", type=float, default=1_800.0, help="give up after so long")
    parser.add_argument("--machines", action="store_true", help="each worker in a network namespace of its own")
    parser.add_argument("--no-control", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
