"""When which agency is due: decided from the clock, the settings and the ledger alone."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import SettingsError
from archive.ledger import Past
from archive.settings import AgencySettings, SchedulerSettings, Settings
from archive.text.jalali import TEHRAN
from scheduler.plan import chosen, missed, plan
from scheduler.when.pace import Bounds, adapted, after
from scheduler.when.rhythm import Rhythm, Weights, whole_hour
from tests.stories import DAY, HOUR, NOON

MINUTE = timedelta(minutes=1)
AGENCIES = {
    "mehr": AgencySettings(interval_s=300.0),
    "isna": AgencySettings(),
    "arya": AgencySettings(enabled=False),
    "irna": AgencySettings(cron="0,30 6-23 * * sat-thu"),
    "fars": AgencySettings(quiet="23:00-06:00"),
    "yjc": AgencySettings(requests_per_day=100),
}
SETTINGS = Settings(
    scheduler=SchedulerSettings(interval_s=900.0, jitter_s=0.0, adaptive=False, retry_s=60.0),
    agencies=MappingProxyType(AGENCIES),
)
PLAN = plan(SETTINGS, AGENCIES)


def tehran(day, clock):
    """Return a moment of Tehran, 1 Mehr 1403 and on (a Sunday), as UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2024, 9, 22 + day, hour, minute, tzinfo=TEHRAN).astimezone(UTC)


def ran(started, **more):
    return Past(**{"started": started, "ended": started, "outcome": "ok", **more})


def test_what_is_switched_off_is_not_chosen():
    assert "arya" not in chosen(SETTINGS)
    assert chosen(SETTINGS)[0] == "mehr"


@pytest.mark.parametrize(
    ("agency", "past", "now", "at", "why"),
    [
        pytest.param("mehr", Past(), NOON, NOON, "never ran", id="never-ran"),
        pytest.param("mehr", ran(NOON - MINUTE), NOON, NOON + 4 * MINUTE, "interval", id="its-own-interval"),
        pytest.param("isna", ran(NOON - MINUTE), NOON, NOON + 14 * MINUTE, "interval", id="the-interval-of-all"),
        pytest.param("mehr", ran(NOON - DAY), NOON, NOON, "interval", id="missed-runs-are-made-up-at-once"),
        pytest.param("mehr", ran(NOON + HOUR), NOON, NOON, "the clock was set back", id="the-clock-was-set-back"),
        pytest.param(
            "mehr", ran(NOON - MINUTE, outcome="failed", failures=1, ended=NOON), NOON, NOON + MINUTE, "retry 1", id="a-failed-run-is-tried-again"
        ),
        pytest.param(
            "mehr", ran(NOON - MINUTE, outcome="died", failures=3, ended=NOON), NOON, NOON + 4 * MINUTE, "retry 3", id="ever-later"
        ),
        pytest.param(
            "mehr", ran(NOON, outcome="killed", failures=20), NOON, NOON + 30 * MINUTE, "retry 20", id="within-bounds"
        ),
        pytest.param("mehr", ran(NOON - MINUTE, outcome="stopped"), NOON, NOON, "was cut short", id="a-stopped-run-goes-on"),
        pytest.param(
            "mehr", ran(NOON, pause_s=3600.0), NOON + HOUR / 2, NOON + HOUR, "asked to come back later", id="retry-after"
        ),
        pytest.param("irna", ran(tehran(0, "10:00")), tehran(0, "10:10"), tehran(0, "10:30"), "cron", id="cron"),
        pytest.param("irna", ran(tehran(0, "23:30")), tehran(0, "23:40"), tehran(1, "06:00"), "cron", id="cron-at-night"),
        pytest.param("irna", ran(tehran(4, "23:30")), tehran(5, "10:00"), tehran(6, "06:00"), "cron", id="cron-over-a-friday"),
        pytest.param("fars", ran(tehran(0, "22:50")), tehran(0, "22:55"), tehran(1, "06:00"), "quiet hours", id="quiet-over-midnight"),
        pytest.param("fars", ran(tehran(0, "22:30")), tehran(0, "22:35"), tehran(0, "22:45"), "interval", id="before-quiet-hours"),
        pytest.param("fars", ran(tehran(0, "22:00")), tehran(1, "03:00"), tehran(1, "06:00"), "quiet hours", id="in-quiet-hours"),
        pytest.param(
            "yjc", ran(tehran(0, "20:00"), requests=100, day=tehran(0, "20:00").date()), tehran(0, "20:30"), tehran(1, "00:00"),
            "the day's budget is spent", id="budget",
        ),
        pytest.param(
            "yjc", ran(tehran(0, "23:50"), requests=100, day=tehran(0, "20:00").date()), tehran(1, "00:20"), tehran(1, "00:20"), "interval", id="a-new-day"
        ),
    ],
)  # fmt: skip
def test_an_agency_runs_when_settings_and_ledger_say(agency, past, now, at, why):
    due = PLAN.next(agency, past, now)
    assert (due.at, due.why) == (at, why)


