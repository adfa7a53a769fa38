"""From examples of a site's story addresses to the pattern of its agency file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.agency import Agency
from crawler.pattern import story_pattern

HOME = "https://www.namune.ir"


def agency(pattern):
    return Agency(key="namune", name="نمونه", home=HOME + "/", story=pattern)


@pytest.mark.parametrize(
    ("paths", "pattern", "no_story"),
    [
        pytest.param([f"/news/62{n}1234/گزارش-{n}" for n in range(9)], r"/news/(?P<id>\d+)", "/archive?pi=3", id="id-and-slug"),
        pytest.param([f"/fa/news/{n}99812" for n in range(1, 9)], r"/fa/news/(?P<id>\d+)", "/fa/news/allnews", id="id-alone"),
        pytest.param([f"/fa/news/1403/07/0{n}/316543{n}/x" for n in range(1, 9)], r"/fa/news/\d{4}/\d{1,2}/\d{1,2}/(?P<id>\d+)", "/fa/news/1403/07", id="jalali-day-before"),
        pytest.param([f"/news/14030701{n:05}" for n in range(9)], r"/news/(?P<id>\d+)", "/", id="day-in-the-id"),
        pytest.param([f"/{kind}/70{n}123" for n in range(5) for kind in ("news", "photo")], r"(?:/news/|/photo/)(?P<id>\d+)", "/tag/70", id="two-kinds"),
        pytest.param([f"/بخش-سیاسی-{n % 3}/15{n}0017-خبر" for n in range(9)], r"/[^/]+/(?P<id>\d+)", "/بخش-سیاسی-3", id="persian-sections"),
        pytest.param([f"/%D8%A8-{n % 3}/15{n}0017-x" for n in range(9)], r"/[^/]+/(?P<id>\d+)", "/%D8%A8-3", id="encoded-sections"),
        pytest.param([f"/story.aspx?id=77{n}889" for n in range(9)], r"/story\.aspx\?id=(?P<id>\d+)", "/story.aspx", id="in-the-query"),
        pytest.param([f"/{desk}/22{n}3344" for n, desk in enumerate("abcdefghijk")], r"[/=-](?P<id>\d{6,})", "/a/12", id="many-desks"),
        pytest.param(["/about", "/contact", "/x/y"], "", "", id="no-ids"),
        pytest.param([], "", "", id="no-examples"),
    ],
)  # fmt: skip
def test_the_pattern_finds_the_id_of_each_example_and_no_list_of_stories(paths, pattern, no_story):
    found = story_pattern([HOME + path for path in paths])
    assert found == pattern
    if pattern:
        assert all(agency(found).story_id(HOME + path) for path in paths)
        assert not agency(found).is_story(HOME + no_story)


@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_address_makes_a_pattern_that_is_none(texts):
    Agency(key="x", name="", home=HOME, story=story_pattern([f"{HOME}/{text}/1234567" for text in texts]))
    Agency(key="x", name="", home=HOME, story=story_pattern(texts))
