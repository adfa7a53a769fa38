"""The daemon's log without logrotate: all that is said is in the file, which is private, bounded, and turns over by itself."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import SettingsError
from scheduler.logfile import Rotated
from tests.wire import faults

BAYEGAN = Path(sys.executable).with_name("bayegan")


def written(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("older_files", "kept"),
    [
        pytest.param(2, {"log": b"seven\n", "log.1": b"five\nsix\n", "log.2": b"three\nfour\n"}, id="two-older"),
        pytest.param(9, {"log": b"seven\n", "log.1": b"five\nsix\n", "log.2": b"three\nfour\n", "log.3": b"one\ntwo\n"}, id="more-than-there-are"),
        pytest.param(0, {"log": b"seven\n"}, id="none"),
    ],
)  # fmt: skip
def test_a_full_file_makes_way_and_no_line_is_cut(tmp_path, older_files, kept):
    for words in ("one two three", "four five", "six seven"):  # begun anew in between
        file = Rotated(tmp_path / "log", file_bytes=11, older_files=older_files)
        for word in words.split():
            file.write(f"{word}\n".encode())
        file.close()
    assert written(tmp_path) == kept


def test_a_line_longer_than_a_file_has_one_of_its_own(tmp_path):
    file = Rotated(tmp_path / "log", file_bytes=4, older_files=3)
    for line in (b"a\n", b"far too long\n", b"b\n"):
        file.write(line)
    file.close()
    assert written(tmp_path) == {"log": b"b\n", "log.1": b"far too long\n", "log.2": b"a\n"}


def test_only_its_owner_may_read_it(tmp_path):
    Rotated(tmp_path / "log", file_bytes=4, older_files=3).close()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written_is_said_at_once(wired, bayegan, tmp_path):
    with pytest.raises(SettingsError, match="cannot be written: No such file or directory"):
        Rotated(tmp_path / "absent" / "log", file_bytes=4, older_files=3)
    done = bayegan("run", "--log-file", tmp_path / "absent" / "log")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"bayegan: log.file: {tmp_path}/absent/log: cannot be written: No such file or directory"
    )


def run_until_crawled(folder, *options):
    """Run the daemon until its second crawl was told of, and return what it said on standard output and error."""
    with subprocess.Popen(
        [BAYEGAN, "run", "--json", *options], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=40)
        assert process.returncode == 0
    return "".join(told) + rest, said


def test_everything_said_is_in_the_file_with_its_time_what_crawls_say_too(wired, tmp_path):
    wired.fault("/rss", faults.status(500))
    with (tmp_path / "settings.toml").open("a") as settings:
        settings.write(
            '[scheduler]\ninterval_s = 1\nfastest_s = 1\nretry_s = 1\njitter_s = 0\n[log]\nfile = "said.log"\n'
        )
    told, said = run_until_crawled(tmp_path)
    assert said == "bayegan: logging to said.log\n"
    assert [json.loads(line)["agency"] for line in told.splitlines()][:2] == ["wire", "wire"]
    lines = (tmp_path / "said.log").read_text("utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING) ", line) for line in lines), lines
    texts = [line.split(" ", 2)[2] for line in lines]
    assert texts[0] == "archiving 1 agencies to news.db; `bayegan plan` says when"
    assert texts[-1] == "stopped"
    assert any("HTTP 500" in text for text in texts)
    assert any(text.startswith("wire: ok: 10 new") for text in texts)


def test_as_json_each_line_is_an_object_and_a_crawl_has_its_figures(wired, tmp_path):
    with (tmp_path / "settings.toml").open("a") as settings:
        settings.write("[scheduler]\ninterval_s = 1\nfastest_s = 1\njitter_s = 0\n[log]\nfile_bytes = 600\n")
    run_until_crawled(tmp_path, "--log-json", "--log-file", "said.log")
    files = sorted(tmp_path.glob("said.log*"), key=lambda path: (len(path.name), path.name))
    lines = [json.loads(line) for path in reversed(files) for line in path.read_text("utf-8").splitlines()]
    assert len(files) > 1
    assert [one["text"] for one in lines][-1] == "stopped"
    assert [one["crawl"]["new"] for one in lines if "crawl" in one][:2] == [10, 0]
