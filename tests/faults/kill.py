"""kill -9 of the daemon, of what it has started, or of all: at any instant, again and again."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.house import PATIENCE_S, House, Told, open_house
from tests.faults.processes import Memory, alive, family, kill_family, memory
from tests.faults.row import Row, Size
from tests.faults.truth import Verdict, compare, damages
from tests.wire.stories import invent

# How long everything that a killed daemon leaves behind may live on.
ORPHAN_S = 30.0


@dataclass(slots=True)
class Torment:
    """What came of many kills."""

    kills: int = 0
    sound: int = 0  # kills after which nothing was lost
    acknowledged: set[str] = field(default_factory=set)
    verdict: Verdict = field(default_factory=Verdict)
    recovery_s: float = 0.0
    damages: list[str] = field(default_factory=list)


def kill_daemon_or_child(size: Size, folder: Path) -> Row:
    """kill -9 of the daemon, of any of its children, or of all of them, while it crawls."""
    kills, stories = size.pick((3, 120), (40, 1_000), (200, 4_000))
    with memory() as watched:
        found = _torment(folder / "sound", stories, kills, watched=watched)
    control = _torment(folder / "control", 100, 3, variant="early")
    return Row(
        fault="kill -9 of daemon, child or both",
        tried=kills,
        survived=found.sound,
        lost=found.verdict.bad + len(found.damages),
        worst_s=found.recovery_s,
        worst_rss=watched.worst,
        control="acknowledged before the commit",
        caught=control.verdict.lost > 0,
        note=f"{stories:,} stories; time: from start to ready",
    )


def kill_import(size: Size, folder: Path) -> Row:
    """kill -9 of an import, which is then run again."""
    kills, stories = size.pick((3, 120), (20, 1_000), (60, 4_000))
    truth = {str(one.id): "\n".join(one.paragraphs) for one in invent(stories)}
    file = folder / "wire.jsonl"
    file.write_text("\n".join(lines(stories)), "utf-8")
    (folder / "control").mkdir()
    house, careless, sound = House(folder, ()), House(folder / "control", ()), 0
    with memory() as watched:
        for acknowledged in _interrupt(house, file, kills, watched=watched):
            sound += compare(house.archive, truth, acknowledged).bad == 0
        house.start("import", file, watched=watched).end()
    lost = [compare(careless.archive, truth, told).lost for told in _interrupt(careless, file, 3, variant="early")]
    return Row(
        fault="kill -9 of an import",
        tried=kills,
        survived=sound,
        lost=compare(house.archive, truth, truth).bad + len(damages(house.archive)),
        worst_rss=watched.worst,
        control="acknowledged before the commit",
        caught=any(lost),
        note=f"{stories:,} stories",
    )


def _interrupt(
    house: House, file: Path, kills: int, *, variant: str = "sound", watched: Memory | None = None
) -> Iterator[set[str]]:
    """Start an import and kill it, again and again; yield what was acknowledged until then."""
    dice, acknowledged = random.Random(kills), set[str]()
    for _ in range(kills):
        told = house.start("import", file, variant=variant, watched=watched)
        told.wait_kept(dice.randint(1, 5) * 20, PATIENCE_S)
        time.sleep(dice.random() * 0.05)
        kill_family(told.pid)
        told.end()
        acknowledged |= set(told.kept)
        yield acknowledged


def _torment(
    folder: Path, stories: int, kills: int, *, variant: str = "sound", watched: Memory | None = None
) -> Torment:
    """Kill a house again and again, then let it finish; `found.verdict` is about all stories, at the end."""
    found, dice, each = Torment(), random.Random(kills), max(1, stories // (kills + 1))
    with open_house(folder, stories) as house:
        told = house.start("run", variant=variant, watched=watched)
        for number in range(kills):
            told.wait_kept(dice.randint(0, each), PATIENCE_S)
            time.sleep(dice.random() * 0.2)
            told = _strike(house, told, ("daemon", "child", "both")[number % 3], found, (dice, variant, watched))
            found.kills += 1
        if variant != "sound":
            kill_family(told.pid)
            told.end()
            return found
        house.bring_home(told)
        if house.later("quarantined"):  # pages whose reader was killed: they are looked at once more after five minutes
            house.bring_home(house.start("run", watched=watched))
        found.verdict = compare(house.archive, house.truth, house.truth)
        found.damages = damages(house.archive)
    return found


def _strike(house: House, told: Told, whom: str, found: Torment, how: tuple[random.Random, str, Memory | None]) -> Told:
    """Kill, look what is there, start anew if need be."""
    dice, variant, watched = how
    everyone = family(told.pid)
    if whom == "child":
        if len(everyone) > 1:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(everyone[1:]), signal.SIGKILL)
        found.sound += told.process.poll() is None
        return told
    if whom == "both":
        kill_family(told.pid)
    else:
        os.kill(told.pid, signal.SIGKILL)
    told.end()
    found.acknowledged |= set(told.kept)
    gone = _all_gone(everyone)
    seen = compare(house.archive, house.truth, found.acknowledged)
    found.verdict = Verdict(lost=max(found.verdict.lost, seen.lost), twice=seen.twice, wrong=seen.wrong)
    again = house.start("run", variant=variant, watched=watched)
    ready = again.wait_ready(PATIENCE_S)
    found.recovery_s = max(found.recovery_s, again.ready_s or PATIENCE_S)
    found.sound += gone and ready and seen.bad == 0
    return again


def _all_gone(pids: list[int]) -> bool:
    """Whether processes end by themselves, now that their daemon is gone."""
    until = time.monotonic() + ORPHAN_S
    while any(map(alive, pids)):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def lines(count: int) -> list[str]:
    return [
        json.dumps(
            {
                "story_id": str(one.id), "title": one.title, "lead": one.lead, "paragraphs": one.paragraphs,
                "published": one.published.isoformat(), "agency": "wire",
            },
            ensure_ascii=False,
        )
        for one in invent(count)
    ]  # fmt: skip
