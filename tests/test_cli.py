"""The command as its user meets it: a real process, real exit codes, one line for an error."""

import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from scheduler.cli import COMMANDS
from tests.stories import story

BAYEGAN = Path(sys.executable).with_name("bayegan")
TOP = Path(__file__).parent.parent


@pytest.fixture
def run(tmp_path):
    """Run `bayegan ...` in an empty folder and return what it did."""

    def run(*arguments, **options):
        return subprocess.run(
            [BAYEGAN, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            **options,
        )

    return run


@pytest.fixture
def stories(tmp_path):
    """A JSON Lines file of two stories and a line that is none."""
    rows = [story().as_json(), story(agency="sepehr", story_id="7", url="", title="بارش برف در ۱۲ استان").as_json()]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file = tmp_path / "stories.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join([lines[0], "{broken", lines[1], ""]).encode()))
    return file


@pytest.fixture
def wired(tmp_path, open_wire):
    """A wire of ten stories with settings that crawl it."""
    wire = open_wire(10)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "wire.toml").write_text(
        f'name = "خبرگزاری آزمون"\nhome = "{wire.home}"\nfamily = "nastooh"\nstory = \'/news/(?P<id>\\d+)\'\n', "utf-8"
    )
    (tmp_path / "settings.toml").write_text(
        '[crawler]\ndelay_s = 0\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "own"\n[scheduler]\ninterval_s = 2\njitter_s = 0\n'
        "stop_s = 5\n[agencies]\nwire = {}\n",
        "utf-8",
    )
    return wire


def test_help_names_every_command_and_loads_none_of_them(run):
    shown = run("--help").stdout
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_itself(run, name):
    shown = run(name, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Usage: bayegan" in shown.stdout


def test_imported_stories_are_found_shown_and_counted_once(run, stories):
    first = run("import", stories, "--json")
    assert json.loads(first.stdout) == {"new": 2, "unchanged": 0, "revised": 0, "rejected": 1}
    assert "stories.jsonl.gz: line 2: no JSON" in first.stderr
    assert json.loads(run("import", stories, "--json").stdout)["unchanged"] == 2
    found = run("search", "كتابخانه هاي روستايي", "--json")
    (hit,) = map(json.loads, found.stdout.splitlines())
    assert (hit["agency"], hit["story_id"], hit["published"]) == ("namune", "101", "2024-09-22T08:30:00Z")
    shown = run("show", hit["id"])
    assert "کتابخانه‌های روستایی" in shown.stdout
    assert "۱ مهر ۱۴۰۳" in shown.stdout
    assert json.loads(run("show", hit["id"], "--json").stdout)["tags"] == []


def test_a_hit_is_printed_with_its_day_in_both_calendars_and_its_words_marked(run, stories):
    run("import", stories)
    shown = run("search", "برف", "--facets")
    assert "sepehr  ۱ مهر ۱۴۰۳، ۱۲:۰۰  2024-09-22\n  بارش برف در ۱۲ استان\n" in shown.stdout
    assert "agency: sepehr 1\nmonth: 1403/07 1\n" in shown.stdout
    assert shown.stderr == "1 story\n"


def test_a_page_says_how_the_next_one_is_asked_for(run, stories):
    run("import", stories)
    first = run("search", "باز OR برف", "--limit", 1, "--sort", "newest")
    cursor = re.search(r"next page: --cursor (\S+)\n", first.stderr)[1]
    second = run("search", "باز OR برف", "--limit", 1, "--sort", "newest", "--cursor", cursor, "--json")
    assert json.loads(second.stdout)["agency"] != first.stdout.split()[1]
    assert "next page" not in second.stderr


def test_a_batch_of_queries_gives_a_line_each(run, stories, tmp_path):
    run("import", stories)
    queries = tmp_path / "queries.txt"
    queries.write_text("كتابخانه\nنیست‌درجهان\n\nبرف\n", "utf-8")
    rows = [json.loads(line) for line in run("search", "--batch", queries, "--json").stdout.splitlines()]
    assert [(row["query"], row["count"], len(row["hits"])) for row in rows] == [
        ("كتابخانه", 2, 2), ("نیست‌درجهان", 0, 0), ("", 0, 0), ("برف", 1, 1),
    ]  # fmt: skip
    assert list(rows[0]["hits"][0]) == [
        "id", "agency", "story_id", "url", "title", "published", "score", "snippet", "cluster", "also_ran_in",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "count"),
    [
        pytest.param(["--from", "1403/07/01"], 2, id="from-that-day"),
        pytest.param(["--from", "۱۴۰۳/۰۷/۰۲"], 0, id="from-the-next"),
        pytest.param(["--to", "2024-09-22"], 2, id="gregorian"),
        pytest.param(["--from", "1403/07/01", "--to", "1403/07/01"], 2, id="one-day"),
        pytest.param(["--to", "1403/06/31"], 0, id="to-the-day-before"),
    ],
)
def test_days_are_jalali_or_gregorian_and_both_ends_count(run, stories, days, count):
    run("import", stories)
    assert len(run("search", "باز", "کتاب‌خوانی", *days, "--json").stdout.splitlines()) == count


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["search", "x"], 1, "bayegan: news.db: no archive: there is no such file; crawl or import first", id="no-archive"),
        pytest.param(["show", "5"], 1, "bayegan: news.db: no archive", id="nothing-to-show"),
        pytest.param(["crawl", "meher"], 2, "bayegan: agency: meher: no such agency; did you mean mehr?", id="unknown-agency"),
        pytest.param(["crawl", "mehr"], 2, "bayegan: settings: crawler.contact: empty", id="nobody-to-write-to"),
        pytest.param(["crawl"], 2, "bayegan: settings: agencies: none is named", id="no-agencies"),
        pytest.param(["--settings", "no.toml", "agencies"], 2, "bayegan: no.toml: cannot be read", id="no-settings"),
        pytest.param(["import", "no.jsonl"], 1, "bayegan: no.jsonl: cannot be read: No such file", id="no-file"),
        pytest.param(["extract", "x.html", "--agency", "isnaa"], 2, "bayegan: --agency: isnaa: no such agency; did you mean isna?", id="extract-unknown"),
    ],
)  # fmt: skip
def test_an_error_is_one_line_that_says_where_what_and_why(run, arguments, code, message):
    done = run(*arguments)
    assert done.returncode == code
    assert done.stderr.splitlines()[-1].startswith(message)
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_names_the_likely_one(run, tmp_path):
    (tmp_path / "settings.toml").write_text("[crawler]\ndealy_s = 1\n", "utf-8")
    done = run("agencies")
    assert (done.returncode, done.stderr) == (
        2,
        "bayegan: settings.toml: crawler.dealy_s: no such setting; did you mean delay_s?\n",
    )


