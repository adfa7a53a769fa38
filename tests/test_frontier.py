"""The frontier: every link comes to an end, in the transaction of its story; none is lost with a crawl that died."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from archive import frontier, standing
from archive.frontier import ATTEMPTS, HOSTILE_ATTEMPTS, LEASE_S, next_look, retry_after_s
from archive.intake import Intake
from archive.link import FeedMemory, Link, LinkState
from archive.standing import Which
from archive.store import open_store
from archive.verdict import Verdict
from tests.stories import DAY, HOUR, NOON, analysed

AGES_S = (900.0, 7200.0)


@pytest.fixture
def intake(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        store.add_agency("namune", "خبرگزاری نمونه")
        yield Intake(store=store, agency="namune", recheck_ages_s=AGES_S)


def link(number=101, **changes):
    return Link(**{"url": f"https://www.namune.ir/news/{number}", "published": NOON, **changes})


def leased(intake, now=NOON, count=10):
    return [one.link.url.rsplit("/", 1)[1] for one in intake.lease(count, now)]


def row(intake):
    (only,) = intake.store.db["links"].rows
    return only


def test_a_link_is_noted_once_however_it_is_written(intake):
    assert intake.discover([link(), link(url="http://namune.ir/news/101/?utm_source=rss")], NOON) == 1
    assert intake.discover([link()], NOON + HOUR) == 0


def test_new_links_come_first_and_the_newest_of_them(intake):
    intake.discover([link(1, published=NOON - DAY), link(2), link(3, published=None)], NOON + HOUR)
    assert leased(intake, NOON + HOUR) == ["3", "2", "1"]  # one without a date counts as of its discovery


def test_new_links_beyond_the_day_s_budget_wait_and_known_ones_do_not(intake):
    intake.discover([link(n) for n in range(1, 6)], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.keep(lease.id, analysed(), NOON)
    bounded = replace(intake, fresh=2, spent=Counter())
    later = NOON + timedelta(seconds=900)
    assert len(bounded.lease(10, later)) == 3  # two new ones, and the known story that is due again
    assert bounded.lease(10, later) == []
    assert len(replace(intake, fresh=10, spent=Counter()).lease(10, later)) == 2  # nothing was dropped


def test_a_leased_link_is_not_handed_out_again(intake):
    intake.discover([link(1), link(2)], NOON)
    assert leased(intake, count=1) != leased(intake, count=1)
    assert leased(intake) == []


def test_a_lease_that_nobody_brings_back_runs_out(intake):
    intake.discover([link()], NOON)
    assert leased(intake) == ["101"]
    assert leased(intake, NOON + timedelta(seconds=LEASE_S)) == ["101"]


def test_the_leases_of_a_dead_crawl_come_back_and_count_as_no_attempt(intake):
    intake.discover([link()], NOON)
    intake.lease(1, NOON)
    intake.release(NOON)
    assert (row(intake)["state"], row(intake)["attempts"]) == ("discovered", 0)
    assert leased(intake) == ["101"]


def test_a_story_and_its_link_are_one_transaction(intake, monkeypatch):
    intake.discover([link()], NOON)
    (lease,) = intake.lease(1, NOON)

    def die(*_args):
        raise RuntimeError

    monkeypatch.setattr(frontier, "done", die)
    with pytest.raises(RuntimeError):
        intake.keep(lease.id, analysed(), NOON)
    assert intake.store.db["stories"].count == 0
    assert row(intake)["state"] == "leased"


def test_a_kept_story_is_looked_at_again_at_rising_ages(intake):
    intake.discover([link()], NOON)
    (lease,) = intake.lease(1, NOON)
    assert intake.keep(lease.id, analysed(), NOON).verdict is Verdict.NEW
    assert row(intake)["state"] == "done"
    assert leased(intake, NOON + timedelta(seconds=899)) == []
    assert leased(intake, NOON + timedelta(seconds=900)) == ["101"]


def test_a_story_announced_as_modified_is_looked_at_at_once(intake):
    intake.discover([link()], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.keep(lease.id, analysed(), NOON)
    intake.discover([link(modified=NOON)], NOON + timedelta(seconds=60))
    assert leased(intake, NOON + timedelta(seconds=60)) == []
    intake.discover([link(modified=NOON + timedelta(seconds=30))], NOON + timedelta(seconds=60))
    assert leased(intake, NOON + timedelta(seconds=60)) == ["101"]


def test_a_link_without_a_story_is_tried_later_and_at_last_set_aside(intake):
    intake.discover([link()], NOON)
    now = NOON
    for attempt in range(1, ATTEMPTS + 1):
        (lease,) = intake.lease(1, now)
        intake.set_aside(lease.id, LinkState.FAILED, "HTTP 500", now)
        assert intake.lease(1, now) == []
        assert row(intake)["attempts"] == attempt
        now += timedelta(seconds=retry_after_s(attempt))
    assert (row(intake)["state"], row(intake)["next_look"]) == ("quarantined", None)
    assert leased(intake, NOON + 365 * DAY) == []


def test_a_page_that_kills_its_reader_is_looked_at_once_more_and_no_further(intake):
    intake.discover([link()], NOON)
    now = NOON
    for attempt in range(1, HOSTILE_ATTEMPTS + 1):
        (lease,) = intake.lease(1, now)
        intake.set_aside(lease.id, LinkState.QUARANTINED, "extraction took longer than 10 s", now)
        assert row(intake)["state"] == "quarantined"
        now += timedelta(seconds=retry_after_s(attempt))
    assert leased(intake, NOON + 365 * DAY) == []


SET_ASIDE = [
    LinkState.EMPTY, LinkState.BLOCKED, LinkState.MISSING, LinkState.FAILED, LinkState.QUARANTINED,
]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "again"),
    [
        pytest.param(Which(), {"1", "2", "3", "4", "5"}, id="all"),
        pytest.param(Which(states=(LinkState.QUARANTINED,)), {"5"}, id="by-state"),
        pytest.param(Which(states=(LinkState.EMPTY, LinkState.FAILED)), {"1", "4"}, id="by-states"),
        pytest.param(Which(urls=("http://namune.ir/news/2/?utm_source=rss",)), {"2"}, id="by-address-however-written"),
        pytest.param(Which(reason="دلیل ۳"), {"3"}, id="by-reason"),
        pytest.param(Which(agency="sepehr"), set(), id="of-another-agency"),
        pytest.param(Which(urls=("https://www.namune.ir/news/6",)), set(), id="a-done-link-is-left"),
        pytest.param(Which(reason="' OR 1=1 --"), set(), id="values-are-bound"),
    ],
)
def test_what_is_requeued_is_due_at_once_and_the_rest_stays(intake, which, again):
    intake.discover([link(n, published=NOON - n * HOUR) for n in range(1, 7)], NOON)
    leases = intake.lease(6, NOON)
    for n, (lease, state) in enumerate(zip(leases, SET_ASIDE, strict=False), 1):
        intake.set_aside(lease.id, state, f"دلیل {'۰۱۲۳۴۵'[n]}", NOON)
    intake.keep(leases[5].id, analysed(), NOON)
    assert standing.requeue(intake.store.conn, which, NOON) == len(again)
    assert set(leased(intake, NOON)) == again


def test_a_requeued_link_of_a_known_story_stays_its_story_s(intake):
    intake.discover([link()], NOON)
    (lease,) = intake.lease(1, NOON)
    kept = intake.keep(lease.id, analysed(), NOON)
    intake.set_aside(lease.id, LinkState.FAILED, "HTTP 500", NOON)
    standing.requeue(intake.store.conn, Which(), NOON)
    found = row(intake)
    assert (found["state"], found["story"], found["attempts"], found["reason"]) == ("done", kept.id, 0, "")


def test_links_are_told_by_agency_and_state(intake):
    intake.discover([link(1), link(2), link(3)], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.set_aside(lease.id, LinkState.BLOCKED, "HTTP 403", NOON)
    assert standing.tally(intake.store.conn, Which()) == {"namune": {"discovered": 2, "blocked": 1}}
    (blocked,) = standing.standing(intake.store.conn, Which(states=(LinkState.BLOCKED,)), 10)
    assert (blocked.url, blocked.reason, blocked.attempts) == (lease.link.url, "HTTP 403", 1)


def test_a_link_that_cannot_be_asked_for_is_not_noted(intake):
    assert intake.discover([link(url="http://[::1"), link(url="")], NOON) == 0


def test_a_feed_is_remembered_with_its_validators(intake):
    url = "https://www.namune.ir/rss"
    assert intake.recall(url) == FeedMemory(url=url)
    memory = FeedMemory(url=url, etag='"a"', last_modified="Sun, 22 Sep 2024 08:30:00 GMT")
    intake.remember(memory, 200, 30, NOON)
    assert intake.recall(url) == memory


@pytest.mark.parametrize(
    ("age", "due"),
    [
        pytest.param(timedelta(0), 900, id="just-published"),
        pytest.param(timedelta(seconds=900), 7200, id="at-an-age"),
        pytest.param(timedelta(seconds=7199), 7200, id="just-before-the-last"),
        pytest.param(timedelta(days=2), None, id="older-than-every-age"),
    ],
)
def test_the_next_look_is_the_first_age_still_to_come(age, due):
    expected = None if due is None else NOON + timedelta(seconds=due)
    assert next_look(NOON, NOON + age, AGES_S) == expected


def test_retries_slow_down_to_once_a_day():
    waits = [retry_after_s(attempt) for attempt in range(1, ATTEMPTS)]
    assert waits == [300, 1200, 4800, 19200, 76800, 86400, 86400]
