"""The daemon as a service: it stops in time, reads its settings again, survives a clock that jumps, shows figures."""

import json
import logging
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from archive import alarms, shifts
from archive.settings import AgencySettings, CrawlerSettings, SchedulerSettings, Settings, WatchSettings
from archive.store import open_store
from scheduler import daemon, service
from scheduler.bell import Bell, bell
from scheduler.daemon import House, Loop
from scheduler.desk import open_desk
from tests.wire import faults
from tests.wire.listeners import Program

BAYEGAN = Path(sys.executable).with_name("bayegan")


def start(folder, *options):
    return subprocess.Popen(
        [BAYEGAN, *options, "run", "--json"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_it_stops_within_25_seconds_even_with_a_hanging_download(wired, tmp_path):
    wired.fault(wired.path(wired.stories[0]), faults.hang(120))
    with start(tmp_path) as process:
        while not wired.asked_for(wired.path(wired.stories[0])):
            time.sleep(0.1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
        assert time.monotonic() - began < 25
        assert "bayegan: stopped\n" in process.stderr.read()


def test_sighup_reads_the_settings_again_and_says_what_changed(wired, tmp_path):
    settings = tmp_path / "settings.toml"
    with start(tmp_path) as process:
        process.stdout.readline()
        settings.write_text(
            settings.read_text("utf-8").replace("delay_s = 0", "delay_s = 1\nagencies_at_once = 2")
            + "[log]\njson = true\n",
            "utf-8",
        )
        process.send_signal(signal.SIGHUP)
        time.sleep(3)
        settings.write_text("[crawler]\ndealy_s = 1\n", "utf-8")
        process.send_signal(signal.SIGHUP)
        time.sleep(3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        said = process.stderr.read()
    assert (
        "settings read again: settings.crawler.delay_s: 0.0 -> 1.0; settings.crawler.agencies_at_once: 4 -> 2;"
        " settings.log.json: False -> True (from the next start on)" in said
    )
    assert "the old ones stay: settings.toml: crawler.dealy_s: no such setting; did you mean delay_s?" in said


@pytest.fixture
def loop(tmp_path, open_wire):
    """A loop over one wire, asked every four seconds, on a clock that the test may set ahead or back."""
    wire, ahead = open_wire(3), [timedelta()]

    def now():
        return datetime.now(UTC) + ahead[0]

    settings = Settings(
        crawler=CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",), recheck_ages_s=(), sitemap_s=1e9),
        scheduler=SchedulerSettings(
            interval_s=4.0, fastest_s=4.0, adaptive=False, jitter_s=0.0, retry_s=1.0, walk_days=0, stop_s=5.0
        ),
        watch=WatchSettings(disk_least_bytes=0, command=str(Program(tmp_path).path)),
        agencies=MappingProxyType({wire.key: AgencySettings()}),
    )
    house = House(settings=settings, agencies={wire.key: wire.agency})
    with (
        open_store(tmp_path / "news.db") as store,
        service.signals() as signals,
        bell(signals.wake) as ringing,
        open_desk(store, settings, now, logging.ERROR) as desk,
    ):
        assert isinstance(ringing, Bell)
        yield Loop(store, house, desk, bell=ringing, archive=tmp_path / "news.db", now=now), signals, ahead, store


def crawls(store):
    return store.conn.execute("SELECT count(*) FROM crawls").fetchone()[0]


@pytest.mark.parametrize(
    "jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)], ids=str
)
def test_a_clock_that_jumps_has_every_agency_looked_at_at_once_and_is_told_of(loop, jump, tmp_path):
    loop, signals, ahead, store = loop
    while not loop.beat(signals):
        pass
    known = crawls(store)
    ahead[0] = jump
    loop.beat(signals)
    assert crawls(store) == known + 1
    loop._look_over(loop._now())
    (alarm,) = [one for one in alarms.alarms(store.conn) if one.kind == "clock"]
    assert f"the clock was set {'forward' if jump > timedelta() else 'back'} by" in alarm.evidence
    assert bool(shifts.pauses(store.conn, datetime(2000, 1, 1, tzinfo=UTC))) is (jump > timedelta())
    while not loop.beat(signals):
        pass
    due = loop._rounds.next(loop._now())
    assert due <= loop._now() + timedelta(seconds=2 * 4)
    loop._look_over(loop._now())
    loop._look_over(loop._now() + timedelta(minutes=61))
    loop._teller.finish(store.conn)
    loop._look_over(loop._now() + timedelta(minutes=61))
    loop._teller.finish(store.conn)
    assert (tmp_path / "tell.words").read_text("utf-8") == "begin clock\nend clock\n"


def test_an_archive_that_cannot_be_written_for_a_while_ends_nothing_and_every_crawl_is_written_down(loop, monkeypatch):
    """Between the first crawl's start and its end the archive refuses everything, as a full disk does."""
    going, signals, _ahead, _store = loop
    conn = going._store.conn
    monkeypatch.setattr(daemon, "REST_S", 0.2)
    while not going._desk.running:
        going.try_beat(signals)
    conn.execute("PRAGMA query_only = ON")
    refused = [going.try_beat(signals) for _ in range(15)]
    conn.execute("PRAGMA query_only = OFF")
    assert refused == [[]] * 15
    while not [one for one in going.try_beat(signals) if one.new == 3]:
        pass
    assert {outcome for (outcome,) in conn.execute("SELECT outcome FROM crawls WHERE ended IS NOT NULL")} >= {"ok"}
    assert conn.execute("SELECT max(attempts), group_concat(DISTINCT state) FROM links").fetchone()[:] == (0, "done")


def test_figures_are_served_on_the_machine_itself_when_a_port_is_set(wired, tmp_path):
    lately = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    wired.stories = [replace(one, published=lately, modified=lately) for one in wired.stories]
    wired.fault(wired.path(wired.stories[0]), faults.status(404))
    settings = tmp_path / "settings.toml"
    port = free_port()
    settings.write_text(
        f"{settings.read_text('utf-8')}\n[watch]\nmetrics_port = {port}\ndisk_least_bytes = 1000000000000000000\n",
        "utf-8",
    )
    with start(tmp_path) as process:
        assert json.loads(process.stdout.readline())["new"] == 9
        process.send_signal(signal.SIGHUP)  # looked over at once
        while "bayegan_alarms{" not in (told := scrape(port)):
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    requests = len(wired.requests)
    for figure, value in {
        'bayegan_runs_total{agency="wire",outcome="ok"}': 1,
        'bayegan_requests_total{agency="wire"}': requests,
        'bayegan_fetches_total{agency="wire",status="200"}': requests - 1,
        'bayegan_fetches_total{agency="wire",status="404"}': 1,
        'bayegan_links_total{agency="wire",result="missing"}': 1,
        'bayegan_stories_total{agency="wire",verdict="new"}': 9,
        'bayegan_queue{agency="wire",state="done"}': 9,
        'bayegan_alarms{agency="",kind="disk"}': 1,
    }.items():
        assert f"\n{figure} {value:.1f}\n" in told, figure
    for figure, least in {
        'bayegan_lag_seconds{agency="wire",quantile="0.5"}': 3600.0,
        'bayegan_lag_seconds{agency="wire",quantile="0.95"}': 3600.0,
        'bayegan_bytes_total{agency="wire"}': 1000,
        "bayegan_wal_bytes": 1,
        "bayegan_writer_seconds_count": 9,
        "bayegan_writer_seconds_sum": 0.0,
        'bayegan_writer_seconds_bucket{le="+Inf"}': 9,
        "bayegan_running": 0,
    }.items():
        (found,) = re.findall(rf"^{re.escape(figure)} (\S+)$", told, re.MULTILINE)
        assert float(found) >= least, figure


def scrape(port):
    """Return what Prometheus would read, every sample of it under a name that is documented."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def served():
    """Return the names under which samples may be read."""
    from scheduler.metrics import Metrics  # noqa: PLC0415

    endings = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    return {one.name + ending for one in Metrics().registry.collect() for ending in endings[one.type]}


def test_every_figure_of_the_dashboard_is_one_that_is_served():
    told = (Path(__file__).parent.parent / "docs" / "grafana.json").read_text("utf-8")
    json.loads(told)
    shown = set(re.findall(r"bayegan_\w+", told))
    assert shown <= served()
    assert {one for one in served() if not one.endswith(("_sum", "_count"))} <= shown


def free_port():
    import socket  # noqa: PLC0415

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_nothing_of_prometheus_is_loaded_unless_asked_for():
    code = "import sys, scheduler.daemon, scheduler.commands.run; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert threading.active_count() >= 1


def test_complaints_are_json_for_collectors_those_of_crawls_too(wired, tmp_path):
    wired.fault("/rss", faults.status(500))
    with subprocess.Popen(
        [BAYEGAN, "run", "--json", "--log-json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    lines = [json.loads(line) for line in said.splitlines()]
    assert any(
        line["level"] == "warning" and "HTTP 500" in line["text"] and line["of"] == "crawler.notes" for line in lines
    )
    assert all(set(line) >= {"at", "level", "of", "text"} for line in lines)
