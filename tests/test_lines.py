"""A line of JSON is a story, or an error that says why it is none."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.lines import LineError, read_line
from archive.story import Credit, Image
from tests.stories import NOON, story


def read(row):
    return read_line(json.dumps(row, ensure_ascii=False).encode(), agency="namune", now=NOON)


def test_what_a_story_says_of_itself_is_read_back():
    full = story(
        kicker="روتیتر",
        tags=("الف",),
        images=(Image(url="https://a.ir/1.jpg", caption="عکس"),),
        credit=Credit(reporter="ایسنا"),
        modified=NOON,
        published_raw="۱ مهر ۱۴۰۳",
        boilerplate=("انتهای پیام",),
    )
    assert read(full.as_json()) == full


def test_id_and_paragraphs_are_other_names_of_story_id_and_body():
    found = read({"id": 12, "title": "ت", "paragraphs": ["بند یک", "", "بند دو"]})
    assert (found.story_id, found.body) == ("12", "بند یک\nبند دو")


def test_a_field_given_under_both_names_is_taken_by_its_own():
    assert read({"id": "1", "story_id": "2", "title": "ت"}).story_id == "2"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2003-06-05T15:29:00+03:30", datetime(2003, 6, 5, 11, 59, tzinfo=UTC), id="offset"),
        pytest.param("2003-06-05T11:59:00Z", datetime(2003, 6, 5, 11, 59, tzinfo=UTC), id="utc"),
        pytest.param("2023-06-05T15:29:00", datetime(2023, 6, 5, 11, 59, tzinfo=UTC), id="tehran-without-summer-time"),
        pytest.param("2021-06-05T15:29:00", datetime(2021, 6, 5, 10, 59, tzinfo=UTC), id="tehran-in-summer-time"),
        pytest.param("۱۴۰۳/۰۷/۰۱ - ۱۲:۰۰", NOON, id="jalali"),
    ],
)
def test_a_time_without_an_offset_is_tehrans(text, moment):
    assert read({"title": "ت", "published": text}).published == moment


def test_a_line_without_an_agency_belongs_to_the_named_one():
    assert read({"title": "ت"}).agency == "namune"
    assert read({"title": "ت", "agency": "sepehr"}).agency == "sepehr"


def test_text_is_kept_as_printed_but_for_what_is_no_text():
    found = read({"title": "كتاب‌هاي\u202e ١٢\x1b[31m", "body": "می‌رود\r\n\nرفت"})
    assert (found.title, found.body) == ("كتاب‌هاي ١٢[31m", "می‌رود\nرفت")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b"{", "no JSON", id="torn"),
        pytest.param(b"\xff\xfe", "no JSON", id="no-utf-8"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested-too-deep"),
        pytest.param(b"[1]", "no JSON object", id="a-list"),
        pytest.param(b"{}", "a story without any text", id="no-text"),
        pytest.param(b'{"title": 5}', "title is no text", id="a-number-for-text"),
        pytest.param(b'{"title": "x", "published": "yesterday"}', "published is no date", id="no-date"),
        pytest.param(b'{"title": "x", "published": "2026-13-45"}', "published is no date", id="an-impossible-date"),
        pytest.param(b'{"title": "x", "tags": "a"}', "tags is no list", id="text-for-a-list"),
        pytest.param(b'{"title": "x", "paragraphs": [1]}', "paragraphs is no text", id="a-number-for-a-paragraph"),
        pytest.param(b'{"title": "x", "images": [[]]}', "images is no text", id="a-list-for-an-image"),
    ],
)
def test_a_line_that_is_no_story_says_why(line, why):
    with pytest.raises(LineError, match=why):
        read_line(line, agency="namune", now=NOON)


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["title", "body", "id", "published", "tags", "images", "credit", "dates", "url"]), inner
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_line_breaks_the_reader(line):
    with suppress(LineError):
        read_line(line, agency="namune", now=NOON)