def test_all_agencies_that_ship_are_listed(run):
    rows = [json.loads(line) for line in run("agencies", "--json").stdout.splitlines()]
    assert len(rows) == 18
    assert {row["family"] for row in rows} >= {"nastooh", "iran-samaneh", "asam"}


def test_a_search_loads_nothing_of_the_crawler(run, stories, tmp_path):
    run("import", stories)
    code = (
        "import sys\nfrom scheduler.cli import main\n"
        "try:\n main(['--archive', 'news.db', 'search', 'برف'])\nexcept SystemExit:\n pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    heavy = (
        "scrapy",
        "twisted",
        "trafilatura",
        "hazm",
        "apscheduler",
        "datasette",
        "sqlite_utils",
        "lxml",
        "feedparser",
    )
    assert [name for name in heavy if repr(name) in loaded] == []


def test_a_crawl_reports_a_line_per_agency(run, wired):
    done = run("crawl", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["agency"], report["outcome"], report["new"]) == ("wire", "ok", 10)
    assert run("crawl", "wire").stdout.startswith("wire: ok: 0 new")


def test_only_what_is_due_is_crawled_from_cron(run, wired, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text(settings.read_text("utf-8").replace("interval_s = 2", "interval_s = 3600"), "utf-8")
    assert run("crawl", "--due", "--json").stdout.count("\n") == 1
    assert run("crawl", "--due", "--json").stdout == ""
    with closing(sqlite3.connect(tmp_path / "news.db", isolation_level=None)) as conn:
        conn.execute("UPDATE crawls SET started = '2024-01-01T00:00:00Z'")
    assert run("crawl", "--due", "--json").stdout.count("\n") == 1


def test_an_agency_that_fails_ends_the_crawl_with_1(run, wired):
    wired.fault("*", lambda _asked, reply, _closed: type(reply)(status=500))
    assert run("crawl").returncode == 1


def test_two_writers_exclude_each_other(run, wired, tmp_path):
    with _daemon(tmp_path) as daemon:
        daemon.stdout.readline()
        done = run("crawl", "--due")
        assert done.returncode == 75
        assert done.stderr == "bayegan: news.db: in use: another bayegan writes to this archive\n"


def test_the_daemon_crawls_on_its_interval_and_ends_calmly(wired, tmp_path):
    with _daemon(tmp_path) as daemon:
        reports = [json.loads(daemon.stdout.readline()) for _ in range(2)]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=20) == 0
        assert daemon.stderr.read().endswith("bayegan: stopped\n")
    assert [(report["outcome"], report["new"]) for report in reports] == [("ok", 10), ("ok", 0)]


