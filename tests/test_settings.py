"""settings.toml is the reference: complete, in step with the code, and strict."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from archive.errors import SettingsError
from archive.settings import (
    ArchiveSettings,
    CrawlerSettings,
    LogSettings,
    SchedulerSettings,
    Settings,
    WatchSettings,
    load,
    parse,
)
from crawler.agency import load_agencies

TOP = Path(__file__).parent.parent
SHIPPED = TOP / "settings.toml"


@pytest.mark.parametrize(
    ("room", "kind"),
    [
        ("archive", ArchiveSettings),
        ("crawler", CrawlerSettings),
        ("scheduler", SchedulerSettings),
        ("watch", WatchSettings),
        ("log", LogSettings),
    ],
)
def test_the_shipped_file_gives_every_key_its_default(room, kind):
    table = tomllib.loads(SHIPPED.read_text("utf-8"))[room]
    defaults = {one.name: getattr(kind(), one.name) for one in fields(kind)}
    assert table == {key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items()}


def test_the_shipped_file_explains_every_key():
    lines = SHIPPED.read_text("utf-8").splitlines()
    keys = [line for line in lines if " = " in line and not line.startswith(("#", " ")) and "{" not in line]
    assert [line for line in keys if "#" not in line] == []


def test_the_shipped_file_names_every_agency_that_ships():
    settings = load(SHIPPED)
    assert sorted(settings.agencies) == sorted(load_agencies(settings))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param({"crawler": {"dealy_s": 1}}, "crawler.dealy_s: no such setting; did you mean delay_s?", id="typo"),
        pytest.param({"crawlr": {}}, "crawlr: no such setting; did you mean crawler?", id="typo-in-a-table"),
        pytest.param({"archive": {"zzz": 1}}, "archive.zzz: no such setting", id="nothing-like-it"),
        pytest.param({"crawler": {"delay_s": "2"}}, "crawler.delay_s: must be a number, not '2'", id="text-for-number"),
        pytest.param(
            {"crawler": {"feed_links": 1.5}}, "crawler.feed_links: must be a whole number, not 1.5", id="fraction"
        ),
        pytest.param(
            {"crawler": {"delay_s": True}}, "crawler.delay_s: must be a number, not True", id="truth-for-number"
        ),
        pytest.param({"crawler": {"delay_s": -1}}, "crawler.delay_s: must not be negative: -1.0", id="negative"),
        pytest.param({"crawler": {"private_hosts": "a"}}, "crawler.private_hosts: must be a list", id="text-for-list"),
        pytest.param({"crawler": 3}, "crawler: must be a table", id="number-for-table"),
        pytest.param(
            {"agencies": {"mehr": {"intervals": 1}}},
            "agencies.mehr.intervals: no such setting; did you mean interval_s?",
            id="inside-an-agency",
        ),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_it(table, message):
    with pytest.raises(SettingsError) as caught:
        parse(table, Path("settings.toml"))
    assert str(caught.value) == f"settings.toml: {message}"
    assert caught.value.exit_code == 2


def test_whole_numbers_stand_for_seconds_too():
    assert parse({"crawler": {"delay_s": 3}}, Path("settings.toml")).crawler.delay_s == 3.0


def test_an_unknown_agency_names_the_likely_one():
    settings = parse({"agencies": {"meher": {}}}, Path("settings.toml"))
    with pytest.raises(SettingsError, match=r"agencies\.meher: no such agency; did you mean mehr\?"):
        load_agencies(settings)


def test_a_broken_file_says_where(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[crawler\n", "utf-8")
    with pytest.raises(SettingsError, match=r"settings\.toml: no TOML: "):
        load(file)


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load(tmp_path / "settings.toml")


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(None) == Settings()


def test_relative_paths_start_at_the_file(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('[archive]\npath = "sub/news.db"\n', "utf-8")
    assert load(file).archive_path == tmp_path / "sub" / "news.db"
