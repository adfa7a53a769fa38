"""The network is cut and healed: agencies and daemon live in a network of their own whose only wire is pulled.

unshare --net python -m tests.faults.network FOLDER STORIES CUTS VARIANT    what runs there; it prints JSON
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.house import PATIENCE_S, TOP, House, Told, open_house
from tests.faults.processes import memory
from tests.faults.row import Row, Size, skip
from tests.faults.truth import compare, damages

FAULT = "network cut and healed"
CUT_S = 6.0


@dataclass(slots=True)
class Cut:
    """What came of cutting the network some times."""

    tried: int = 0
    sound: int = 0
    bad: int = 0
    failed: int = 0  # links whose fetch failed meanwhile
    back_s: float = 0.0  # from the network coming back to the next story, at worst
    rss: int = 0


def network_cut(size: Size, folder: Path) -> Row:
    """The network is cut in the middle of crawls and healed: every story comes in afterwards, once."""
    alone = _alone()
    if not alone:
        return skip(FAULT, "needs root or user namespaces, to make a network of its own (unshare, ip)")
    cuts, stories = size.pick((1, 80), (6, 600), (20, 2_000))
    found = _run(alone, folder / "sound", stories, cuts, "sound")
    control = _run(alone, folder / "control", 80, 1, "giving_up")
    return Row(
        fault=FAULT,
        tried=found.tried,
        survived=found.sound,
        lost=found.bad,
        worst_s=found.back_s,
        worst_rss=found.rss,
        control="a link that failed is never tried again",
        caught=control.bad > 0,
        note=f"{stories:,} stories; {found.failed} fetches failed; time: from the network coming back to the next story",
    )


def _alone() -> list[str]:
    """Return the words before a command that give it a network of its own; none = it cannot be had."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return []
    words = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    probe = subprocess.run([*words, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return words if probe.returncode == 0 else []


def _run(alone: list[str], folder: Path, stories: int, cuts: int, variant: str) -> Cut:
    words = [*alone, sys.executable, "-m", "tests.faults.network", folder, stories, cuts, variant]
    done = subprocess.run(list(map(str, words)), cwd=TOP, check=True, stdout=subprocess.PIPE, text=True)
    return Cut(**json.loads(done.stdout))


def live(folder: Path, stories: int, cuts: int, variant: str) -> Cut:
    """Crawl here, pulling the wire now and then; return what came of it."""
    found = Cut()
    _wire("up")
    with memory() as watched, open_house(folder, stories, response_s=2.0) as house:
        told = house.start("run", variant=variant, watched=watched)
        for number in range(cuts):
            told.wait_kept(max(len(told.kept) + 1, (number + 1) * stories // (cuts + 3)), PATIENCE_S)
            _cut_once(told, found)
        house.bring_home(told)
        found.failed = house.later("failed")
        house.bring_home(house.start("run", variant=variant, watched=watched))
        found.bad = _bad(house)
    found.rss = watched.worst
    return found


def _cut_once(told: Told, found: Cut) -> None:
    _wire("down")
    time.sleep(1.0)  # what was on its way is written
    before = len(told.kept)
    time.sleep(CUT_S)
    is_cut = len(told.kept) == before
    _wire("up")
    began = time.monotonic()
    went_on = told.wait_kept(before + 1, PATIENCE_S)
    found.tried += 1
    found.back_s = max(found.back_s, time.monotonic() - began)
    found.sound += is_cut and went_on and told.process.poll() is None


def _bad(house: House) -> int:
    return compare(house.archive, house.truth, house.truth).bad + len(damages(house.archive))


def _wire(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


if __name__ == "__main__":
    print(json.dumps(asdict(live(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))))
