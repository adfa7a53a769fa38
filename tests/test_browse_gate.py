"""The gate in front of the browser: hosts, headers, methods, snapshots, and what a stranger's SQL may cost."""

import sqlite3
from contextlib import closing
from urllib.parse import quote

import pytest

from archive.browse.gate import host_name
from archive.browse.serve import Served, application
from archive.errors import ArchiveError
from archive.search.hits import open_archive
from archive.store import open_store
from tests.browsing import browsing, fill, filled


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with filled(tmp_path_factory.mktemp("gate") / "news.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(opened):
    return opened[0]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        pytest.param("127.0.0.1", 200, id="loopback"),
        pytest.param("127.0.0.1:8001", 200, id="with-port"),
        pytest.param("LOCALHOST:1", 200, id="case"),
        pytest.param("[::1]:8001", 200, id="ipv6"),
        pytest.param("evil.example", 421, id="rebinding"),
        pytest.param("127.0.0.1.evil.example", 421, id="prefix"),
        pytest.param("", 421, id="empty"),
        pytest.param("localhost@evil.example", 421, id="userinfo"),
    ],
)
def test_only_known_hosts_are_answered(browser, header, status):
    assert browser.get("/", host=header).status_code == status


def test_a_further_host_is_answered_when_it_is_allowed(opened, tmp_path):
    with filled(tmp_path / "news.db", hosts=("News.Example.org",)) as (browser, _):
        assert browser.get("/", host="news.example.org").status_code == 200
        assert browser.get("/", host="example.org").status_code == 421


def test_a_host_is_read_without_its_port():
    assert host_name("[::1]:80") == "[::1]"
    assert host_name("Example.org.:8080") == "example.org"


@pytest.mark.parametrize(
    "path", ["/", "/news/stories", "/news/stories.json", "/bayegan/bayegan.css", "/nothing", "/-/static/app.css"]
)
def test_every_answer_is_sealed(browser, path):
    headers = browser.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "http" not in policy


def test_our_own_pages_allow_no_inline_style_either(browser):
    assert "unsafe" not in browser.get("/").headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_taken(browser, method):
    import asyncio  # noqa: PLC0415

    ask = browser.datasette.client
    answer = asyncio.run(ask.request(method, "/", headers={"host": "127.0.0.1"}))
    assert answer.status_code == 405


def test_sql_of_strangers_is_off_by_default(browser):
    assert browser.get("/news.json?sql=select+1").status_code == 403
    assert browser.get("/news.db").status_code in (403, 404)


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """A browser whose readers may write SQL; returns the JSON of an answer."""
    with filled(tmp_path_factory.mktemp("sql") / "news.db", sql=True) as (browser, _):
        yield lambda sql: browser.get(f"/news.json?_shape=array&sql={quote(sql, safe='')}")


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("select length(zeroblob(2000000000))", id="one-huge-value"),
        pytest.param("select replace(hex(zeroblob(1000000)), '0', 'xxxxxxxxxx')", id="one-huge-text"),
        pytest.param(
            "select hex(zeroblob(1900000)) from stories a, stories b, stories c, stories d", id="many-large-values"
        ),
        pytest.param(
            "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c", id="endless"
        ),
        pytest.param(
            "select group_concat(hex(zeroblob(1000000))) from stories a, stories b, stories c", id="aggregate"
        ),
    ],
)
def test_a_statement_is_bounded_in_time_and_memory(asking, sql):
    assert asking(sql).status_code == 400


@pytest.mark.parametrize(
    "sql",
    [
        "delete from stories",
        "attach 'x.db' as x",
        "pragma journal_mode=delete",
        "vacuum into 'x.db'",
        "select load_extension('x')",
    ],
)
def test_a_statement_cannot_write_or_reach_out(asking, sql):
    assert asking(sql).status_code == 400


def test_a_good_statement_is_answered(asking):
    assert asking("select jalali('2024-09-22T08:30:00Z') as day, fa_fold('كتاب') as word").json() == [
        {"day": "1403/07/01", "word": "کتاب"}
    ]


def test_a_snapshot_is_made_verified_and_may_be_kept_by_others(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        ids = fill(store)
    public = tmp_path / "public.db"
    with browsing(tmp_path / "news.db", snapshot=public) as browser:
        answer = browser.get("/")
        assert answer.headers["cache-control"] == "public, max-age=3600"
        tag = answer.headers["etag"]
        assert browser.get("/", if_none_match=tag).status_code == 304
        assert browser.get("/", if_none_match=tag, host="evil.example").status_code == 421
        assert "public" not in browser.get("/", cookie="bayegan_lang=en").headers["cache-control"]
        assert browser.get("/-/databases.json").status_code == 404
        assert browser.get("/public/stories.json?_shape=array").status_code == 200
    with closing(sqlite3.connect(public)) as conn:
        assert conn.execute("SELECT count(*) FROM stories").fetchone()[0] == len(ids)
    conn.close()


def test_a_damaged_snapshot_is_refused(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        fill(store)
    public = tmp_path / "public.db"
    with browsing(tmp_path / "news.db", snapshot=public):
        pass
    size = public.stat().st_size
    with public.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 20_000)
    with pytest.raises(ArchiveError, match=r"public\.db"):
        application(tmp_path / "news.db", Served(snapshot=public))


def test_a_living_archive_is_no_snapshot(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store, open_archive(path):
        fill(store)
        with pytest.raises(ArchiveError, match="is in use"):
            application(path, Served(snapshot=path))


def test_a_database_named_like_a_page_can_be_reached_all_the_same(tmp_path):
    with filled(tmp_path / "search.db") as (browser, _):
        assert browser.get("/archive/stories.json").status_code == 200
        assert browser.get("/search").status_code == 200


def test_all_pages_can_stand_under_a_path_of_a_proxy(tmp_path):
    with filled(tmp_path / "news.db", base="/archive/") as (browser, ids):
        page = browser.page("/")  # the client puts the path before it
        assert f'href="/archive/story/{ids["talk"]}"' in page
        assert 'href="/bayegan' not in page
        assert browser.get(f"/story/{ids['talk']}").status_code == 200
        assert "immutable" in browser.get("/bayegan/bayegan.css?v=1").headers["cache-control"]
