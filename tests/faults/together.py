"""Many at one archive: a second writer is turned away, readers and copies go on while stories come in."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from archive.store import open_store
from tests.faults.house import PATIENCE_S, House, Told, open_house
from tests.faults.kill import lines
from tests.faults.processes import kill_family, memory
from tests.faults.row import Row, Size
from tests.faults.truth import BAYEGAN, compare, damages

IN_USE = 75


def two_writers(size: Size, folder: Path) -> Row:
    """A second daemon, a crawl, an import while the daemon runs: each ends at once with 75, and the daemon goes on."""
    times, stories = size.pick((1, 60), (5, 300), (20, 1_000))
    refused = tried = 0
    slowest = 0.0
    with memory() as watched, open_house(folder / "sound", stories) as house:
        file = house.folder / "more.jsonl"
        file.write_text("\n".join(lines(5)), "utf-8")
        told = house.start("run", watched=watched)
        told.wait_kept(1, PATIENCE_S)
        for words in (("run",), ("crawl", "--due"), ("import", file)) * times:
            began = time.monotonic()
            done = _bayegan(house, *words)
            slowest = max(slowest, time.monotonic() - began)
            tried += 1
            refused += done.returncode == IN_USE and "in use" in done.stderr and told.process.poll() is None
        house.bring_home(told)
        bad = compare(house.archive, house.truth, house.truth).bad + len(damages(house.archive))
    return Row(
        fault="two daemons, and other second writers",
        tried=tried,
        survived=refused,
        lost=bad,
        worst_s=slowest,
        worst_rss=watched.worst,
        control="no lock",
        caught=_goes_on_without_lock(folder / "control"),
        note="time: until it is turned away",
    )


def _goes_on_without_lock(folder: Path) -> bool:
    """Whether a second daemon that looks at no lock is told from one that was turned away."""
    with open_house(folder, 20) as house:
        first = house.start("run")
        first.wait_ready(PATIENCE_S)
        second = house.start("run", variant="unlocked")
        is_ready = second.wait_ready(PATIENCE_S)
        for told in (first, second):
            kill_family(told.pid)
            told.end()
    return is_ready


def all_at_once(size: Size, folder: Path) -> Row:
    """Daemon, backup, search, export, verify, browse and an import that is turned away, all at once."""
    rounds, stories = size.pick((1, 80), (6, 600), (20, 2_000))
    good: list[bool] = []
    torn = False
    with memory() as watched, open_house(folder, stories) as house:
        file = house.folder / "more.jsonl"
        file.write_text("\n".join(lines(5)), "utf-8")
        told = house.start("run", watched=watched)
        for number in range(rounds):
            told.wait_kept(max(10, number * stories // rounds), PATIENCE_S)
            torn = torn or _misses(house, told, _copied)
            good += _round(house, told, file)
        house.bring_home(told)
        bad = compare(house.archive, house.truth, house.truth).bad + len(damages(house.archive))
    return Row(
        fault="daemon, import, backup, browse, ... at once",
        tried=len(good),
        survived=sum(good),
        lost=bad,
        worst_rss=watched.worst,
        control="a copy of the file for a backup",
        caught=torn,
    )


def _round(house: House, told: Told, file: Path) -> list[bool]:
    """Let everyone at the archive at the same time; say of each whether it did what it should."""
    calls = {
        ("search", "کتاب", "--json"): 0, ("export", "-o", "out.jsonl"): 0, ("verify",): 0, ("import", file): IN_USE,
        ("coverage",): 0, ("links",): 0,
    }  # fmt: skip
    running = [
        (subprocess.Popen([BAYEGAN, *map(str, words)], cwd=house.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), code)
        for words, code in calls.items()
    ]  # fmt: skip
    good = [_browses(house), not _misses(house, told, _backed_up)]
    return [*good, *(process.wait() == code for process, code in running)]


def _browses(house: House) -> bool:
    """Whether the browser answers its front page and a search while the archive is written."""
    with subprocess.Popen(
        [BAYEGAN, "browse", "--port", "0"],
        cwd=house.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            home = next(word for line in process.stdout or () for word in line.split() if word.startswith("http://"))
            for page in (home, f"{home.rstrip('/')}/news/stories?_search=%DA%A9%D8%AA%D8%A7%D8%A8"):
                urllib.request.urlopen(page, timeout=PATIENCE_S).close()
        except OSError:  # any status but 200, too
            return False
        else:
            return True
        finally:
            process.terminate()


def _misses(house: House, told: Told, copied: Callable[[House], Path]) -> bool:
    """Whether a copy misses a story that was acknowledged before it was made, or is damaged."""
    acknowledged = list(told.kept)
    copy = copied(house)
    if not copy.exists():
        return True
    try:
        with open_store(copy):
            pass
        return bool(compare(copy, house.truth, acknowledged).bad or damages(copy))
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return True


def _backed_up(house: House) -> Path:
    done = _bayegan(house, "backup", "copies", "--json")
    return Path(house.folder, json.loads(done.stdout)["path"]) if done.returncode == 0 else Path("none")


def _copied(house: House) -> Path:
    """Copy the archive's file as one would who knows no better."""
    (house.folder / "cp").mkdir(exist_ok=True)
    return Path(shutil.copy(house.archive, house.folder / "cp" / "news.db"))


def _bayegan(house: House, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [BAYEGAN, *map(str, words)], cwd=house.folder, capture_output=True, text=True, timeout=600, check=False
    )