def test_the_longest_waiting_is_first():
    pasts = {"mehr": ran(NOON - HOUR), "isna": ran(NOON - 2 * HOUR), "yjc": ran(NOON)}
    assert [one.agency for one in PLAN.due(pasts, pasts, NOON)] == ["isna", "mehr"]


@given(st.integers(-(10**6), 10**6), st.sampled_from(["mehr", "fars", "irna"]))
def test_a_run_is_never_planned_for_the_past_and_never_for_ever(ago_s, agency):
    due = PLAN.next(agency, ran(NOON - timedelta(seconds=ago_s)), NOON)
    assert NOON <= due.at <= NOON + 2 * DAY


@given(st.integers(0, 86400 * 3))
def test_however_the_clock_jumps_an_agency_runs_within_two_intervals(jump_s):
    for sign in (1, -1):
        later = NOON + sign * timedelta(seconds=jump_s)
        assert PLAN.next("mehr", ran(NOON), later).at <= later + 2 * timedelta(seconds=300)


@given(st.integers(0, 10**9).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_starts_are_shifted_a_little_and_the_same_for_whoever_asks(started):

    jittery = Settings(scheduler=SchedulerSettings(interval_s=900.0, jitter_s=30.0, adaptive=False))
    first, second = (plan(jittery, ["mehr"]).next("mehr", ran(started), started).at for _ in range(2))
    assert first == second
    assert timedelta(0) <= first - started - 15 * MINUTE < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            "0 6 * * 0", "'0' is no weekday: write mon, tue, wed, thu, fri, sat, sun, not numbers", id="number"
        ),
        pytest.param("0 6 * *", "has not five fields", id="four-fields"),
        pytest.param("61 * * * *", "'61' is not within 0-59", id="out-of-range"),
        pytest.param("*/0 * * * *", "'*/0' is not within 0-59", id="no-step"),
        pytest.param("x * * * *", "'x' is no number, range or step", id="word"),
        pytest.param("0 0 31 2 *", "allows no moment of a year", id="no-such-day"),
    ],
)
def test_a_cron_line_that_means_nothing_is_refused(line, message):
    with pytest.raises(SettingsError, match=r"^settings: agencies\.mehr\.cron: ") as caught:
        plan(Settings(agencies=MappingProxyType({"mehr": AgencySettings(cron=line)})), ["mehr"])
    assert message in str(caught.value)


def test_quiet_hours_that_mean_nothing_are_refused():
    with pytest.raises(SettingsError, match=r"agencies\.mehr\.quiet: .* is not like 01:00-05:30"):
        plan(Settings(agencies=MappingProxyType({"mehr": AgencySettings(quiet="night")})), ["mehr"])


