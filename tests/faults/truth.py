"""What an archive holds, held against what was published: lost, twice, wrong."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BAYEGAN = Path(sys.executable).with_name("bayegan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many stories are missing, there more than once, or not to the letter what was published."""

    lost: int = 0
    twice: int = 0
    wrong: int = 0

    @property
    def bad(self) -> int:
        """All that should not be."""
        return self.lost + self.twice + self.wrong


def compare(archive: Path, truth: Mapping[str, str], wanted: Collection[str]) -> Verdict:
    """Hold the archive against `truth` (story id -> body); `wanted` are the ids that must be there."""
    with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        rows = conn.execute("SELECT story_id, body, revision FROM stories").fetchall()
    times = Counter(story for story, *_ in rows)
    return Verdict(
        lost=sum(story not in times for story in wanted),
        twice=sum(count - 1 for count in times.values()),
        wrong=sum(truth.get(story) != body or revision != 1 for story, body, revision in rows),
    )


def damages(archive: Path) -> list[str]:
    """Return what `bayegan verify` finds wrong with an archive at rest: nothing = it is sound."""
    done = subprocess.run([BAYEGAN, "--archive", archive, "verify"], capture_output=True, text=True, check=False)
    found = done.stdout.splitlines()
    return found or ([] if done.returncode == 0 else [done.stderr.strip()])
