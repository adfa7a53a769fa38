"""kill -9 of everything, at any instant: nothing that was acknowledged is lost, nothing comes twice, every text is whole.

BAYEGAN_KILLS=50 kills fifty times while 2,000 known stories are imported and crawled; by default it is four times and few
stories, for CI.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from archive.keep.proof import prove
from archive.search.index import register
from tests.wire.stories import invent

KILLS = int(os.environ.get("BAYEGAN_KILLS", "4"))
STORIES = 2_000 if KILLS >= 50 else 40 * KILLS

# The real commands; what is acknowledged is also said aloud, after the commit and before the answer leaves.
IMPORT = """
from archive.store import Store
from archive.commands import import_stories
from scheduler.cli import main
plain, import_stories.BATCH = Store.add_all, 20
def told(store, batch, *, now):
    stored = plain(store, batch, now=now)
    print(*(one.story.story_id for one in batch), flush=True)
    return stored
Store.add_all = told
"""
CRAWL = """
from archive.store import Store
from scheduler import desk
from scheduler.cli import main
plain = desk._answer
def told(intake, call):
    reply = plain(intake, call)
    if call.method == "keep" and not reply.error:
        print(call.arguments[1].story.story_id, flush=True)
    return reply
desk._answer = told
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_import_that_is_killed_again_and_again_loses_nothing(tmp_path):
    truth = {str(one.id): "\n".join(one.paragraphs) for one in invent(STORIES)}
    file = tmp_path / "stories.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for one in invent(STORIES):
            row = {"story_id": str(one.id), "title": one.title, "lead": one.lead, "paragraphs": one.paragraphs}
            row |= {"published": one.published.isoformat(), "agency": "wire"}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    archive = tmp_path / "news.db"
    acknowledged = torment(IMPORT, ["--archive", archive, "import", file], archive, truth, KILLS // 2, most=8)
    finish(IMPORT, ["--archive", archive, "import", file])
    assert stored(archive) == truth
    assert acknowledged <= truth.keys()
    sound(archive, len(truth))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_crawl_that_is_killed_again_and_again_loses_nothing(tmp_path, open_wire):
    wire = open_wire(STORIES)
    truth, archive, settings = wire.truth(), tmp_path / "news.db", tmp_path / "settings.toml"
    (tmp_path / "agencies").mkdir()
    agency = wire.agency
    (tmp_path / "agencies" / "wire.toml").write_text(
        f'name = "{agency.name}"\nhome = "{agency.home}"\nfamily = "{wire.family}"\nstory = \'{agency.story}\'\n'
        f"feeds = {json.dumps(agency.feeds)}\nsitemaps = {json.dumps(agency.sitemaps)}\n",
        "utf-8",
    )
    settings.write_text(
        '[crawler]\ndelay_s = 0.0\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "agencies"\nrecheck_ages_s = []\n'
        f"crawl_links = {STORIES}\nfeed_links = {STORIES}\n",
        "utf-8",
    )
    call = ["--settings", settings, "--archive", archive, "crawl", "wire"]
    torment(CRAWL, call, archive, truth, KILLS - KILLS // 2, most=max(4, STORIES // (KILLS + 1)))
    for _ in range(3):
        finish(CRAWL, call)
    assert stored(archive) == truth
    sound(archive, len(truth))


def torment(code, arguments, archive, truth, kills, *, most):
    """Run the command `kills` times and kill each run with all it started; return the ids that were acknowledged."""
    dice, acknowledged = random.Random(kills), set()
    for number in range(kills):
        child = start(code, arguments)
        for _ in range(dice.randint(1, most)):
            line = child.stdout.readline()
            if not line:
                break
            acknowledged.update(line.split())
        time.sleep(dice.random() * 0.05)
        kill_tree(child.pid)
        acknowledged.update(child.stdout.read().split())
        child.stdout.close()
        child.wait()
        held = stored(archive)
        assert acknowledged <= held.keys(), f"kill {number}: {len(acknowledged - held.keys())} lost"
        assert all(truth[story] == body for story, body in held.items()), f"kill {number}: a text differs"
    return acknowledged


def start(code, arguments):
    script = f"{code}\nmain({[str(one) for one in arguments]!r})"
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path.cwd()
    )


def finish(code, arguments):
    child = start(code, arguments)
    child.communicate()
    assert child.returncode == 0


def kill_tree(pid):
    """Stop, find and kill a process and all that descends from it, whatever session it is in."""
    family, seen = [pid], set()
    while family:
        one = family.pop()
        if one in seen:
            continue
        seen.add(one)
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGSTOP)  # so that it starts no other meanwhile
        family += children(one)
    for one in seen:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def children(pid):
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def stored(archive):
    """Return the body of every story by its id; each may be there once only."""
    with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as conn:
        rows = conn.execute("SELECT story_id, body FROM stories").fetchall()
    assert len(rows) == len(dict(rows))
    return dict(rows)


def sound(archive, count):
    with closing(sqlite3.connect(archive, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        register(conn)
        assert [damage.as_json() for damage in prove(conn, writable=True)] == []
        assert conn.execute("SELECT count(*), count(DISTINCT story_id), max(revision) FROM stories").fetchone()[:] == (
            count,
            count,
            1,
        )
        assert conn.execute("SELECT count(*) FROM links WHERE state NOT IN ('done')").fetchone()[0] == 0
