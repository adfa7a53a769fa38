"""A full disk: a small file system of its own that is filled to the brim under the daemon, and emptied again."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.house import PATIENCE_S, House, Told, open_house
from tests.faults.processes import Memory, memory
from tests.faults.row import MIB, Row, Size, skip
from tests.faults.truth import compare, damages

FAULT = "disk full, and space coming back"
DISK = 48 * MIB
# How long the disk stays full: some crawls begin and fail in that time. In the control longer than the daemon rests
# after a refusal; and since a crawl may sit it out, or have leased nothing when it began, a few times if need be.
FULL_S, CONTROL_S, CONTROLS = 6.0, 15.0, 4


@dataclass(slots=True)
class Full:
    """What came of filling the disk some times."""

    sound: int = 0
    bad: int = 0
    attempts: int = 0  # the most that were counted of a link, while the disk was full or when it was leased again
    refusals: int = 0  # complaints of a full disk
    back_s: float = 0.0  # from the space coming back to the next story, at worst


def disk_full(size: Size, folder: Path) -> Row:
    """A disk that is full for a while: no attempt is counted meanwhile, and afterwards all comes in."""
    why = _why_not(folder)
    if why:
        return skip(FAULT, why)
    times, stories = size.pick((1, 100), (3, 500), (8, 1_200))
    with memory() as watched:
        found = _fill_again_and_again(folder / "sound", stories, times, watched=watched)
    control = _control(folder)
    return Row(
        fault=FAULT,
        tried=times,
        survived=found.sound,
        lost=found.bad,
        worst_s=found.back_s,
        worst_rss=watched.worst,
        control="attempts counted while full",
        caught=control.attempts > 1,
        note=f"{stories:,} stories; {found.refusals} writes refused; time: from space coming back to the next story",
    )


def _control(folder: Path) -> Full:
    found = Full()
    for number in range(CONTROLS):
        found = _fill_again_and_again(folder / f"control{number}", 100, 1, variant="counting", full_s=CONTROL_S)
        if found.attempts > 1:
            break
    return found


def _fill_again_and_again(
    folder: Path,
    stories: int,
    times: int,
    *,
    variant: str = "sound",
    full_s: float = FULL_S,
    watched: Memory | None = None,
) -> Full:
    found = Full()
    folder.mkdir()
    with _small_disk(folder / "disk") as disk, open_house(folder, stories) as house:
        house.archive = disk / "news.db"
        told = house.start("--archive", house.archive, "run", variant=variant, watched=watched)
        for number in range(times):
            told.wait_kept((number + 1) * stories // (times + 2), PATIENCE_S)
            _fill_once(house, told, disk, found, full_s)
        house.bring_home(told)
        found.refusals = (folder / "said.txt").read_text("utf-8").count("disk is full")
        if variant == "sound":
            found.bad += compare(house.archive, house.truth, house.truth).bad + len(damages(house.archive))
    return found


def _fill_once(house: House, told: Told, disk: Path, found: Full, full_s: float) -> None:
    """Fill the disk, look at what is there meanwhile, empty it, and wait for the next story."""
    ballast = disk / "ballast"
    _fill(ballast)
    time.sleep(full_s)
    acknowledged = list(told.kept)
    counted = _attempts(house.archive)
    seen = compare(house.archive, house.truth, acknowledged)
    ballast.unlink()
    began = time.monotonic()
    went_on = told.wait_kept(len(acknowledged) + 1, PATIENCE_S)
    found.back_s = max(found.back_s, time.monotonic() - began)
    # Those that were leased when it filled up are leased again by now, few of them home.
    counted = max(counted, _attempts(house.archive))
    found.attempts = max(found.attempts, counted)
    found.bad += seen.bad
    found.sound += went_on and told.process.poll() is None and not seen.bad and counted <= 1


def _fill(ballast: Path) -> None:
    """Write until there is no room for another byte."""
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    piece = 1 << 20
    while piece:
        try:
            os.write(file, bytes(piece))
        except OSError:
            piece //= 2
    os.close(file)


def _attempts(archive: Path) -> int:
    """Return the most attempts that are counted of a link."""
    with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT max(attempts) FROM links").fetchone()[0] or 0)


def _why_not(folder: Path) -> str:
    if os.geteuid() != 0:
        return "needs root, to mount a small file system"
    try:
        with _small_disk(folder / "probe"):
            return ""
    except (OSError, subprocess.CalledProcessError) as error:
        return f"a small file system cannot be mounted here: {error}"


@contextmanager
def _small_disk(at: Path) -> Iterator[Path]:
    """Mount a small file system at `at` while the block lasts."""
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", at], check=True, capture_output=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)
