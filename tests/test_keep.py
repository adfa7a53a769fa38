"""Copies are whole, backups thin out, damage is seen, a migration that is killed leaves a whole archive."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.keep.backup import back_up, backups
from archive.keep.copies import copy
from archive.keep.doctor import Level, sqlite_finding
from archive.keep.proof import prove_raw
from archive.keep.retention import to_keep
from archive.raw.files import folder_of, open_raw
from archive.raw.page import Packer, RawPage
from archive.schema import MIGRATIONS, migrate
from archive.search.hits import open_archive
from archive.store import open_store
from scheduler.cli import bayegan
from tests.stories import DAY, HOUR, NOON, analysed


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        for number in range(1, 40):
            store.add(analysed(story_id=str(number), url="", title=f"سرخط {number} درباره کتاب"), now=NOON)
        store.add(analysed(story_id="7", url="", title="سرخط دیگر"), now=NOON + HOUR)
    return path


def run(path, *arguments):
    return CliRunner().invoke(bayegan, ["--archive", str(path), *map(str, arguments)])


def damages(path, *arguments):
    result = run(path, "verify", "--json", *arguments)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == (1 if found else 0)
    return found


def spoil(path, statement):
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(statement)


def test_a_backup_is_whole_private_and_restores_to_an_equal_archive(path, tmp_path):
    with open_store(path) as store:
        store.add(analysed(story_id="late", url=""), now=NOON)
        result = run(path, "backup", tmp_path / "kept", "--json")  # while the archive is written to
    made = json.loads(result.stdout)["path"]
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert Path(made).stat().st_mode & 0o777 == 0o600
    restored = tmp_path / "restored.db"
    assert run(path, "restore", made, restored).exit_code == 0
    assert run(path, "export").stdout == run(restored, "export").stdout
    with open_store(restored) as store:
        assert store.db["stories"].count == 40


@pytest.mark.parametrize("there", ["news.db", "other.db-wal"])
def test_a_restore_goes_over_nothing(path, tmp_path, there):
    made = json.loads(run(path, "backup", tmp_path / "kept", "--json").stdout)["path"]
    (tmp_path / there).touch()
    result = run(path, "restore", made, tmp_path / there.removesuffix("-wal"))
    assert isinstance(result.exception, ArchiveError)
    assert "is there already" in str(result.exception)


def test_what_is_no_archive_is_not_restored(path, tmp_path):
    (tmp_path / "x.db").write_bytes(b"no database" * 1000)
    result = run(path, "restore", tmp_path / "x.db", tmp_path / "y.db")
    assert isinstance(result.exception, ArchiveError)
    assert not (tmp_path / "y.db").exists()


def test_a_copy_that_fails_leaves_nothing(path, tmp_path):
    with open_archive(path) as conn, pytest.raises(ArchiveError):
        copy(conn, tmp_path / "nowhere" / "copy.db")
    with open_archive(path) as conn, pytest.raises(ArchiveError, match="is there already"):
        copy(conn, path)


def test_backups_thin_out_and_only_ours_go(path, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    for name in ("other-20200101T000000Z.db", "news-of-the-day.db", "news-20200101T000000Z.db.txt"):
        (folder / name).touch()
    with open_archive(path) as conn:
        for day in range(1, 12):
            back_up(conn, path, folder, NOON + day * DAY)
    assert len(backups(path, folder)) < 11
    assert len(list(folder.iterdir())) == len(backups(path, folder)) + 3


def test_a_year_of_daily_copies_becomes_seven_days_eight_weeks_and_twelve_months():
    year = [NOON + n * DAY for n in range(365)]
    kept = sorted(to_keep(year), reverse=True)
    assert kept[:7] == [year[-1] - n * DAY for n in range(7)]
    assert 7 + 8 + 12 - 4 <= len(kept) <= 7 + 8 + 12
    assert kept[-1] < year[-1] - 300 * DAY


@given(st.lists(st.integers(0, 3000).map(lambda hours: NOON + hours * 7 * HOUR), unique=True))
def test_the_newest_copy_stays_and_thinning_again_changes_nothing(moments):
    kept = to_keep(moments)
    assert kept <= set(moments)
    assert to_keep(kept) == kept
    assert not moments or max(moments) in kept


def test_copies_taken_as_they_come_keep_what_one_thinning_would():
    held = set()
    for n in range(400):
        held = to_keep({*held, NOON + n * DAY})
    assert len(held) >= 7 + 8 + 12 - 4


def test_a_sound_archive_is_sound(path):
    assert damages(path) == []
    assert damages(path, "--sample", "50") == []


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        pytest.param(
            "UPDATE stories SET body = replace(body, 'کتاب', 'کباب') WHERE story_id = '9'", "sum", id="a-letter"
        ),
        pytest.param("UPDATE stories SET published = NULL WHERE story_id = '9'", "sum", id="a-date"),
        pytest.param("UPDATE revisions SET title = 'x'", "sum", id="an-old-headline"),
        pytest.param("DELETE FROM revisions", "count", id="a-revision"),
        pytest.param("DELETE FROM story_index_docsize WHERE id = 20240922000009", "count", id="an-entry-of-the-index"),
        pytest.param("INSERT INTO addresses VALUES (5, '/x')", "foreign_key_check", id="an-address-of-no-story"),
    ],
)
def test_damage_is_seen_also_while_another_writes(path, statement, check):
    spoil(path, statement)
    assert check in {one["check"] for one in damages(path)}
    with open_store(path):
        assert check in {one["check"] for one in damages(path)}


def test_an_index_that_says_something_else_is_seen(path):
    spoil(path, "UPDATE story_index_data SET block = zeroblob(length(block)) WHERE id > 10")
    assert {one["check"] for one in damages(path)} & {"index", "integrity_check"}


def test_damaged_bytes_are_seen(path):
    spoil(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(path.read_bytes())
    at = raw.find("درباره کتاب".encode(), len(raw) // 3)
    raw[at : at + 2] = "ژ".encode()
    path.write_bytes(raw)
    assert damages(path) != []


@pytest.fixture
def raw(path):
    """The file of a month of raw pages beside the archive."""
    with open_raw(folder_of(path)) as writer:
        for number in range(5):
            page = RawPage(
                agency="namune",
                url=f"https://namune.ir/{number}",
                fetched=NOON,
                status=200,
                body=b"<html>%d" % number * 900,
            )
            writer.keep(Packer(None).pack(page), teach=False)
    return folder_of(path) / "1403-07.db"


def test_raw_pages_are_looked_at(path, raw):
    assert damages(path) == []
    spoil(raw, "UPDATE bodies SET packed = (SELECT packed FROM bodies WHERE id = 2) WHERE id = 3")
    assert [one["check"] for one in damages(path)] == ["raw"]
    raw.write_bytes(b"no database at all" * 500)
    assert [one["check"] for one in damages(path)] == ["raw"]


def test_months_of_raw_pages_are_copied_when_they_changed(path, raw, tmp_path):
    folder = tmp_path / "kept"
    copied = [json.loads(run(path, "backup", folder, "--json").stdout)["raw"]]
    os.utime(raw, (1, 1))
    time.sleep(1.1)  # backups are named by the second
    copied.append(json.loads(run(path, "backup", folder, "--json").stdout)["raw"])
    assert copied == [[str(folder / "raw" / "1403-07.db")], []]
    assert list(prove_raw(folder / "raw" / "1403-07.db")) == []


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ((3, 40, 1), Level.CARE), ((3, 44, 6), Level.WELL), ((3, 44, 5), Level.CARE), ((3, 50, 7), Level.WELL), ((3, 51, 2), Level.CARE),
        ((3, 51, 3), Level.WELL), ((3, 52, 0), Level.WELL), ((3, 34, 0), Level.ILL),
    ],
)  # fmt: skip
def test_the_flaws_of_sqlite_are_known(version, level):
    assert sqlite_finding(version).level is level


def findings(path):
    result = run(path, "doctor", "--json")
    return {one["what"]: one["level"] for one in map(json.loads, result.stdout.splitlines())}, result.exit_code


def test_the_doctor_finds_nothing_ill_in_a_new_archive(path):
    path.parent.chmod(0o700)
    found, code = findings(path)
    assert code == 0
    assert {
        found[one]
        for one in ("archive", "clock", "wal", "lock", "permissions", "time zone", "settings", "other sqlite")
    } == {"ok"}


def test_the_doctor_sees_what_is_open_to_all_and_a_clock_set_back(path):
    path.parent.chmod(0o700)
    path.chmod(0o644)
    with open_store(path) as store:
        store.conn.execute(
            "INSERT INTO crawls (agency, started) VALUES ('namune', ?)",
            (f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",),
        )
        found, code = findings(path)
    assert (found["permissions"], found["clock"], code) == ("care", "ill", 1)


def test_an_archive_of_an_older_schema_is_copied_before_it_is_changed(tmp_path, monkeypatch):
    path = tmp_path / "news.db"
    with monkeypatch.context() as older:
        older.setattr("archive.schema.MIGRATIONS", MIGRATIONS[:1])
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            migrate(conn, path)
    with open_store(path):
        pass
    with closing(sqlite3.connect(tmp_path / "news.db.schema-1")) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (1,)


KILLED = """
import sys
from pathlib import Path
from archive import schema, store
step = "CREATE TABLE half{n}a (x);\\n" + "UPDATE stories SET section = section || 'x';\\n" * 300 + "CREATE TABLE half{n}b (x);\\n"
schema.MIGRATIONS = (*schema.MIGRATIONS, *(step.format(n=n) for n in range(3)))
plain = store.migrate
def told(conn, path, before):
    plain(conn, path, lambda version: (before(version), print("begin", flush=True)))
    print("end", flush=True)
