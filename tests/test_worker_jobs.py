"""Jobs of workers besides crawls: looks at what is known already."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from archive.settings import CrawlerSettings, SchedulerSettings, Settings
from archive.store import open_store
from archive.story import iso
from scheduler.asked import Job
from scheduler.desk import open_desk
from scheduler.worker import Worker

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")


@pytest.fixture
def shared(postgresql, tmp_path):
    return postgresql.archive(tmp_path / "news.db")


@pytest.fixture
def store(shared):
    with open_store(shared) as store:
        yield store


@pytest.fixture
def work(store, wire):
    """Give a worker at its desk, and a way to let it work until it has answered."""
    settings = Settings(
        crawler=CrawlerSettings(private_hosts=("127.0.0.1",), delay_s=0, sitemap_s=0),
        scheduler=SchedulerSettings(jitter_s=0.0),
    )
    with open_desk(store, settings, lambda: datetime.now(UTC), 30) as desk:
        worker = Worker(store, settings, {"wire": wire.agency}, desk)

        def until(answer):
            worker.work(answer.done, lambda _report: None)
            return answer.result()

        yield worker, until


def test_a_recheck_looks_only_at_what_is_due_again(work, store, wire):
    worker, until = work
    assert until(worker.hand(Job(kind="crawl", agency="wire")))["new"] == 20
    pace = store.conn.execute("SELECT pace_s FROM crawls").fetchone()[0]
    due, new = wire.stories[:3], "INSERT INTO links (agency, url, address, found_in, title, discovered, next_look)"
    past = iso(datetime.now(UTC) - timedelta(seconds=1))
    store.conn.execute(f"{new} VALUES ('wire', ?, 'n', '', '', ?, ?)", (f"{wire.home}news/999/", past, past))
    for one in due:
        store.conn.execute("UPDATE links SET next_look = ? WHERE url LIKE ?", (past, f"%/{one.id}/%"))
    before = len(wire.requests)
    report = until(worker.hand(Job(kind="recheck", agency="wire")))
    assert (report["outcome"], report["listed"], report["fetched"], report["new"]) == ("ok", 0, 3, 0)
    assert {unquote(one.path) for one in wire.requests[before:]} == {unquote(wire.path(one)) for one in due}
    assert [tuple(row) for row in store.conn.execute("SELECT kind, pace_s FROM crawls ORDER BY id")] == [
        ("crawl", pace),
        ("recheck", None),
    ]
