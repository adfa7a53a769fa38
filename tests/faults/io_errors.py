"""The disk fails at one call, or from one call on for good: nothing acknowledged is lost, all comes in afterwards."""

import errno
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import shim
from tests.faults.house import TOP
from tests.faults.row import Row, Size, skip
from tests.faults.shim import Kind
from tests.faults.struck import bring, wanted
from tests.faults.truth import compare, open_and_prove

FAULT = "I/O error at every Nth call, once and for good"
# Into an archive that is at rest, and into one that is being made.
CASES = ("filled", "new")
# What fails, how, and whether for good.
FAILURES = (
    (Kind.ALL, errno.EIO, False),
    (Kind.ALL, errno.EIO, True),
    (Kind.WRITE | Kind.OPEN | Kind.TRUNCATE | Kind.NAME, errno.ENOSPC, True),
)

type Ask = Callable[[str], dict[str, Any]]


@dataclass(slots=True)
class Found:
    """What came of many failures."""

    tried: int = 0
    sound: int = 0
    bad: int = 0
    first: str = ""

    def note(self, what: str, complaints: list[str]) -> None:
        """Note what is wrong after a failure; nothing = it was survived."""
        self.tried += 1
        self.sound += not complaints
        self.bad += len(complaints)
        if complaints and not self.first:
            self.first = f"{what}: {complaints[0]}"


def io_errors(size: Size, folder: Path) -> Row:
    """An I/O error or a full disk at every Nth call of the writer, once and for good."""
    if why := shim.missing():
        return skip(FAULT, why)
    folder = folder.resolve()
    (folder / "filled").mkdir()
    bring(folder / "filled" / "news.db", 2)
    found, careless = Found(), 0
    with struck(folder) as ask:
        for line in _lines(ask, size.pick(40, 600, 100_000)):
            answer, archive = ask(line), folder / "struck" / line.split()[0] / "news.db"
            wrong = complaints(archive, answer)
            if answer["refused"] and not careless:
                careless = compare(archive, truth(), truth()).lost if archive.exists() else len(truth())
            found.note(line, wrong + again(archive))
    return Row(
        fault=FAULT,
        tried=found.tried,
        survived=found.sound,
        lost=found.bad,
        control="a refusal taken for an acknowledgement",
        caught=careless > 0,
        note=found.first,
    )


def truth() -> dict[str, str]:
    """Return the body of every story that is brought."""
    return {one.story.story_id or "": one.story.body for one, _ in wanted()}


def _lines(ask: Ask, most: int) -> Iterator[str]:
    """Yield what is to fail: every call of every case, or `most` of them at random."""
    lines = []
    for case in CASES:
        for kinds, error, for_good in FAILURES:
            calls = ask(f"{case} 0 {int(kinds)} 0 0")["calls"]
            lines += [f"{case} {n} {int(kinds)} {error} {int(for_good)}" for n in range(1, calls + 1)]
    yield from lines if len(lines) <= most else random.Random(most).sample(lines, most)


def complaints(archive: Path, answer: dict[str, Any]) -> list[str]:
    """Return what is wrong right after a failure: an error that is none of ours, something lost, something damaged."""
    found = [f"crashed: {answer['crash']}"] if answer["crash"] else []
    if not archive.exists():
        return found + [f"{story} is lost" for story in answer["kept"]]
    found += open_and_prove(archive)
    verdict = compare(archive, truth(), answer["kept"])
    return [*found, str(verdict)] if verdict.bad else found


def again(archive: Path) -> list[str]:
    """Bring the stories once more, now that the disk is well, and return what is wrong then."""
    archive.parent.mkdir(exist_ok=True)
    outcome = bring(archive)
    verdict = compare(archive, truth(), truth())
    found = [*outcome.refused, *([outcome.crash] if outcome.crash else []), *open_and_prove(archive)]
    return [f"afterwards: {one}" for one in [*found, *([str(verdict)] if verdict.bad else [])]]


@contextmanager
def struck(folder: Path) -> Iterator[Ask]:
    """Give a function that has a line done by a process whose disk fails (see `tests.faults.struck`)."""
    home = folder / "struck"
    home.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.struck", home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=TOP,
        env=shim.environment(shim.compiled(folder), home),
    ) as process:

        def ask(line: str) -> dict[str, Any]:
            print(line, file=process.stdin, flush=True)
            answer = process.stdout.readline()  # type: ignore[union-attr]
            if not answer:
                raise RuntimeError(f"{line}: the process died with {process.wait()}")
            told: dict[str, Any] = json.loads(answer)
            return told

        yield ask
        process.stdin.close()  # type: ignore[union-attr]
