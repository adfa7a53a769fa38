"""`bayegan agencies add`: a site becomes an agency file, by looking at it."""

import json
import tomllib

import pytest

from crawler.agency import Agency, Family, load_agency
from crawler.recognise import families, family_of, sight
from crawler.survey import as_toml, key_of, spread
from tests.wire import faults

SETTINGS = '[crawler]\ndelay_s = 0\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "own"\n'


@pytest.fixture
def add(bayegan, tmp_path):
    """Run `bayegan agencies add ... --json` and return its exit code, what it printed, and the file it wrote."""
    (tmp_path / "settings.toml").write_text(SETTINGS, "utf-8")

    def run(*arguments):
        done = bayegan("agencies", "add", *arguments, "--json")
        file = tmp_path / "own" / "wire.toml"
        return done, json.loads(done.stdout) if done.stdout else None, file

    return run


@pytest.mark.parametrize("family", ["nastooh", "iran-samaneh"])
def test_a_site_is_recognised_tried_on_three_stories_and_written_down(add, open_wire, family):
    wire = open_wire(12, family=family)
    done, row, file = add(wire.home, "--key", "wire")
    assert done.returncode == 0, done.stderr
    assert (row["family"], row["feeds"]) == (family, [wire.layout.feed])
    stories = [sample["story"] for sample in row["samples"]]
    assert len(stories) == 3
    assert all(story["body"] == wire.truth()[story["story_id"]] for story in stories)
    written = load_agency(file)
    assert (written.home, written.family.name, written.name) == (wire.home, family, row["name"])
    assert all(written.story_id(wire.url(story)) == str(story.id) for story in wire.stories)


def test_the_agency_that_was_added_is_crawled(add, bayegan, tmp_path, open_wire):
    wire = open_wire(6)
    assert add(wire.home, "--key", "wire")[0].returncode == 0
    (tmp_path / "settings.toml").write_text(SETTINGS + "[agencies]\nwire = {}\n", "utf-8")
    report = json.loads(bayegan("crawl", "--json").stdout)
    assert (report["outcome"], report["new"]) == ("ok", 6)


def test_feeds_and_sitemaps_are_found_where_the_site_says(add, open_wire):
    wire = open_wire(6)
    feed, sitemap = wire.layout.feed, wire.layout.sitemap
    home = f'<html><head><link rel="alternate" type="application/rss+xml" href="/khabar.php"></head><body>{wire.name}</body></html>'
    wire.fault("/", faults.body(home))
    moved = {"/khabar.php": feed, "/naghshe.xml": sitemap}
    for new, old in moved.items():
        body = wire.answer(type("Asked", (), {"path": old, "headers": {}})()).body
        wire.fault(new, lambda _asked, reply, _closed, body=body: type(reply)(body=body))
    wire.fault(feed, faults.status(404))
    wire.fault(sitemap, faults.status(404))
    wire.robots = f"User-agent: *\nAllow: /\nSitemap: {wire.home}naghshe.xml\n"
    done, row, _ = add(wire.home, "--key", "wire")
    assert done.returncode == 0, done.stderr
    assert (row["feeds"], row["sitemaps"]) == (["/khabar.php"], ["/naghshe.xml"])


def test_a_site_of_no_family_works_through_trafilatura(add, open_wire):
    wire = open_wire(8)
    for story in wire.stories:
        paragraphs = "".join(f"<p>{one}</p>" for one in (*story.paragraphs, *story.paragraphs))
        page = f"<html><head><title>{story.title}</title></head><body><article><h1>{story.title}</h1>{paragraphs}</article></body></html>"
        wire.fault(wire.path(story), faults.body(page))
    done, row, file = add(wire.home, "--key", "wire")
    assert done.returncode == 0, done.stderr
    assert row["family"] is None
    assert {sample["story"]["extractor"] for sample in row["samples"]} == {"trafilatura"}
    assert "family" not in tomllib.loads(file.read_text("utf-8"))


def test_a_dry_run_writes_nothing(add, open_wire):
    done, row, file = add(open_wire(5).home, "--key", "wire", "--dry-run")
    assert (done.returncode, len(row["samples"])) == (0, 3)
    assert not file.exists()


