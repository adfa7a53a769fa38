"""Time in which nobody crawled is explained; a clock that jumps is noticed; systemd hears of us."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest

from archive import shifts
from archive.errors import SettingsError
from archive.settings import SchedulerSettings, Settings
from archive.shifts import LastShift
from archive.store import open_store
from scheduler import service
from scheduler.plan import plan
from scheduler.shift import Jump, Shift, Ticks, explain, jumped
from tests.stories import HOUR, NOON  # noon is 12:00 in Tehran

MINUTE = timedelta(minutes=1)
PLAN = plan(Settings(scheduler=SchedulerSettings(interval_s=900.0)), ["mehr", "isna"])


@pytest.mark.parametrize(
    ("last", "boot", "why", "missed"),
    [
        pytest.param(LastShift(seen=NOON - 5 * HOUR), NOON - MINUTE, "machine was off 07:00–11:59", 40, id="off"),
        pytest.param(
            LastShift(seen=NOON - 5 * HOUR), NOON - HOUR, "machine was off 07:00–11:00, bayegan was not started before 12:00", 40, id="off-then-idle"
        ),
        pytest.param(LastShift(seen=NOON - HOUR, ended=NOON - HOUR), NOON - 9 * HOUR, "bayegan was stopped 11:00–12:00", 8, id="stopped"),
        pytest.param(
            LastShift(seen=NOON - HOUR), NOON - 9 * HOUR, "bayegan was killed, and not started again before 12:00", 8, id="killed"
        ),
        pytest.param(LastShift(seen=NOON - HOUR), None, "bayegan was killed, and not started again before 12:00", 8, id="no-proc"),
    ],
)  # fmt: skip
def test_a_pause_is_explained(last, boot, why, missed):
    pause = explain(last, NOON, boot, PLAN)
    assert (pause.why, pause.missed, pause.until) == (why, missed, NOON)


@pytest.mark.parametrize("ago", [MINUTE, 10 * MINUTE], ids=["restart", "no-run-fell-into-it"])
def test_a_short_pause_needs_no_explanation(ago):
    assert explain(LastShift(seen=NOON - ago), NOON, None, PLAN) is None


@pytest.mark.parametrize(
    ("wall_s", "awake_s", "alive_s", "jump"),
    [
        pytest.param(1.0, 1.0, 1.0, None, id="as-time-goes"),
        pytest.param(31.0, 1.0, 1.0, None, id="half-a-minute"),
        pytest.param(3601.0, 1.0, 1.0, Jump(by_s=3600.0, slept=False), id="an-hour-forward"),
        pytest.param(-86399.0, 1.0, 1.0, Jump(by_s=-86400.0, slept=False), id="a-day-back"),
        pytest.param(3601.0, 1.0, 3601.0, Jump(by_s=3600.0, slept=True), id="asleep"),
    ],
)
def test_a_jump_of_the_clock_is_told_from_time_that_went_by(wall_s, awake_s, alive_s, jump):
    assert jumped(Ticks(wall_s=0, awake_s=0, alive_s=0), Ticks(wall_s=wall_s, awake_s=awake_s, alive_s=alive_s)) == jump


def test_a_shift_remembers_what_went_before_it(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        first = Shift(store.conn, PLAN, NOON)
        first.seen(NOON + 2 * HOUR)
        Shift(store.conn, PLAN, NOON + 4 * HOUR).end(NOON + 5 * HOUR)
        Shift(store.conn, PLAN, NOON + 5 * HOUR)
        (pause,) = shifts.pauses(store.conn, NOON)
        assert (pause.since, pause.until, pause.missed) == (NOON + 2 * HOUR, NOON + 4 * HOUR, 16)
        assert shifts.pauses(store.conn, NOON + 4 * HOUR) == []


def test_time_that_was_skipped_is_a_pause_and_time_lived_twice_is_none(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        shift = Shift(store.conn, PLAN, NOON)
        shift.skip(NOON + HOUR, Jump(by_s=3600.0, slept=True))
        shift.skip(NOON, Jump(by_s=-3600.0, slept=False))
        (pause,) = shifts.pauses(store.conn, NOON)
        assert (pause.since, pause.why, pause.missed) == (NOON, "the machine slept for 3600 s", 8)


def test_systemd_hears_of_us(monkeypatch):
    place = f"\0bayegan-test-{id(monkeypatch)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(place)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + place[1:])
        monkeypatch.setenv("WATCHDOG_USEC", "2000000")
        assert service.notify("READY=1")
        watchdog = service.Watchdog()
        watchdog.pat()
        watchdog.pat()
        service.notify("STOPPING=1")
        assert [ear.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_systemd_nobody_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    assert not service.notify("READY=1")
    service.Watchdog().pat()


def test_what_changed_in_the_settings_is_said():
    old, new = Settings(), Settings(scheduler=SchedulerSettings(interval_s=600.0), agencies={"mehr": 1})
    assert list(service.changes(old, new)) == ["scheduler.interval_s: 900.0 -> 600.0", "agencies.mehr: added"]


def test_wrong_settings_leave_the_old_ones(caplog):
    def wrong():
        raise SettingsError(Path("settings.toml"), "crawler.dealy_s", "no such setting")

    assert service.reload(Settings(), wrong) is None
    assert "the old ones stay: settings.toml: crawler.dealy_s: no such setting" in caplog.text
