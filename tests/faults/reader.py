"""A reader that never leaves: the writer goes on, and when it has left at last the WAL shrinks again."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

from archive.analysis import Analysed, analyse
from archive.lock import WAL_BYTES
from archive.store import open_store
from archive.story import Story
from tests.faults.row import MIB, Row, Size
from tests.faults.truth import compare, damages
from tests.wire.stories import NOW, invent

# How many stories come in after it has left: a WAL is begun anew by a write after a checkpoint.
AFTER = 60


def reader_never_leaves(size: Size, folder: Path) -> Row:
    """A reader holds its snapshot while stories come in: all are there, and the WAL shrinks when it has left."""
    stories = size.pick(300, 1_500, 4_000)
    limit, most, after, slowest = _live_with(folder / "news.db", stories)
    truth = {str(one.id): "\n".join(one.paragraphs) for one in invent(stories)}
    verdict = compare(folder / "news.db", truth, truth)
    (folder / "control").mkdir()
    _, _, unbounded, _ = _live_with(folder / "control" / "news.db", 300, bounded=False)
    return Row(
        fault="a WAL reader that never leaves",
        tried=1,
        survived=int(after <= limit),
        lost=verdict.bad + len(damages(folder / "news.db")),
        worst_s=slowest,
        control="the WAL is not cut back",
        caught=unbounded > limit,
        note=f"{stories:,} stories, WAL {most / MIB:.0f} MiB meanwhile, {after / MIB:.0f} when it has left; time: the slowest write",
    )


def _live_with(archive: Path, count: int, *, bounded: bool = True) -> tuple[int, int, int, float]:
    """Store stories beside a reader; return the WAL's limit, its size with the reader and after it, the slowest write."""
    stories = [_analysed(one) for one in reversed(invent(count))]
    early, late = stories[:-AFTER], stories[-AFTER:]
    wal, slowest = archive.with_name(f"{archive.name}-wal"), 0.0
    with open_store(archive) as store:
        if not bounded:
            store.conn.execute("PRAGMA journal_size_limit = -1")
        store.add(early[0], now=NOW)
        with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM stories").fetchone()
            for one in early[1:]:
                began = monotonic()
                store.add(one, now=NOW)
                slowest = max(slowest, monotonic() - began)
            most = wal.stat().st_size
        for one in late:
            store.add(one, now=NOW)
        after = wal.stat().st_size
    # The limit is what is kept at most; what is written since it was cut comes on top, until the next checkpoint.
    return WAL_BYTES + 8 * MIB, most, after, slowest


def _analysed(one) -> Analysed:  # type: ignore[no-untyped-def]
    return analyse(
        Story(
            agency="wire",
            story_id=str(one.id),
            url=f"https://wire.test/news/{one.id}",
            title=one.title,
            lead=one.lead,
            body="\n".join(one.paragraphs),
            published=one.published,
        )
    )
