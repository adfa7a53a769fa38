"""Alerts: what a search would find, a stored story is told of; once, in its own transaction, and into feeds."""

import json
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.alerts import book
from archive.alerts.percolate import Percolator
from archive.errors import QueryError, SettingsError
from archive.intake import Intake
from archive.link import Link
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.story import Credit
from tests.stories import DAY, NOON, analysed

BAYEGAN = Path(sys.executable).with_name("bayegan")
SNOW = {"title": "بارش برف در ۱۲ استان", "lead": "", "body": "برف سنگین‌تر می‌شود.", "story_id": "7", "url": ""}


@pytest.fixture
def folder(tmp_path):
    book.add(tmp_path / "alerts", "برف", "برف استان")
    book.add(tmp_path / "alerts", "books", '"کتابخانه های" -فیلم')
    return tmp_path / "alerts"


def hits(path):
    with open_archive(path) as conn:
        return sorted(map(tuple, conn.execute("SELECT alert, story FROM alert_hits")))


def feed(folder, name):
    atom, plain = book.feeds(folder, name)
    names = {"a": "http://www.w3.org/2005/Atom"}
    titles = [one.text for one in ET.fromstring(atom.read_text("utf-8")).iterfind("a:entry/a:title", names)]  # noqa: S314
    assert titles == [item["title"] for item in json.loads(plain.read_text("utf-8"))["items"]]
    return titles


def test_a_stored_story_is_told_to_the_alerts_it_matches(tmp_path, folder):
    with open_store(tmp_path / "news.db", alerts=folder) as store:
        books = store.add(analysed(), now=NOON).id
        snow = store.add(analysed(**SNOW), now=NOON).id
        assert feed(folder, "برف") == ["بارش برف در ۱۲ استان"]
    assert hits(tmp_path / "news.db") == [("books", books), ("برف", snow)]
    assert feed(folder, "books") == ["کتابخانه‌های روستایی شبانه‌روزی می‌شوند"]
    item = json.loads((folder / "برف.json").read_text("utf-8"))["items"][0]
    assert item["content_html"] == "<mark>برف</mark> سنگین‌تر می‌شود."
    assert (item["authors"], item["date_published"]) == ([{"name": "namune"}], "2024-09-22T08:30:00Z")


def test_a_story_is_told_once_and_again_only_when_a_revision_makes_it_match(tmp_path, folder):
    path = tmp_path / "news.db"
    with open_store(path, alerts=folder) as store:
        for later, changes in enumerate(({}, {}, {"body": "برف در استان"}, {"body": "برف در استان‌ها"})):
            store.add(analysed(**changes), now=NOON + later * DAY)
    assert [name for name, _ in hits(path)] == ["books", "برف"]
    with open_archive(path) as conn:
        assert [row["found"] for row in conn.execute("SELECT found FROM alert_hits ORDER BY found")] == [
            "2024-09-22T08:30:00Z",
            "2024-09-24T08:30:00Z",
        ]


def test_what_is_rolled_back_is_told_to_nobody(tmp_path, folder):
    path = tmp_path / "news.db"
    with open_store(path, alerts=folder) as store:
        store.conn.execute("BEGIN")
        store.add(analysed(), now=NOON)
        store.conn.execute("ROLLBACK")
        assert store.conn.execute("SELECT count(*) FROM alert_hits").fetchone() == (0,)
    assert feed(folder, "books") == []


def test_feeds_that_a_kill_left_behind_are_made_up_for_by_the_next_writer(tmp_path, folder):
    path = tmp_path / "news.db"
    with open_store(path, alerts=folder) as store:
        store.add(analysed(), now=NOON)
    for file in book.feeds(folder, "books"):
        file.unlink()
    with open_store(path, alerts=folder):
        pass
    assert len(feed(folder, "books")) == 1


def test_a_crawled_story_is_in_the_feed_as_soon_as_it_is_acknowledged(tmp_path, folder):
    with open_store(tmp_path / "news.db", alerts=folder) as store:
        store.add_agency("namune")
        intake = Intake(store=store, agency="namune")
        intake.discover([Link(url="https://www.namune.ir/news/101/x", found_in="feed")], NOON)
        (lease,) = intake.lease(1, NOON)
        intake.keep(lease.id, analysed(), NOON)
        assert len(feed(folder, "books")) == 1


def test_alerts_added_while_a_writer_writes_hold_from_the_next_story_on(tmp_path, folder):
    with open_store(tmp_path / "news.db", alerts=folder) as store:
        book.add(folder, "late", "دوازده OR سیزده")
        store.add(analysed(), now=NOON)
        assert len(feed(folder, "late")) == 1
        (folder / book.FILE).write_text("broken = [", "utf-8")
        store.add(analysed(story_id="102", url="", title="کتابخانه‌های دیگر"), now=NOON + timedelta(hours=1))
        assert len(feed(folder, "late")) == 2


