"""An import that is killed and run again gives the clusters it would have given."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from archive.store import open_store
from tests.quality.bulletins import FORMS, bulletin, rerun
from tests.stories import HOUR, NOON
from tests.test_clusters import state

BAYEGAN = Path(sys.executable).with_name("bayegan")
STORIES = 1200
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def lines():
    forms = list(FORMS)
    for number in range(STORIES):
        original = bulletin(forms[number % len(forms)], number // 3)
        yield json.dumps({
            "id": str(number), "agency": ("mehr", "isna", "yjc")[number % 3], "title": f"خبر {number}",
            "body": original if number % 2 else rerun(original, "نمونه", number),
            "published": (NOON + number * HOUR / 20).isoformat(),
        }, ensure_ascii=False)  # fmt: skip


def stored(path):
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as conn:
            return conn.execute("SELECT count(*) FROM stories").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_an_import_that_was_killed_gives_the_same_clusters_when_run_again(tmp_path):
    file = tmp_path / "wire.jsonl"
    file.write_text("\n".join(lines()), "utf-8")
    whole, torn = tmp_path / "whole.db", tmp_path / "torn.db"
    subprocess.run([BAYEGAN, "--archive", whole, "import", file], check=True, capture_output=True)
    with subprocess.Popen([BAYEGAN, "--archive", torn, "import", file], stderr=subprocess.DEVNULL) as running:
        while stored(torn) == 0 and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    assert 0 < stored(torn) < STORIES
    subprocess.run([BAYEGAN, "--archive", torn, "import", file], check=True, capture_output=True)
    with open_store(whole) as one, open_store(torn) as other:
        assert state(one) == state(other)
        assert state(one)[0]
