"""`bayegan diff` and `bayegan log`: what became of stories, for people and for scripts."""

import json

import pytest
from click.testing import CliRunner

from archive import withdrawals
from archive.errors import ArchiveError
from archive.store import open_store
from archive.withdrawals import Sighting
from scheduler.cli import bayegan
from tests.stories import DAY, HOUR, NOON, analysed


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        store.add(analysed(body="۱۲ نفر از کتاب‌خوان‌ها آمدند."), now=NOON)
        store.add(analysed(story_id="7", url="", agency="sepehr"), now=NOON)
        store.add(analysed(body="۱۵ نفر از کتاب‌خوان‌ها آمدند."), now=NOON + HOUR)
        store.add(analysed(title="سرخط دیگر", body="۱۵ نفر از کتاب‌خوان‌ها آمدند."), now=NOON + DAY)
        store.add(analysed(story_id="7", url="", agency="sepehr", lead="لید دیگر"), now=NOON + 2 * DAY)
    return path


def run(path, *arguments):
    result = CliRunner().invoke(bayegan, ["--archive", str(path), *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_diff_shows_the_last_change(path):
    result = run(path, "diff", "20240922000001")
    assert "headline:" in result.stdout
    assert "{+سرخط" in result.stdout


def test_diff_shows_the_change_between_any_two(path):
    result = run(path, "diff", "20240922000001", "--rev", "1", "2", "--json")
    found = json.loads(result.stdout)
    assert (found["from"], found["to"]) == (1, 2)
    assert [(one["kind"], one["words"]) for one in found["changes"]] == [
        ("number-changed", [["۱۲", "۱۵"], "نفر از کتاب‌خوان‌ها آمدند."])
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["5"], "no story 5", id="no-story"),
        pytest.param(["20240922000001", "--rev", "1", "9"], "has no revision 9: it has 1 to 3", id="no-revision"),
    ],
)
def test_diff_says_what_is_not_there(path, arguments, message):
    with pytest.raises(ArchiveError, match=message):
        run(path, "diff", *arguments)


def test_log_lists_edits_newest_first(path):
    found = [json.loads(line) for line in run(path, "log", "--changed", "--json").stdout.splitlines()]
    assert [(one["story"], one["revision"], one["details"]) for one in found] == [
        (20240922000002, 2, ["reworded"]),
        (20240922000001, 3, ["headline"]),
        (20240922000001, 2, ["number-changed"]),
    ]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        pytest.param(["--agency", "sepehr"], 1, id="agency"),
        pytest.param(["--from", "1403/07/02"], 2, id="from"),
        pytest.param(["--to", "1403/07/01"], 1, id="to"),
        pytest.param(["--from", "1403/07/02", "--to", "1403/07/02"], 1, id="one-day"),
        pytest.param(["--limit", "1"], 1, id="limit"),
        pytest.param(["--withdrawn"], 0, id="withdrawn"),
    ],
)
def test_log_is_bounded_as_asked(path, arguments, count):
    assert len(run(path, "log", "--json", *arguments).stdout.splitlines()) == count


def test_show_says_that_a_story_was_taken_down_until_it_is_back(path):
    assert json.loads(run(path, "show", "20240922000001", "--json").stdout)["withdrawn"] is None
    with open_store(path) as store:
        for hour in (1, 2):
            sighting = Sighting(story=20240922000001, at=f"2024-09-24T0{hour}:00:00Z", what="HTTP 404")
            withdrawals.record(store.conn, [sighting])
    assert "found gone at 2024-09-24T02:00:00Z" in run(path, "show", "20240922000001").stdout
    found = json.loads(run(path, "log", "--withdrawn", "--json").stdout)
    assert (found["what"], [one["what"] for one in found["details"]]) == ("withdrawn", ["HTTP 404", "HTTP 404"])
    with open_store(path) as store:
        withdrawals.seen(store.conn, 20240922000001, "2024-09-25T00:00:00Z")
    assert json.loads(run(path, "show", "20240922000001", "--json").stdout)["withdrawn"] is None
    assert len(run(path, "log", "--withdrawn", "--json").stdout.splitlines()) == 2
