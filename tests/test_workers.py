"""Workers of a shared archive: turns, jobs, rounds; and what a wire sees when one is killed in the middle of a crawl."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from archive import ledger
from archive.errors import SettingsError
from archive.ledger import Report
from archive.search.hits import open_archive
from archive.settings import CrawlerSettings, SchedulerSettings, Settings
from archive.store import open_store
from archive.turns import Turns
from scheduler.asked import Job, NotNowError
from scheduler.desk import open_desk
from scheduler.worker import Worker
from tests.cluster.workers import Span, at_once, hall, overlaps, spans
from tests.stories import NOON

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
LONG_S = 3600.0


@pytest.fixture
def shared(postgresql, tmp_path):
    return postgresql.archive(tmp_path / "news.db")


@pytest.fixture
def store(shared):
    with open_store(shared) as store:
        yield store


def test_an_agency_is_one_workers_turn_until_it_is_given_back(store):
    one, other = Turns(store.conn, "one", LONG_S), Turns(store.conn, "other", LONG_S)
    assert one.take("wire")
    assert one.take("wire")
    assert not other.take("wire")
    assert other.take("sepehr")
    other.give_back("wire")  # which it has not
    assert not other.take("wire")
    one.give_back("wire")
    assert other.take("wire")


def test_a_worker_that_is_not_heard_of_loses_its_turns_and_is_told(store):
    dead, heir = Turns(store.conn, "dead", LONG_S), Turns(store.conn, "heir", LONG_S)
    assert dead.take("wire")
    assert dead.take("sepehr")
    store.conn.execute("UPDATE turns SET until = clock_timestamp() - interval '1 second' WHERE agency = 'wire'")
    assert heir.take("wire")
    assert dead.keep({"wire", "sepehr"}) == {"wire"}
    assert heir.keep({"wire"}) == set()


def test_a_late_worker_whose_turn_nobody_took_has_it_still(store):
    late = Turns(store.conn, "late", 0.0)
    assert late.take("wire")
    assert late.keep({"wire"}) == set()


def settings_for(**more):
    return Settings(
        crawler=CrawlerSettings(private_hosts=("127.0.0.1",), delay_s=0, sitemap_s=0, raw_pages=False, **more),
        scheduler=SchedulerSettings(jitter_s=0.0),
    )


@pytest.fixture
def work(store, wire):
    """Give a worker at its desk, and a way to let it work until it has answered."""
    settings = settings_for()
    with open_desk(store, settings, lambda: datetime.now(UTC), 30) as desk:
        worker = Worker(store, settings, {"wire": wire.agency}, desk)

        def until(answer):
            worker.work(answer.done, lambda _report: None)
            return answer.result()

        yield worker, until


def test_a_job_is_answered_with_the_report_of_its_crawl(work, store):
    worker, until = work
    report = until(worker.hand(Job(kind="crawl", agency="wire")))
    assert (report["outcome"], report["new"]) == ("ok", 20)
    assert store.conn.execute("SELECT count(*) FROM turns").fetchone()[0] == 0


def test_a_round_tells_what_is_due_and_a_crawl_that_is_not_due_any_more_is_not_made(work, wire):
    worker, until = work
    (due,) = until(worker.hand(None))
    assert (due.kind, due.agency) == ("crawl", "wire")
    assert until(worker.hand(due))["new"] == 20
    asked = len(wire.requests)
    assert until(worker.hand(due)) is None
    assert until(worker.hand(None)) == []
    assert len(wire.requests) == asked


def test_a_job_waits_while_another_worker_has_the_turn(work, store, wire):
    worker, until = work
    assert Turns(store.conn, "another", LONG_S).take("wire")
    for job in (Job(kind="crawl", agency="wire"), Job(kind="crawl", agency="wire", planned="2024-09-22T08:30:00Z")):
        with pytest.raises(NotNowError):
            until(worker.hand(job))
    assert wire.requests == []


def test_a_job_for_an_agency_nobody_knows_is_an_error_of_the_job(work):
    worker, until = work
    with pytest.raises(SettingsError, match="no agency of this worker"):
        until(worker.hand(Job(kind="crawl", agency="none")))


def test_what_is_handed_to_a_worker_that_stops_is_tried_again(work):
    worker, _ = work
    answer = worker.hand(Job(kind="crawl", agency="wire"))
    worker.stop(0, lambda _report: None)
    with pytest.raises(NotNowError):
        answer.result(timeout=0)


def test_a_crawl_whose_turn_was_taken_meanwhile_is_ended_and_leaves_the_links_to_who_has_it(store, wire):
    """A worker that was frozen for long finds another in its place."""
    now, settings = datetime.now(UTC), settings_for()
    with open_desk(store, settings, lambda: now, 30) as desk:
        assert desk.start(wire.agency)
        store.conn.execute("UPDATE turns SET holder = 'another'")
        store.conn.execute("INSERT INTO links (agency, url, address, found_in, title, state, discovered, next_look)"
                           " VALUES ('wire', 'u', 'u', '', '', 'leased', '2024', '2999')")  # fmt: skip
        desk._kept -= LONG_S
        (report,) = desk.serve(1.0)
        assert report.outcome == "lost"
        assert store.conn.execute("SELECT state FROM links WHERE address = 'u'").fetchone()[0] == "leased"
        assert store.conn.execute("SELECT holder FROM turns").fetchone()[0] == "another"


def test_what_a_dead_worker_left_in_the_ledger_is_closed_by_who_takes_its_turn(store, wire):
    store.add_agency("wire")
    ledger.begin(store.conn, "wire", NOON)
    store.add_agency("sepehr")
    ledger.begin(store.conn, "sepehr", NOON)
    with open_desk(store, settings_for(), lambda: NOON + timedelta(days=1), 30) as desk:
        assert desk.start(wire.agency)
        found = dict(store.conn.execute("SELECT agency, outcome FROM crawls WHERE started < '2024-09-23'").fetchall())
    assert found == {"wire": "killed", "sepehr": "running"}


def test_a_lost_turn_is_no_failure_of_the_agency(store):
    store.add_agency("wire")
    number = ledger.begin(store.conn, "wire", NOON)
    ledger.end(store.conn, number, Report(agency="wire", outcome="lost"), NOON)
    assert ledger.past(store.conn, "wire", NOON).failures == 0


def test_jobs_are_put_there_once_and_served(shared, wire):
    broker_module = pytest.importorskip("scheduler.broker")
    broker, stop, done = broker_module.Broker(shared, 5.0), threading.Event(), []
    jobs = [Job(kind="crawl", agency=key) for key in ("wire", "sepehr")]
    with open_store(shared):
        assert broker.ask(jobs) == 2
        assert broker.ask(jobs) == 0
        assert broker.waiting() == {"todo": 2}

        def hand(job):
            answer = Future()
            answer.set_result([] if job is None else {"outcome": "ok"})
            done.extend([] if job is None else [job])
            if len(done) == 2:
                stop.set()
            return answer

        broker.serve(hand, 1, stop)
        assert sorted(job.agency for job in done) == ["sepehr", "wire"]
        assert broker.waiting() == {}


@pytest.mark.parametrize(
    ("asked", "bad"),
    [
        pytest.param([(0, "/rss", "a"), (1, "/1", "a"), (2, "/rss", "b"), (3, "/2", "b")], 0, id="one-after-the-other"),
        pytest.param([(0, "/rss", "a"), (2, "/rss", "b"), (3, "/2", "b"), (4, "/1", "a")], 1, id="side-by-side"),
        pytest.param([(0, "/rss", "a"), (1, "/1", "a"), (2, "/rss", "b"), (3, "/rss", "a"), (4, "/2", "a")], 0, id="in-turns"),
        pytest.param([(0, "/rss", "a"), (1, "/rss", "a"), (2, "/1", "a")], 0, id="one-worker-twice"),
    ],
)  # fmt: skip
def test_the_log_of_a_wire_tells_two_workers_side_by_side(asked, bad):
    assert len(overlaps(spans(asked, {"/rss"}))) == bad


def test_how_many_crawls_were_under_way_is_counted():
    assert at_once([Span("a", 0, 4), Span("b", 1, 3), Span("c", 2, 5), Span("d", 6, 7)]) == 3


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost_or_twice(shared, tmp_path):
    """The first worker is killed when it has brought something home; the second brings the rest."""
    with hall(tmp_path / "hall", shared, agencies=2, stories=40, dead_s=5.0) as given:
        first = given.start(0)
        _wait(lambda: given.count() >= 5, given)
        second = given.start(1)
        given.kill(first)
        brought = given.count()
        _wait(lambda: given.count() >= 40, given)
        assert given.stop() == [0]
        rows, truth = given.stored(), given.truth
        assert {(agency, story): body for agency, story, body, _ in rows} == truth
        assert len(rows) == 40
        assert {revision for *_, revision in rows} == {1}
        for wire in given.wires:
            log = [(one.at_s, one.path, one.headers.get("user-agent", "")) for one in wire.requests]
            assert overlaps(spans(log, {wire.layout.feed})) == []
        agents = {one.headers.get("user-agent", "") for wire in given.wires for one in wire.requests}
        assert any(first in agent for agent in agents)
        assert any(second in agent for agent in agents) or brought == 40
    with open_archive(shared) as conn:
        assert conn.execute("SELECT count(*) FROM turns").fetchone()[0] == 0


def _wait(done, given):
    pause = threading.Event()
    while not done():
        assert all(process.poll() is None for process in given.running.values()), "a worker has ended"
        pause.wait(0.1)


def test_workers_and_jobs_need_a_shared_archive(bayegan, wired):
    for words in (("worker",), ("jobs",)):
        done = bayegan(*words)
        assert done.returncode == 2
        assert "workers need an archive in PostgreSQL" in done.stderr


def test_jobs_are_asked_for_by_command(bayegan, wired, shared, tmp_path):
    with open_store(shared):
        pass
    with (tmp_path / "settings.toml").open("a") as file:
        file.write(f'[cluster]\narchive = "{shared.address}"\n')
    assert bayegan("jobs", "crawl", "wire").stdout == "1 asked for, 0 were waiting already\n"
    asked = bayegan("jobs", "backfill", "wire", "--from", "1403/07/01", "--to", "1403/07/30", "--json")
    assert asked.stdout == '{"asked": 30, "waiting": 0}\n'
    assert bayegan("jobs").stdout == "31 todo\n"
    assert bayegan("jobs", "backfill", "wire").returncode == 2
    assert bayegan("jobs", "backfill", "mehr", "--cancel").stdout == "0 cancelled\n"
    assert bayegan("jobs", "backfill", "wire", "--cancel").stdout == "30 cancelled\n"
    assert bayegan("jobs").stdout == "1 todo\n"
    assert bayegan("jobs", "crawl", "--cancel", "--json").stdout == '{"cancelled": 1}\n'
    assert bayegan("jobs").stdout == "nothing waits\n"
    assert bayegan("jobs", "--cancel").returncode == 2
    assert bayegan("jobs", "backfill", "--cancel", "--from", "1403/07/01").returncode == 2


def test_what_a_worker_has_begun_is_not_cancelled(shared):
    broker_module = pytest.importorskip("scheduler.broker")
    broker, stop, cancelled = broker_module.Broker(shared, 5.0), threading.Event(), []

    def end(answer):
        cancelled.append(broker_module.Broker(shared, 5.0).cancel("crawl", ()))
        answer.set_result({})
        stop.set()

    def hand(job):
        answer = Future()
        if job is None:
            answer.set_result([])
        else:
            threading.Thread(target=end, args=(answer,)).start()
        return answer

    with open_store(shared):
        broker.ask([Job(kind="crawl", agency="wire")])
        broker.serve(hand, 1, stop)
    assert cancelled == [0]