def test_a_feed_holds_the_newest_hits_and_their_markup_is_harmless(tmp_path, folder):
    title = "کتابخانه‌های <script>&\"'"
    with open_store(tmp_path / "news.db", alerts=folder) as store:
        store.add_all(
            [analysed(story_id=str(n), url="", title=f"{title} {n}", body="<b>کتابخانه‌های</b>") for n in range(60)],
            now=NOON,
        )
    assert feed(folder, "books") == [f"{title} {n}" for n in range(59, 9, -1)]
    assert "&lt;b&gt;<mark>" in json.loads((folder / "books.json").read_text("utf-8"))["items"][0]["content_html"]


STORIES = [
    analysed(),
    analysed(**SNOW),
    analysed(agency="sepehr", kind="gallery", title="برف و کتاب", section="استان‌ها", tags=("جام‌جهانی",), published=NOON - DAY),
    analysed(title="گفتگوی تلفنی", lead="", body="متن كتاب", byline="مریم نمونه‌ای", credit=Credit(source="کویر"), published=NOON - 40 * DAY),
]  # fmt: skip
PARTS = [
    "برف", "کتاب", "کتابخانه‌های", "كتابخانه هاي", '"۱۲ استان"', '"گفت و گو"', "کتاب*", "-برف", "-متن", "OR", "(", ")", "title:برف",
    "body:کتاب", "agency:sepehr", "kind:gallery", "kind:story", "section:استانها", "tag:جام*", 'tag:"جام جهانی"', "byline:مریم",
    "credit:کویر", "date:1403/07", "date:1403/06/31", "date:امروز", "date:دیروز", "from:1403/07/01", "NOT", "می‌شود", "گفتگوی", "۱۲", "-kind:gallery",
]  # fmt: skip


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """An archive for each of STORIES, with its id."""
    found = []
    for number, one in enumerate(STORIES):
        path = tmp_path_factory.mktemp("one") / f"{number}.db"
        with open_store(path) as store:
            found.append((store.add(one, now=NOON).id, path))
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(" ".join))
def test_an_alert_matches_what_a_search_finds_of_the_same_story(archives, text):
    percolator = Percolator({"it": text})
    for one, (story, path) in zip(STORIES, archives, strict=True):
        with open_archive(path) as conn:
            found = bool(search(conn, Query(text=text, every=True, now=NOON)).hits)
        assert bool(percolator.matching(story, one.entry, NOON)) == found
    percolator.close()


def test_today_is_another_day_tomorrow():
    percolator = Percolator({"it": "برف date:امروز"})
    snow = analysed(**SNOW)
    assert percolator.matching(20240922_000001, snow.entry, NOON) == ["it"]
    assert percolator.matching(20240922_000001, snow.entry, NOON + DAY) == []
    percolator.close()


@pytest.mark.parametrize("name", ["", "a/b", "..", "-x", "a b", "x" * 65, "a.b", "الف\n"])
def test_a_name_that_could_be_no_file_is_refused(tmp_path, name):
    with pytest.raises(QueryError, match="a name has letters"):
        book.add(tmp_path, name, "برف")


@given(st.text(min_size=1, max_size=40))
def test_whatever_is_saved_is_read_back_without_its_controls(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("book")
    book.add(folder, "it", text)
    assert set(book.read(folder)) == {"it"}
    if text.isprintable() and text == text.strip():
        assert book.get(folder, "it") == text


def test_a_file_that_is_no_list_of_searches_names_the_key(tmp_path):
    (tmp_path / book.FILE).write_text('a = 1\n"b" = "c"\n', "utf-8")
    with pytest.raises(SettingsError, match=r"alerts\.toml: a: must be"):
        book.read(tmp_path)


def test_the_command_saves_lists_tests_and_forgets(tmp_path):
    def run(*arguments):
        return subprocess.run(
            [BAYEGAN, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    line = json.dumps({**analysed(**SNOW).story.as_json()}, ensure_ascii=False)
    (tmp_path / "sepehr.jsonl").write_text(line, "utf-8")
    assert run("alerts", "list").stdout == ""
    assert run("alerts", "add", "snow", "برف -تابستان").stdout.split() == ["alerts/snow.atom", "alerts/snow.json"]
    assert run("import", "sepehr.jsonl").returncode == 0
    listed = json.loads(run("alerts", "list", "--json").stdout)
    assert (listed["name"], listed["query"], listed["hits"]) == ("snow", "برف -تابستان", 1)
    assert json.loads(run("alerts", "test", "snow", "--json").stdout)["title"] == SNOW["title"]
    assert len(feed(tmp_path / "alerts", "snow")) == 1
    taken = run("alerts", "add", "snow", "باران")
    assert (taken.returncode, taken.stderr) == (2, "bayegan: alerts: snow: there is one already: برف -تابستان\n")
    assert run("alerts", "add", "empty", "!!").returncode == 2
    assert run("alerts", "remove", "snow").returncode == 0
    assert sorted(file.name for file in (tmp_path / "alerts").iterdir()) == ["alerts.toml"]
    assert (
        "no such alert" in run("alerts", "test", "snow").stderr
        or "none is saved" in run("alerts", "test", "snow").stderr
    )


def test_an_archive_keeps_its_hits_when_it_is_read_by_others(tmp_path, folder):
    with open_store(tmp_path / "news.db", alerts=folder) as store:
        store.add(analysed(), now=NOON)
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        assert conn.execute("SELECT count(*) FROM alert_hits JOIN stories ON id = story").fetchone() == (1,)