def test_a_killed_daemon_loses_nothing_and_the_next_goes_on(run, wired, tmp_path):
    with _daemon(tmp_path) as daemon:
        time.sleep(1.2)
        daemon.kill()
        daemon.wait()
    for _ in range(20):
        done = run("crawl", "--json")
        if done.returncode == 0:
            break
        time.sleep(0.5)
    rows = [json.loads(line) for line in run("search", "شماره", "--limit", 100, "--json").stdout.splitlines()]
    assert len(rows) == 10


def _daemon(folder):
    return subprocess.Popen(
        [BAYEGAN, "run", "--json"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


def test_the_demonstration_shows_the_whole_way(run, tmp_path):
    done = run("demo")
    assert done.returncode == 0, done.stderr
    for shown in ("namune: ok: 15 new", "sepehr: ok: 15 new", "1 revised", "[تلفنی]", "Try next"):
        assert shown in done.stdout
    rows = [
        json.loads(line)
        for line in run("--archive", "bayegan-demo.db", "search", "کتابخانه‌های روستایی", "--json").stdout.splitlines()
    ]
    assert {row["agency"] for row in rows} == {"namune", "sepehr"}


def test_the_search_box_of_the_browser_finds_what_the_command_finds(run, stories, tmp_path):
    run("import", stories)
    served = subprocess.Popen(
        [BAYEGAN, "browse", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with served:
        try:
            home = next(found[0] for line in served.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
            for text in ("كتابخانه‌هاي", "کتاب خوانی", "۱۲ استان", '"'):
                asked = urllib.parse.urlencode({"_search": text, "_shape": "array"})
                with urllib.request.urlopen(f"{home}/news/stories.json?{asked}") as answer:
                    shown = {row["id"] for row in json.load(answer)}
                found = {json.loads(line)["id"] for line in run("search", text, "--json").stdout.splitlines()}
                assert shown == found
            with urllib.request.urlopen(f"{home}/news/stories") as answer:
                page = answer.read().decode()
            assert '<div class="fa" dir="rtl" lang="fa">' in page
            assert "۱ مهر ۱۴۰۳" in page
        finally:
            served.send_signal(signal.SIGINT)


def test_extract_shows_a_saved_page(run, tmp_path, open_wire):
    wire = open_wire(2)
    told = wire.stories[0]
    with urllib.request.urlopen(wire.url(told)) as answer:
        (tmp_path / "page.html").write_bytes(answer.read())
    (tmp_path / "empty.html").write_text("<html></html>", "utf-8")
    done = run(
        "extract",
        "page.html",
        "empty.html",
        "--agency",
        "mehr",
        "--url",
        f"https://www.mehrnews.com/news/{told.id}",
        "--json",
    )
    story, none = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert (story["file"], story["story_id"], story["title"]) == ("page.html", str(told.id), told.title)
    assert story["body"] == "\n".join(told.paragraphs)
    assert (none["file"], none["verdict"], none["title"]) == ("empty.html", "empty", None)
    keys = "file agency story_id url kicker title lead body published published_raw modified byline section tags images credit"
    assert list(story)[:16] == keys.split()


def test_a_demonstration_never_deletes_somebodys_archive(run, tmp_path):
    row = story(agency="mehr").as_json()
    (tmp_path / "mine.jsonl").write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    run("import", "mine.jsonl", "--archive", "mine.db")
    done = run("demo", "--archive", "mine.db")
    assert (done.returncode, done.stderr) == (
        1,
        "bayegan: mine.db: no archive of a demonstration: it is not made anew; give another --archive\n",
    )
    assert len(run("--archive", "mine.db", "search", "کتابخانه", "--json").stdout.splitlines()) == 1
