"""`bayegan links` and `bayegan requeue`: what a person sees of the frontier, and how a link gets another chance."""

import json

import pytest

from tests.wire import faults


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def crawled(bayegan, wired):
    """The wire crawled once, with one story forbidden and one gone."""
    for story, code in zip(wired.stories, (403, 404), strict=False):
        wired.fault(wired.path(story), faults.status(code))
    bayegan("crawl")
    wired.heal()
    return wired


def test_links_are_counted_by_state(bayegan, crawled):
    (row,) = rows(bayegan("links", "--json"))
    assert {key: value for key, value in row.items() if value} == {
        "agency": "wire",
        "done": 8,
        "blocked": 1,
        "missing": 1,
    }
    assert bayegan("links").stdout == "wire: 8 done, 1 blocked, 1 missing\n"


def test_links_of_a_state_say_why_they_were_set_aside(bayegan, crawled):
    (row,) = rows(bayegan("links", "--state", "blocked", "--json"))
    assert (row["state"], row["attempts"], row["reason"], row["story"]) == ("blocked", 1, "HTTP 403", None)
    shown = bayegan("links", "--state", "blocked", "--state", "missing").stdout
    assert "HTTP 403" in shown
    assert "HTTP 404" in shown
    assert len(rows(bayegan("links", "--state", "done", "--limit", 3, "--json"))) == 3


def test_a_link_is_found_by_its_address_however_it_is_written(bayegan, crawled):
    url = crawled.url(crawled.stories[0])
    (row,) = rows(bayegan("links", "--url", f"{url}?utm_source=x#top", "--json"))
    assert row["state"] == "blocked"


def test_requeued_links_are_fetched_by_the_next_crawl(bayegan, crawled):
    dry = bayegan("requeue", "--state", "blocked", "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, "1 link would be requeued\n")
    assert rows(bayegan("links", "--state", "blocked", "--json"))
    assert rows(bayegan("requeue", "--state", "blocked", "--state", "missing", "--json")) == [
        {"requeued": 2, "dry_run": False}
    ]
    (report,) = rows(bayegan("crawl", "--json"))
    assert (report["fetched"], report["new"]) == (2, 2)


def test_a_single_address_is_requeued_whatever_its_state(bayegan, crawled):
    assert bayegan("requeue", crawled.url(crawled.stories[1])).stdout == "1 link requeued\n"
    assert bayegan("requeue", crawled.url(crawled.stories[5])).returncode == 1  # a story that is there


def test_without_options_only_what_is_quarantined_is_requeued(bayegan, crawled):
    assert (bayegan("requeue").stdout, bayegan("requeue").returncode) == ("0 links requeued\n", 0)


@pytest.mark.parametrize("command", [["links"], ["requeue"], ["requeue", "--dry-run"]], ids=" ".join)
def test_without_an_archive_there_is_none_to_ask(bayegan, tmp_path, command):
    done = bayegan(*command)
    assert done.returncode == 1
    assert done.stderr.startswith("bayegan: news.db: no archive")
    assert not (tmp_path / "news.db").exists()
