"""What an archive holds, held against what was published: lost, twice, wrong."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ArchiveError
from archive.keep.proof import prove, prove_raw
from archive.raw.files import folder_of, open_raw
from archive.raw.months import months, read_page
from archive.search.index import register
from archive.store import open_store

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


def open_and_prove(archive: Path) -> list[str]:
    """Open an archive for writing, as the next start would, and return what is wrong with it, raw pages and all."""
    with open_store(archive), open_raw(folder_of(archive)):
        pass
    found = [damage for file in months(folder_of(archive)) for damage in prove_raw(file)]
    with closing(sqlite3.connect(archive, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        register(conn)
        found += prove(conn, writable=True)
        pages = conn.execute("SELECT month, page FROM story_pages UNION SELECT month, page FROM link_pages").fetchall()
    return [str(one.as_json()) for one in found] + list(_unread(archive, pages))


def _unread(archive: Path, pages: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the raw pages that stories were read from and that are not there."""
    for month, page in pages:
        try:
            read_page(folder_of(archive), month, page)
        except ArchiveError as error:
            yield str(error)


def damages(archive: Path) -> list[str]:
    """Return what `bayegan verify` finds wrong with an archive at rest: nothing = it is sound."""
    done = subprocess.run([BAYEGAN, "--archive", archive, "verify"], capture_output=True, text=True, check=False)
    found = done.stdout.splitlines()
    return found or ([] if done.returncode == 0 else [done.stderr.strip()])