def test_a_site_without_stories_is_not_written_down(add, open_wire):
    wire = open_wire(5)
    for story in wire.stories:
        wire.fault(wire.path(story), faults.body("<html><body></body></html>"))
    done, row, file = add(wire.home, "--key", "wire")
    assert (done.returncode, row["samples"][0]["verdict"]) == (1, "empty")
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["HOME", "--key", "mehr"], 2, "--key: mehr: there is an agency of that name", id="taken"),
        pytest.param(["HOME", "--key", "../x"], 2, "--key: ../x: must be of a-z", id="no-file-name"),
        pytest.param(["https://www.mehrnews.com/news/1"], 2, "known already: it is mehr", id="known-site"),
        pytest.param(["https://www.example.ir/"], 2, "crawler.contact: empty", id="nobody-to-write-to"),
        pytest.param(["HOME/nothing", "--key", "wire"], 1, "does not answer: HTTP 404", id="not-there"),
        pytest.param(["http://10.0.0.1/"], 2, "crawler.contact: empty", id="somebody-s-network"),
    ],
)
def test_what_cannot_be_added_is_refused_in_one_line(add, open_wire, arguments, code, message):
    home = open_wire(2).home.rstrip("/")
    done, _, file = add(*(one.replace("HOME", home) for one in arguments))
    assert done.returncode == code
    assert message in done.stderr.splitlines()[-1]
    assert not file.exists()


def test_a_file_that_is_there_is_not_overwritten(add, open_wire, tmp_path):
    wire = open_wire(4)
    assert add(wire.home, "--key", "wire")[0].returncode == 0
    done, _, _ = add(wire.home, "--key", "wire")
    assert (done.returncode, "there is an agency of that name" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", [*families()])
def test_a_page_is_of_the_family_whose_signature_it_bears(name):
    family = families()[name]
    marked = {
        "nastooh": '<meta name="generator" content="www.nastooh.ir"><article id="item"><div class="item-text">متن</div></article>',
        "iran-samaneh": '<h1 class="Htags">تیتر</h1><div class="rutitr">رو</div>',
        "asam": '<article class="single-news"><div class="story">متن</div></article>',
        "isna": '<h1 class="first-title">تیتر</h1><div class="item-text"><p class="summary">لید</p></div>',
        "fars": '<div class="nt-body">متن</div>',
        "arya": '<h1 class="title-news">تیتر</h1><div id="content-news"><div class="main-news">متن</div></div>',
    }
    assert isinstance(family, Family)
    seen = sight(f"<html><body>{marked[name]}</body></html>".encode(), "https://www.namune.ir/")
    assert family_of([seen] * 3) == name


def test_pages_that_disagree_are_of_no_family():
    nastooh = sight(b'<meta name="generator" content="nastooh">', "https://a.ir/")
    nothing = sight("<p>متن</p>".encode(), "https://a.ir/")
    assert family_of([nastooh, nothing, nothing]) is None
    assert family_of([]) is None
    assert sight(b"", "https://a.ir/").feeds == ()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.mehrnews.com/", "mehrnews"),
        ("http://Fa.Example.ir:80/x", "fa-example"),
        ("http://127.0.0.1:99/", "127-0-0-1"),
        ("https://xn--mgba3a4f16a.ir/", "xn-mgba3a4f16a"),
        ("nonsense", "agency"),
    ],
)
def test_a_key_is_made_of_the_host(url, key):
    assert key_of(url) == key


def test_samples_are_spread_over_what_is_listed():
    assert spread(list("abcdefghi"), 3) == ["a", "d", "g"]
    assert spread(["a"], 3) == ["a"]


def test_what_a_site_calls_itself_cannot_break_its_file(tmp_path):
    odd = Agency(key="x", name='«"خبر\\گزاری"»\n', home="https://a.ir/", story=r"/o'brien/(?P<id>\d+)")
    (tmp_path / "x.toml").write_text(as_toml(odd), "utf-8")
    read = load_agency(tmp_path / "x.toml")
    assert (read.name.strip(), read.story) == ('«"خبر\\گزاری"»', odd.story)
