"""Jobs of workers besides crawls: looks at what is known already, and raw pages read again where they lie."""

import os
import signal
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest

from archive import holdings
from archive.place import Shared
from archive.raw.files import folder_of
from archive.search.hits import open_archive
from archive.settings import ClusterSettings, CrawlerSettings, SchedulerSettings, Settings
from archive.store import open_store
from archive.story import iso
from archive.text.jalali import gregorian, months_between
from archive.turns import Turns
from scheduler.asked import Job, NotNowError
from scheduler.desk import open_desk
from scheduler.worker import Worker
from tests.cluster.workers import hall

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
broker = pytest.importorskip("scheduler.broker")
SETTINGS = Settings(
    crawler=CrawlerSettings(private_hosts=("127.0.0.1",), delay_s=0, sitemap_s=0),
    scheduler=SchedulerSettings(jitter_s=0.0),
)
CRAWL = Job(kind="crawl", agency="wire")
REPROCESS = Job(kind="reprocess", agency="wire")


@pytest.fixture
def shared(postgresql, tmp_path):
    return postgresql.archive(tmp_path / "news.db")


@pytest.fixture
def store(shared):
    with open_store(shared) as store:
        yield store


@pytest.fixture
def desk(store):
    with open_desk(store, SETTINGS, lambda: datetime.now(UTC), 30) as desk:
        yield desk


def done(worker, job):
    """Hand a job to a worker and let it work until it has answered."""
    answer = worker.hand(job)
    worker.work(answer.done, lambda _report: None)
    return answer.result()


def test_a_recheck_looks_only_at_what_is_due_again(store, desk, wire):
    worker = Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    assert done(worker, CRAWL)["new"] == 20
    pace = store.conn.execute("SELECT pace_s FROM crawls").fetchone()[0]
    due, new = wire.stories[:3], "INSERT INTO links (agency, url, address, found_in, title, discovered, next_look)"
    past = iso(datetime.now(UTC) - timedelta(seconds=1))
    store.conn.execute(f"{new} VALUES ('wire', ?, 'n', '', '', ?, ?)", (f"{wire.home}news/999/", past, past))
    for one in due:
        store.conn.execute("UPDATE links SET next_look = ? WHERE url LIKE ?", (past, f"%/{one.id}/%"))
    before = len(wire.requests)
    report = done(worker, Job(kind="recheck", agency="wire"))
    assert (report["outcome"], report["listed"], report["fetched"], report["new"]) == ("ok", 0, 3, 0)
    assert {unquote(one.path) for one in wire.requests[before:]} == {unquote(wire.path(one)) for one in due}
    assert [tuple(row) for row in store.conn.execute("SELECT kind, pace_s FROM crawls ORDER BY id")] == [
        ("crawl", pace),
        ("recheck", None),
    ]


def test_pages_are_read_again_by_a_corrected_rule(store, desk, wire):
    wrong = Worker(store, SETTINGS, {"wire": replace(wire.agency, drop=(".item-text p:first-child",))}, desk)
    assert done(wrong, CRAWL)["new"] == 20
    worker, asked = Worker(store, SETTINGS, {"wire": wire.agency}, desk), len(wire.requests)
    assert done(worker, replace(REPROCESS, day="2025-01-01")) == {}
    assert done(worker, REPROCESS) == {"changed": 20}
    assert {
        row["story_id"]: row["body"] for row in store.conn.execute("SELECT story_id, body FROM stories")
    } == wire.truth()
    assert done(worker, REPROCESS) == {"same": 20}
    assert store.conn.execute("SELECT max(revision) FROM stories").fetchone()[0] == 1
    assert store.conn.execute("SELECT count(*) FROM turns").fetchone()[0] == 0
    assert len(wire.requests) == asked


def test_pages_are_not_read_while_a_crawl_of_their_agency_is_due_or_under_way(store, desk, wire):
    worker = Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    with pytest.raises(NotNowError):
        done(worker, REPROCESS)
    done(worker, CRAWL)
    another = Turns(store.conn, "another", 3600.0)
    assert another.take("wire")
    with pytest.raises(NotNowError):
        done(worker, REPROCESS)
    another.give_back("wire")
    assert done(worker, REPROCESS) == {"same": 20}


def test_an_agency_is_not_crawled_while_its_pages_are_read_and_a_worker_that_stops_leaves_them(store, desk, wire):
    worker = Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    done(worker, CRAWL)
    reading = worker.hand(REPROCESS)
    with pytest.raises(NotNowError):
        done(worker, CRAWL)
    worker.stop(0, lambda _report: None)
    with pytest.raises(NotNowError):
        reading.result(timeout=0)
    assert done(worker, REPROCESS) == {"same": 20}


def _killed(worker, _store):
    os.kill(worker._rereading._run.process.pid, signal.SIGKILL)


def _robbed(worker, store):
    store.conn.execute("UPDATE turns SET holder = 'another'")
    worker._rereading._kept -= 3600.0


@pytest.mark.parametrize("struck", [pytest.param(_killed, id="killed"), pytest.param(_robbed, id="turn-taken")])
def test_a_reading_that_is_cut_short_is_tried_again(store, desk, shared, wire, struck):
    worker = Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    done(worker, CRAWL)
    with open_store(shared) as another, another.atomic():  # the reading waits for its first transaction
        answer = worker.hand(REPROCESS)
        worker.work(lambda: worker._rereading._run is not None, lambda _report: None)
        struck(worker, store)
        worker.work(answer.done, lambda _report: None)
        with pytest.raises(NotNowError):
            answer.result()
    store.conn.execute("DELETE FROM turns")
    assert done(worker, REPROCESS) == {"same": 20}


