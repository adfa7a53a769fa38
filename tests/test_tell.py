"""Who is named in the settings is told of an alarm once when it begins and once when it ends, and holds up nobody."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import alarms
from archive.alarms import Alarm
from archive.errors import SettingsError
from archive.settings import WatchSettings
from archive.store import open_store
from archive.story import iso
from scheduler import tell
from scheduler.tell import Teller
from tests.stories import NOON
from tests.wire.listeners import Mailbox, Program, Webhook

BAYEGAN = Path(sys.executable).with_name("bayegan")
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


@pytest.fixture
def webhook():
    with Webhook() as hook:
        yield hook


@pytest.fixture
def mailbox():
    with Mailbox() as box:
        yield box


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def raise_alarm(store, kind="slow", agency="mehr"):
    alarms.note(store.conn, [Alarm(kind=kind, agency=agency, since=iso(NOON), evidence="پاسخ‌ها ۹ ثانیه")], NOON)


def end_alarm(store):
    (known,) = alarms.alarms(store.conn, going_on=True)
    alarms.note(store.conn, [replace(known, until=iso(NOON))], NOON)


def tell_all(teller, store, now=NOON):
    for _ in range(3):
        teller.tell(store.conn, now)
        teller.finish(store.conn)


def test_each_way_is_told_once_when_it_begins_and_once_when_it_ends(store, webhook, mailbox, program):
    teller = Teller(
        WatchSettings(command=str(program.path), webhook=webhook.address, email="desk@example.ir", smtp=mailbox.address)
    )
    raise_alarm(store)
    tell_all(teller, store)
    end_alarm(store)
    tell_all(teller, store)
    assert program.words == ["begin slow mehr", "end slow mehr"]
    assert program.told == webhook.told
    assert [(one["event"], one["kind"], one["agency"], one["evidence"]) for one in webhook.told] == [
        ("begin", "slow", "mehr", "پاسخ‌ها ۹ ثانیه"),
        ("end", "slow", "mehr", "پاسخ‌ها ۹ ثانیه"),
    ]
    assert [(one["Subject"], one["To"], one["From"]) for one in mailbox.letters] == [
        (f"[bayegan] mehr: slow {event}", "desk@example.ir", "bayegan@localhost") for event in ("begin", "end")
    ]
    assert f"mehr: slow since {iso(NOON)}: پاسخ‌ها ۹ ثانیه" in mailbox.letters[0].get_content()


def test_one_way_that_fails_is_tried_again_and_the_others_are_not_told_twice(
    store, webhook, program, monkeypatch, caplog
):
    monkeypatch.setattr(tell, "RETRY_S", 0.0)
    webhook.status = 500
    teller = Teller(WatchSettings(command=str(program.path), webhook=webhook.address))
    raise_alarm(store)
    tell_all(teller, store)
    assert (program.words, webhook.told) == (["begin slow mehr"], [])
    assert "watch.webhook: HTTP Error 500" in caplog.text
    webhook.status = 200
    tell_all(teller, store)
    assert (program.words, [one["event"] for one in webhook.told]) == (["begin slow mehr"], ["begin"])


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"command": "/absent/program"}, id="no-such-program"),
        pytest.param({"command": "/bin/false"}, id="a-program-that-fails"),
        pytest.param({"webhook": "http://127.0.0.1:9/"}, id="nobody-listens"),
        pytest.param({"email": "desk@example.ir", "smtp": "127.0.0.1:9"}, id="no-mail-server"),
    ],
)
def test_who_could_not_be_told_is_asked_again_after_ever_longer_rests(store, settings, caplog):
    teller = Teller(WatchSettings(**settings))
    raise_alarm(store)
    tell_all(teller, store)
    (name, *_) = settings
    assert len([line for line in caplog.messages if line.startswith(f"watch.{name}: ")]) == 1
    assert caplog.messages[-1].endswith("tried again in 60 s")
    teller._ways[name].rest_until = 0.0
    tell_all(teller, store)
    assert caplog.messages[-1].endswith("tried again in 120 s")
    assert [one.kind for one in alarms.untold(store.conn, name, NOON)] == ["slow"]


def test_one_that_hangs_holds_up_neither_the_house_nor_the_others(store, webhook, mailbox):
    webhook.answering.clear()
    teller = Teller(WatchSettings(webhook=webhook.address, email="desk@example.ir", smtp=mailbox.address))
    raise_alarm(store)
    teller.tell(store.conn, NOON)
    assert webhook.asked.wait(60)
    teller._ways["email"].wait()
    end_alarm(store)
    teller.tell(store.conn, NOON)
    teller._ways["email"].wait()
    assert [one["Subject"] for one in mailbox.letters] == ["[bayegan] mehr: slow begin", "[bayegan] mehr: slow end"]
    assert webhook.told == []
    webhook.answering.set()
    teller.finish(store.conn)
    tell_all(teller, store)
    assert [one["event"] for one in webhook.told] == ["begin", "end"]


def test_of_one_that_came_and_went_untold_the_end_is_told_and_nothing_after_a_day(store, program):
    raise_alarm(store)
    end_alarm(store)
    tell_all(Teller(WatchSettings(command=str(program.path))), store, NOON + DAY)
    assert program.words == []
    tell_all(Teller(WatchSettings(command=str(program.path))), store, NOON + DAY / 2)
    assert program.words == ["end slow mehr"]


def test_other_settings_do_not_tell_again_what_is_being_told(store, webhook, program):
    webhook.answering.clear()
    teller = Teller(WatchSettings(webhook=webhook.address))
    raise_alarm(store)
    teller.tell(store.conn, NOON)
    assert webhook.asked.wait(60)
    teller.settle(WatchSettings(webhook=webhook.address, command=str(program.path)))
    webhook.answering.set()
    tell_all(teller, store)
    assert ([one["event"] for one in webhook.told], program.words) == (["begin"], ["begin slow mehr"])
    teller.settle(WatchSettings())
    end_alarm(store)
    tell_all(teller, store)
    assert (len(webhook.told), len(program.words)) == (1, 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"webhook": "example.ir/hook"}, "watch.webhook: example.ir/hook: must begin with http:// or https://"),
        ({"email": "desk@example.ir", "smtp": "mail:twentyfive"}, "watch.smtp: mail:twentyfive: must be host:port"),
    ],
)
def test_an_address_that_cannot_be_told_is_an_error_at_once(settings, said):
    with pytest.raises(SettingsError, match=said):
        tell.check(WatchSettings(**settings))


def told_within(wanted, seconds=90):
    """Wait until `wanted()` is true, for so long at most; say whether it is."""
    until = time.monotonic() + seconds
    while not wanted() and time.monotonic() < until:
        time.sleep(0.1)
    return wanted()


def test_the_daemon_tells_of_a_full_disk_once_and_once_when_there_is_room(wired, tmp_path, webhook, mailbox, program):
    settings = tmp_path / "settings.toml"
    common = f"{settings.read_text('utf-8')}\n[scheduler]\ninterval_s = 1\nfastest_s = 1\njitter_s = 0\n"

    def write(least):
        settings.write_text(
            f'{common}\n[watch]\ncommand = "{program.path}"\nwebhook = "{webhook.address}"\nemail = "desk@example.ir"\n'
            f'smtp = "{mailbox.address}"\ndisk_least_bytes = {least}\n',
            "utf-8",
        )

    def events():
        return [one["event"] for one in webhook.told], program.words, [one["Subject"] for one in mailbox.letters]

    def wanted(*names):
        return list(names), [f"{one} disk" for one in names], [f"[bayegan] all: disk {one}" for one in names]

    write(0)
    for _ in range(2):  # the second daemon has nothing more to tell
        with subprocess.Popen([BAYEGAN, "run", "--json"], cwd=tmp_path, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            if not webhook.told:
                write(10**18)
                process.send_signal(signal.SIGHUP)
                assert told_within(lambda: events() == wanted("begin"))
                write(0)
                process.send_signal(signal.SIGHUP)
                assert told_within(lambda: events() == wanted("begin", "end"))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=40) == 0
    assert events() == wanted("begin", "end")
    assert "GiB free where the archive is" in webhook.told[0]["evidence"]


def test_a_daemon_whose_listeners_hang_or_fail_crawls_on_and_stops_in_time(wired, tmp_path, webhook):
    webhook.answering.clear()
    with (tmp_path / "settings.toml").open("a") as settings:
        settings.write(
            "[scheduler]\ninterval_s = 1\nfastest_s = 1\njitter_s = 0\n"
            f'[watch]\nwebhook = "{webhook.address}"\ncommand = "/bin/false"\nemail = "a@b.ir"\nsmtp = "127.0.0.1:9"\n'
            "disk_least_bytes = 1000000000000000000\n"
        )
    with subprocess.Popen([BAYEGAN, "run", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)  # read again, and looked over at once
        assert webhook.asked.wait(90)
        outcomes = [json.loads(process.stdout.readline())["outcome"] for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    assert outcomes == ["ok", "ok"]


def test_cron_is_told_of_too(wired, bayegan, tmp_path, program):
    with (tmp_path / "settings.toml").open("a") as settings:
        settings.write(f'[watch]\ncommand = "{program.path}"\ndisk_least_bytes = 1000000000000000000\n')
    for _ in range(2):
        assert bayegan("crawl", "--due").returncode == 0
    assert program.words == ["begin disk"]
    assert bayegan("status").returncode == 1
