"""From one engine into another and back: every row, however often it was broken off, or an error that says why not."""

import itertools
import json

import pytest

from archive.engines import moving
from archive.engines.moving import move, tables
from archive.errors import ArchiveError
from archive.export.source import Selection, stories
from archive.intake import Intake
from archive.link import Link, LinkState
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.story import Credit
from tests.stories import DAY, HOUR, NOON, analysed

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
BODY = (
    "شورای شهر نمونه تصویب کرد که «کتاب‌خانه‌های» محله تا پایان سال ۱۴۰۳ شبانه‌روزی باز بماند و هزینه آن را شهرداری بدهد."
)


@pytest.fixture
def file(tmp_path):
    """A small archive with something in most tables."""
    path = tmp_path / "news.db"
    with open_store(path) as store:
        store.add_agency("namune", "خبرگزاری نمونه", ["www.namune.ir"])
        for number in range(12):
            agency = ("namune", "sepehr")[number % 2]
            store.add(
                analysed(agency=agency, story_id=str(number), url=f"https://x.ir/news/{number}", title=f"خبر {number // 2}",
                         body=f"{BODY} {number // 2} {BODY}", published=NOON + number // 2 * DAY,
                         credit=Credit(reporter="خبرگزاری نمونه") if number % 2 else None, short_link=f"https://x.ir/x{number}"),
                now=NOON + 9 * DAY,
            )  # fmt: skip
        store.add(analysed(story_id="0", url="", title="خبر نو", body="متنی دیگر"), now=NOON + 10 * DAY)
        intake = Intake(store=store, agency="namune")
        intake.discover([Link(url=f"https://www.namune.ir/news/9{n}", found_in="rss") for n in range(5)], NOON)
        for lease in intake.lease(2, NOON):
            intake.set_aside(lease.id, LinkState.FAILED, "HTTP 500 ي\u200c", NOON)
        store.conn.execute("INSERT INTO robots VALUES ('https://x.ir', 200, x'00ff', '2024-09-22T08:30:00Z')")
        store.conn.execute(
            "INSERT INTO crawls (agency, started, answer_s) VALUES ('namune', '2024-09-22T08:30:00Z', 0.1)"
        )
    return path


@pytest.fixture
def shared(postgresql, tmp_path):
    return postgresql.archive(tmp_path / "shared.db")


def exported(path):
    with open_archive(path) as conn:
        return [json.dumps(one, sort_keys=True) for one in stories(conn, Selection())]


def moved(source, target):
    with open_archive(source) as conn, open_store(target) as store:
        return {one.table: one for one in move(conn, store, target)}


def test_there_and_back_again_is_the_same_archive(file, shared, tmp_path):
    there = moved(file, shared)
    back = moved(shared, tmp_path / "back.db")
    assert there == back
    assert {name for name, one in there.items() if one.rows} >= {
        "agencies", "stories", "revisions", "links", "addresses", "edges", "clusters", "days", "robots", "crawls"
    }  # fmt: skip
    assert exported(file) == exported(shared) == exported(tmp_path / "back.db")


@pytest.mark.parametrize(
    "text", ["کتابخانه‌های", '"متنی دیگر"', "خبر -نو", "agency:sepehr", "کتاب*", "۱۴۰۳", "date:1403/07/02"]
)
def test_what_was_found_is_found(file, shared, text):
    moved(file, shared)
    with open_archive(file) as one, open_archive(shared) as other:
        found, again = (search(conn, Query(text=text, sort="newest", limit=100, now=NOON)) for conn in (one, other))
    assert [hit.id for hit in found.hits] == [hit.id for hit in again.hits]
    assert found.count == again.count > 0


def test_a_copying_that_was_broken_off_goes_on(file, shared, monkeypatch):
    monkeypatch.setattr(moving, "_AT_ONCE", 3)
    for after in itertools.count(1):
        told = []

        def say(table, rows, told=told, after=after):
            told.append(rows)
            if len(told) == after:
                raise KeyboardInterrupt

        with open_archive(file) as conn, open_store(shared) as store:
            try:
                held = move(conn, store, shared, say)
            except KeyboardInterrupt:
                continue
        break
    assert after > 2
    assert {one.table for one in held} == set(tables())
    assert exported(shared) == exported(file)


def test_an_archive_that_holds_something_else_is_left_alone(file, shared):
    with open_store(shared) as store:
        store.add(analysed(), now=NOON)
    with pytest.raises(ArchiveError, match="is no empty archive"):
        moved(file, shared)


def test_what_was_written_meanwhile_is_told(file, shared, monkeypatch):
    """The control: a row that differs is seen."""

    def tamper(target):
        target.conn.execute("UPDATE stories SET title = title || '!' WHERE revision = 1")

    monkeypatch.setattr(moving, "_finish", tamper)
    with pytest.raises(ArchiveError, match="stories came over otherwise"):
        moved(file, shared)


def test_a_shared_archive_goes_on_after_it_was_filled(file, shared):
    """Numbers of links and stories go on behind those that came, and copies are found among what came."""
    moved(file, shared)
    with open_store(shared) as store:
        intake = Intake(store=store, agency="namune")
        assert intake.discover([Link(url="https://www.namune.ir/news/99999", found_in="rss")], NOON) == 1
        copy = analysed(
            agency="kavir",
            story_id="1",
            url="",
            title="خبر 5",
            body=f"{BODY} 5 {BODY}",
            published=NOON + 5 * DAY + HOUR,
        )
        stored = store.add(copy, now=NOON + 9 * DAY)
        assert store.conn.execute("SELECT 1 FROM clusters WHERE story = ?", (stored.id,)).fetchone()


def test_the_command_says_what_was_copied(file, shared, bayegan, tmp_path):
    done = bayegan("--archive", file, "migrate", "--to", shared.address, "--json")
    assert done.returncode == 0, done.stderr
    rows = {one["table"]: one["rows"] for one in map(json.loads, done.stdout.splitlines())}
    assert rows["stories"] == 12
    assert "equal on both sides" in done.stderr
    found = bayegan("--archive", shared.address, "search", "کتابخانه‌های", "--json", "--sort", "newest")
    assert len(found.stdout.splitlines()) == 12
    home = bayegan("--archive", shared.address, "migrate", "--to", tmp_path / "home.db")
    assert home.returncode == 0, home.stderr
    again = bayegan("--archive", shared.address, "migrate", "--to", tmp_path / "home.db")
    assert again.returncode == 1
    assert "is no empty archive" in again.stderr
