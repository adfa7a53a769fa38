"""The search box of the table: a real Datasette finds what the command finds, whatever is typed."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.browse import table_search
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.text.jalali import jalali
from tests.browsing import NOW, browsing
from tests.stories import analysed


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A browser and its archive: thirty stories of two agencies on ten days, every tenth a gallery."""
    path = tmp_path_factory.mktemp("box") / "news.db"
    with open_store(path) as store:
        for number in range(30):
            one = analysed(
                agency="sepehr" if number % 3 else "namune", story_id=str(number), url="", section="استان‌ها" if number % 2 else "",
                kind="gallery" if number % 10 == 9 else "story", title=f"بارش برف {number}" if number % 5 else "گفت‌وگوی تلفنی",
                lead="", body=f"متن كتاب{number}", published=NOW - (number // 3) * timedelta(days=1),
            )  # fmt: skip
            store.add(one, now=NOW)
    with browsing(path) as browser, open_archive(path) as conn:
        yield browser, conn


def shown(browser, address):
    answer = browser.get(f"/news/stories.json?_size=max&{address}")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


QUERIES = [
    "برف", "گفت وگوی تلفنی", "گفتوگوی", '"بارش برف"', "برف -سپهر OR متن", "title:برف", "agency:namune برف", "kind:gallery", "section:استانها",
    "کتاب1*", "برف نیست‌درجهان", "نیست‌درجهان", "-برف", '"', "((", "OR", "date:1399",
]  # fmt: skip


@pytest.mark.parametrize("text", [*QUERIES, f"برف date:{jalali(NOW)}", "متن date:دیروز", "متن from:2020-01-01"])
def test_the_box_finds_what_the_command_finds(served, text):
    browser, conn = served
    rows = shown(browser, f"_search={text.replace('"', '%22')}")["rows"]
    assert {row[0] for row in rows} == {hit.id for hit in search(conn, Query(text=text, limit=1000)).hits} or not text


def test_the_box_is_there_keeps_what_was_typed_and_tells_what_it_did(served):
    browser, _ = served
    assert 'name="_search"' in browser.page("/news/stories")
    page = browser.page("/news/stories?_search=برف نیست‌درجهان")
    assert 'value="برف نیست‌درجهان"' in page
    assert "no story has all words; these have some of them" in page
    assert 'name="_search"' not in browser.page("/news/agencies")


def test_one_column_can_be_searched_and_hits_sorted_and_filtered_as_any_table(served):
    browser, _ = served
    found = shown(browser, "_search_title=تلفنی&agency=namune&_sort=title")
    assert {row[found["columns"].index("title")] for row in found["rows"]} == {"گفت‌وگوی تلفنی"}
    assert shown(browser, "_search_title=کتاب1")["rows"] == []


def test_of_many_hits_the_newest_are_shown_and_the_page_says_so(served, monkeypatch):
    browser, conn = served
    monkeypatch.setattr(table_search, "HITS", 5)
    answer = shown(browser, "_search=متن")
    newest = [hit.id for hit in search(conn, Query(text="متن", sort="newest", limit=5)).hits]
    assert [row[0] for row in answer["rows"]] == newest
    assert "the newest 5 of about 27" in answer["human_description_en"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*QUERIES, "%00", "%22", "*", ":", "(", "date:", "\u202e"]), max_size=4).map(" ".join))
def test_nothing_that_is_typed_breaks_the_table(served, text):
    shown(served[0], f"_search={text.replace('"', '%22')}")
