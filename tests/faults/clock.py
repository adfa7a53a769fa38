"""The wall's clock is set back or forward under the running daemon, and under all it starts."""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.faults import shim
from tests.faults.house import PATIENCE_S, House, Told, open_house
from tests.faults.processes import Memory, memory
from tests.faults.row import Row, Size, skip
from tests.faults.truth import compare, damages

FAULT = "clock set ±1 h and ±1 d"
HOUR, DAY = 3600, 86400
# One after the other; the clock is right again in between, which is a jump too.
JUMPS = (-HOUR, HOUR, -DAY, DAY)
# A daemon that waits for its clock to catch up is found out after so long.
STUCK_S = 12.0
WAVE = 10


@dataclass(slots=True)
class Jumped:
    """What came of setting the clock some times."""

    tried: int = 0
    sound: int = 0
    bad: int = 0
    worst_s: float = 0.0  # from a story's publication, right after a jump, to its acknowledgement


def clock_set(size: Size, folder: Path) -> Row:
    """The clock is set back and forward, by an hour and by a day: crawls go on at once, and nothing is lost or doubled."""
    if why := shim.missing():
        return skip(FAULT, why)
    with memory() as watched:
        found = _set(folder / "sound", size.pick(JUMPS[::3], JUMPS * 3, JUMPS * 10), PATIENCE_S, watched=watched)
    control = _set(folder / "control", (-HOUR,), STUCK_S, variant="trusting")
    return Row(
        fault=FAULT,
        tried=found.tried,
        survived=found.sound,
        lost=found.bad,
        worst_s=found.worst_s,
        worst_rss=watched.worst,
        control="waits for the clock to catch up",
        caught=control.sound < control.tried,
        note=f"time: until {WAVE} stories published after a jump are there",
    )


def _set(
    folder: Path, jumps: tuple[int, ...], patience_s: float, *, variant: str = "sound", watched: Memory | None = None
) -> Jumped:
    """Set the clock by each of `jumps` and back again; after each, let some stories be published and wait for them."""
    found, moves = Jumped(), [ahead for jump in jumps for ahead in (jump, 0)]
    with open_house(folder, (len(moves) + 1) * WAVE, wires=1) as house:
        (wire,) = house.wires
        later = wire.stories
        wire.stories = [later.pop() for _ in range(WAVE)]
        clock = shim.WallClock(folder)
        told = house.start("run", variant=variant, watched=watched, environment=clock.environment)
        told.wait_kept(WAVE, PATIENCE_S)
        for ahead in moves:
            clock.set_ahead(ahead)
            wire.stories = [*(later.pop() for _ in range(WAVE)), *wire.stories]
            _wait(house, told, patience_s, found)
        told.process.terminate()
        told.end()
        if variant == "sound":
            found.bad += compare(house.archive, house.truth, house.truth).bad + len(damages(house.archive))
            found.bad += not _is_told_of(house.archive)
    return found


def _wait(house: House, told: Told, patience_s: float, found: Jumped) -> None:
    began = time.monotonic()
    there = told.wait_kept(len(house.wires[0].stories), patience_s)
    found.worst_s = max(found.worst_s, time.monotonic() - began)
    found.tried += 1
    found.sound += there and told.process.poll() is None


def _is_told_of(archive: Path) -> bool:
    """Whether time that the clock skipped is explained to who asks why nothing was crawled then."""
    with closing(sqlite3.connect(archive)) as conn:
        return conn.execute("SELECT count(*) FROM pauses WHERE why LIKE 'the clock was set forward%'").fetchone()[0] > 0
