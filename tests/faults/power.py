"""Loss of power while stories are written: disks as they may be found, made of what the real writer did to its files."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults import shim
from tests.faults.disk_image import Disk
from tests.faults.house import PATIENCE_S, House, open_house
from tests.faults.row import Row, Size, skip
from tests.faults.truth import compare, open_and_prove

FAULT = "power lost at any write"


@dataclass(slots=True)
class Images:
    """What came of many losses of power: images tried, those that were sound, stories lost and damages in all."""

    tried: int = 0
    sound: int = 0
    lost: int = 0
    damages: int = 0
    first: str = ""


def power_lost(size: Size, folder: Path) -> Row:
    """Loss of power at any write, of which what was not synced comes in part, torn and in any order."""
    if why := shim.missing():
        return skip(FAULT, why)
    images, stories = size.pick((12, 40), (100, 150), (400, 300))
    found = _try(folder, "sound", stories, images)
    off, normal = (_try(folder, variant, 40, size.pick(8, 20, 40)) for variant in ("unsynced", "normal"))
    return Row(
        fault=FAULT,
        tried=found.tried,
        survived=found.sound,
        lost=found.lost + found.damages,
        control="synchronous OFF; NORMAL",
        caught=off.lost + off.damages > 0 and normal.lost > 0,
        note=f"{stories} stories; OFF lost some in {off.tried - off.sound} of {off.tried} images, NORMAL in"
        f" {normal.tried - normal.sound} of {normal.tried}{f'; {found.first}' if found.first else ''}",
    )


def _try(folder: Path, variant: str, stories: int, count: int) -> Images:
    library, log, home = shim.compiled(folder), folder / f"{variant}.log", folder / variant
    with open_house(home, stories) as house:
        _crawl(house, variant, shim.environment(library, home, log))
    found, dice = Images(), random.Random(count)
    for number, acknowledged in enumerate(_crashes(log, home, count, dice, folder / "image")):
        found.tried += 1
        image = folder / "image" / "news.db"
        try:
            damages = open_and_prove(image)
            lost = compare(image, house.truth, acknowledged)
        except Exception as error:  # noqa: BLE001 - whatever it is, this image was not survived
            damages, lost = [f"{type(error).__name__}: {error}"], None
        found.sound += not damages and lost is not None and not lost.bad
        found.lost += 0 if lost is None else lost.bad
        found.damages += len(damages)
        if (damages or lost.bad) and not found.first:
            found.first = f"image {number}: {damages[:1]} {lost}"
        shutil.rmtree(folder / "image")
    log.unlink()
    return found


def _crawl(house: House, variant: str, environment: dict[str, str]) -> None:
    """Let the daemon bring all stories home before our eyes, and stop it calmly."""
    told = house.start("run", variant=variant, environment=environment)
    told.wait_kept(1, 5 * PATIENCE_S)
    house.bring_home(told)
    if set(told.kept) != house.truth.keys():
        raise RuntimeError(f"only {len(set(told.kept))} of {len(house.truth)} stories were brought home")


def _crashes(log: Path, home: Path, count: int, dice: random.Random, image: Path) -> Iterator[set[str]]:
    """Write an image for each of `count` moments, and yield the stories that were acknowledged until then."""
    total = sum(1 for _ in shim.changes(log))
    moments = set(dice.sample(range(total), min(count, total)))
    disk, acknowledged = Disk(home), set[str]()
    for number, change in enumerate(shim.changes(log)):
        if change.path.endswith("/acknowledged.txt"):
            acknowledged |= set(change.data.decode().split()[1:]) if change.data.startswith(b"kept") else set()
        elif not change.path.endswith(("-shm", ".lock", ".txt")):
            disk.do(change)
        if number in moments:
            disk.crash(image, dice)
            yield acknowledged