store.migrate = told
with store.open_store(Path(sys.argv[1])):
    pass
"""


def migrating(path):
    """Start a process that migrates the archive at `path` by three steps; return it when it begins to."""
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"begin\n"
    return child


def test_a_migration_killed_at_any_instant_is_never_half_done(path, tmp_path):
    """Each of three steps makes two tables and writes every story many times; killed at forty instants of its time."""
    whole = tmp_path / "whole.db"
    with open_archive(path) as conn:
        copy(conn, whole)
    with migrating(path) as child:
        began = time.monotonic()
        assert child.stdout.readline() == b"end\n"
        lasts_s = time.monotonic() - began
    dice, done = random.Random(5), Counter()
    for _ in range(40):
        for rest in tmp_path.glob("news.db*"):
            rest.unlink()
        shutil.copy(whole, path)
        with migrating(path) as child:
            time.sleep(dice.random() * lasts_s)
            child.kill()
        with closing(sqlite3.connect(path)) as conn:
            steps = conn.execute("PRAGMA user_version").fetchone()[0] - len(MIGRATIONS)
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'half%'")}
            assert conn.execute("PRAGMA quick_check").fetchone() == ("ok",)
            assert conn.execute("SELECT DISTINCT length(section) FROM stories").fetchall() == [(300 * steps,)]
        assert tables == {f"half{n}{part}" for n in range(steps) for part in "ab"}
        done[steps] += 1
    assert done[0] + done[1] + done[2] > 5  # most were killed while there was something left to do