@pytest.mark.parametrize(
    ("line", "weekday"), [(f"0 6 * * {name}", n) for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))]
)  # fmt: skip
def test_a_weekday_of_a_cron_line_is_that_day_in_tehran(line, weekday):
    settings = Settings(agencies=MappingProxyType({"mehr": AgencySettings(cron=line)}))
    at = plan(settings, ["mehr"]).next("mehr", ran(NOON), NOON).at.astimezone(TEHRAN)
    assert (at.weekday(), at.hour, at.minute) == (weekday, 6, 0)


# -- the adaptive pace ---------------------------------------------------------------------------------------------------

BOUNDS = Bounds(fastest_s=180.0, slowest_s=1800.0)


@pytest.mark.parametrize(
    ("listed", "new", "pace_s"),
    [
        pytest.param(30, 0, 1080, id="all-known"),
        pytest.param(0, 0, 1080, id="not-modified"),
        pytest.param(30, 10, 1080, id="two-thirds-known"),
        pytest.param(30, 15, 900, id="half-known"),
        pytest.param(30, 21, 540, id="under-a-third-known"),
        pytest.param(30, 30, 540, id="all-new"),
    ],
)
def test_the_pace_follows_the_share_of_new_stories(listed, new, pace_s):
    assert adapted(900.0, listed=listed, new=new, bounds=BOUNDS) == pytest.approx(pace_s)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=50))
def test_the_pace_never_leaves_its_bounds(looks):
    pace_s = 900.0
    for listed, new in looks:
        pace_s = adapted(pace_s, listed=listed, new=new, bounds=BOUNDS)
        assert 180.0 <= pace_s <= 1800.0


def busy_mornings():
    """A rhythm of four weeks: 12 stories an hour from 9 to 12, one at other hours, none at night."""
    since = whole_hour(NOON - 28 * DAY)
    hours = Rhythm(since=since, until=whole_hour(NOON)).hours()
    counts = {hour: 12 if 9 <= hour.hour < 12 else 1 for hour in hours if hour.hour >= 6}
    return Rhythm(counts=counts, since=since, until=whole_hour(NOON))


def test_a_busy_hour_is_looked_at_more_often_and_a_quiet_one_less():
    weights = busy_mornings().weights()
    wait = [after(tehran(0, clock), 900.0, weights, BOUNDS) - tehran(0, clock) for clock in ("09:00", "14:00", "02:00")]
    assert wait[0] < 6 * MINUTE < wait[1] < wait[2] == 60 * MINUTE


def test_nothing_known_of_an_agency_means_every_hour_is_alike():
    assert after(NOON, 900.0, Weights(), BOUNDS) == NOON + 15 * MINUTE
    assert Rhythm(since=NOON, until=NOON).weights() == Weights()


@given(st.integers(0, 86400 * 7), st.floats(180, 1800))
def test_a_pause_is_always_within_bounds(shift_s, pace_s):
    start = NOON + timedelta(seconds=shift_s)
    wait_s = (after(start, pace_s, busy_mornings_once, BOUNDS) - start).total_seconds()
    assert wait_s + 1e-3 >= 180.0
    assert wait_s - 1e-3 <= 3600.0


busy_mornings_once = busy_mornings().weights()


def test_further_runs_are_foretold_one_after_the_other():
    runs = PLAN.ahead("mehr", ran(NOON), NOON, 4)
    assert [run.at - NOON for run in runs] == [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE]


@pytest.mark.parametrize(
    ("agency", "since", "until", "count"),
    [
        pytest.param("mehr", tehran(0, "02:10"), tehran(0, "07:40"), 66, id="interval"),
        pytest.param("irna", tehran(0, "02:10"), tehran(0, "07:40"), 4, id="cron"),
        pytest.param("mehr", tehran(0, "02:10"), tehran(0, "02:12"), 0, id="none"),
    ],
)
def test_missed_runs_are_counted(agency, since, until, count):
    assert missed(PLAN.timetables[agency], since, until) == count
