"""When which agency is due: decided from the clock and the ledger alone."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.settings import AgencySettings, SchedulerSettings, Settings
from scheduler.plan import chosen, due, interval_s, next_run
from tests.stories import DAY, HOUR, NOON

MINUTE = timedelta(minutes=1)
SETTINGS = Settings(
    scheduler=SchedulerSettings(interval_s=900.0),
    agencies=MappingProxyType(
        {"mehr": AgencySettings(interval_s=300.0), "isna": AgencySettings(), "arya": AgencySettings(enabled=False)}
    ),
)


def test_an_agency_has_its_own_pace_or_that_of_all():
    assert (interval_s(SETTINGS, "mehr"), interval_s(SETTINGS, "isna"), interval_s(SETTINGS, "fars")) == (300, 900, 900)


def test_what_is_switched_off_is_not_chosen():
    assert chosen(SETTINGS) == ["mehr", "isna"]


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        pytest.param(None, NOON, id="never-ran"),
        pytest.param(NOON - MINUTE, NOON + 4 * MINUTE, id="an-interval-after-its-start"),
        pytest.param(NOON - DAY, NOON, id="missed-runs-are-made-up-once"),
    ],
)
def test_an_agency_runs_an_interval_after_its_last_start(last, wanted):
    assert next_run(SETTINGS, "mehr", last, NOON) == wanted


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        pytest.param({}, ["mehr", "isna"], id="all-of-a-new-archive"),
        pytest.param({"mehr": NOON - 6 * MINUTE, "isna": NOON - 6 * MINUTE}, ["mehr"], id="each-at-its-pace"),
        pytest.param({"mehr": NOON - HOUR, "isna": NOON - 2 * HOUR}, ["isna", "mehr"], id="the-longest-waiting-first"),
        pytest.param({"mehr": NOON + HOUR, "isna": NOON}, ["mehr"], id="the-clock-was-set-back"),
    ],
)
def test_who_is_due_is_told_by_the_ledger(last, wanted):
    assert due(SETTINGS, ["mehr", "isna"], last, NOON) == wanted


@given(st.integers(-(10**6), 10**6))
def test_cron_and_daemon_agree_on_who_is_due(ago_s):
    last = NOON - timedelta(seconds=ago_s)
    assert bool(due(SETTINGS, ["mehr"], {"mehr": last}, NOON)) == (
        last > NOON or next_run(SETTINGS, "mehr", last, NOON) == NOON
    )