def test_an_archive_that_an_older_program_made_gets_the_table_of_who_has_what(shared):
    with open_store(shared) as store:
        store.conn.execute("DROP TABLE holdings")
        store.conn.execute("DELETE FROM versions WHERE part = 'shared'")
    with open_store(shared) as store:
        assert holdings.holders(store.conn) == {}


def test_pages_that_lie_elsewhere_are_left_out_and_it_is_known_who_has_which(store, desk, shared, wire, tmp_path):
    here = Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    assert holdings.holders(store.conn) == {}
    done(here, CRAWL)
    months = {file.stem for file in folder_of(shared).glob("*.db")}
    assert holdings.holders(store.conn) == {here.folder: months}
    (tmp_path / "other").mkdir()
    with (
        open_store(Shared.at(shared.address, tmp_path / "other" / "news.db")) as elsewhere,
        open_desk(elsewhere, SETTINGS, lambda: datetime.now(UTC), 30) as other,
    ):
        named = replace(SETTINGS, cluster=ClusterSettings(machine="db2"))
        there = Worker(elsewhere, named, {"wire": wire.agency}, other)
        assert there.folder == f"db2:{(tmp_path / 'other' / 'raw').resolve()}"
        assert done(there, REPROCESS) == {}
    for file in folder_of(shared).glob("*.db"):
        file.unlink()
    Worker(store, SETTINGS, {"wire": wire.agency}, desk)
    assert holdings.holders(store.conn) == {}


def test_a_folder_is_called_by_its_machine(tmp_path):
    assert holdings.name_of(tmp_path, "db1") == f"db1:{tmp_path.resolve()}"
    assert holdings.name_of(tmp_path).endswith(f":{tmp_path.resolve()}")


def test_the_jobs_of_a_folder_wait_for_its_worker_and_hold_up_nobody(shared):
    asked, taken, stop = broker.Broker(shared, 5.0), [], threading.Event()
    assert asked.ask([replace(REPROCESS, folder="one:/raw"), replace(REPROCESS, folder="other:/raw"), CRAWL]) == 3

    def hand(job):
        answer = Future()
        answer.set_result([] if job is None else {})
        taken.extend([] if job is None else [(job.kind, job.folder)])
        if len(taken) == 2:
            stop.set()
        return answer

    asked.serve(hand, 1, stop, "other:/raw")
    assert sorted(taken) == [("crawl", ""), ("reprocess", "other:/raw")]
    assert asked.waiting() == {"todo": 1}


def test_months_are_jalali_and_cut_to_the_days_that_are_meant():
    found = list(months_between(date(2024, 9, 24), date(2024, 11, 2)))
    assert found == [
        (date(2024, 9, 24), gregorian(1403, 7, 30)),
        (gregorian(1403, 8, 1), date(2024, 11, 2)),
    ]
    assert list(months_between(date(2024, 9, 24), date(2024, 9, 23))) == []


def test_pages_are_asked_for_by_command_of_whom_holds_them(bayegan, wired, shared, tmp_path):
    with (tmp_path / "settings.toml").open("a") as file:
        file.write(f'[cluster]\narchive = "{shared.address}"\n')
    assert bayegan("jobs", "reprocess").stdout == "0 asked for, 0 were waiting already\n"
    assert bayegan("crawl").returncode == 0
    with open_store(shared) as store:
        for folder, month in (("one:/raw", "{now}"), ("other:/raw", "{now}"), ("third:/raw", "1390-01")):
            now = next(folder_of(shared).glob("*.db")).stem
            holdings.note(store.conn, folder, {month.format(now=now)})
    assert bayegan("jobs", "reprocess", "wire").stdout == "2 asked for, 0 were waiting already\n"
    assert bayegan("jobs", "reprocess").stdout == "0 asked for, 2 were waiting already\n"
    assert bayegan("jobs", "reprocess", "--from", "1403/07/01", "--to", "1403/07/30").stdout.startswith("2 asked for")
    assert bayegan("jobs", "reprocess", "--from", "1404/01/01").stdout == "0 asked for, 0 were waiting already\n"
    assert bayegan("jobs", "recheck", "--from", "1403/07/01").returncode == 2


def test_what_a_killed_worker_was_reading_is_read_by_the_next_of_its_folder(shared, tmp_path):
    """One worker has all pages and is killed with the first in hand; another, which has none, leaves them alone."""
    with hall(tmp_path / "hall", shared, agencies=1, stories=40, dead_s=3.0, changes={"interval_s": 3600.0}) as given:
        first = given.start(0)
        _wait(lambda: given.count() == 40 and _holders(shared), given)
        given.start(1)
        asked, (folder,) = broker.Broker(shared, 3.0), _holders(shared)
        with open_store(shared) as store:
            store.conn.execute("UPDATE stories SET body = 'misread'")
            with store.atomic():  # nobody else can put anything in its place meanwhile
                assert asked.ask([Job(kind="reprocess", agency=given.wires[0].key, folder=folder)]) == 1
                _wait(lambda: asked.waiting() == {"doing": 1}, given)
                given.kill(first)
        given.start(0)
        _wait(lambda: asked.waiting() == {}, given)
        assert given.stop() == [0, 0]
        assert {(agency, story): body for agency, story, body, _ in given.stored()} == given.truth
        assert "read again" in (given.folder / "worker0" / "said.txt").read_text("utf-8")
        assert "read again" not in (given.folder / "worker1" / "said.txt").read_text("utf-8")


def _holders(shared):
    with open_archive(shared) as conn:
        return holdings.holders(conn)


def _wait(done, given):
    pause = threading.Event()
    while not done():
        assert all(process.poll() is None for process in given.running.values()), "a worker has ended"
        pause.wait(0.1)
