"""Identity: the same page and the same words are known again, whatever they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import address, content_hash
from tests.stories import story

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://www.namune.ir/news/12/گفت", id="scheme-and-www"),
        pytest.param("https://NAMUNE.ir:443/news/12/گفت", id="case-and-default-port"),
        pytest.param("https://namune.ir/news/12/%DA%AF%D9%81%D8%AA", id="percent-encoded"),
        pytest.param("https://namune.ir/news/12/%da%af%d9%81%d8%aa/", id="lower-case-escapes-and-slash"),
        pytest.param("https://namune.ir//news/12/گفت#comments", id="double-slash-and-fragment"),
        pytest.param("https://namune.ir/news/12/گفت?utm_source=telegram&utm_medium=x", id="tracking"),
        pytest.param("https://namune.ir/news/12/گفت?ref=home&fbclid=abc", id="referrers"),
        pytest.param("https://namune.ir/amp/news/12/گفت", id="amp-before"),
        pytest.param("https://amp.namune.ir/news/12/گفت", id="amp-host"),
        pytest.param("https://namune.ir/news/12/گفت/amp/", id="amp-after"),
        pytest.param("https://namune.ir/print/news/12/گفت", id="print"),
        pytest.param("  https://namune.ir/news/12/گفت\n", id="stray-blanks"),
    ],
)
def test_one_page_has_one_address(url):
    assert address(url) == "namune.ir/news/12/گفت"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://namune.ir/news/12", "https://namune.ir/news/13", id="another-id"),
        pytest.param("https://namune.ir/news?id=12", "https://namune.ir/news?id=13", id="another-parameter"),
        pytest.param("https://namune.ir/news/12", "https://sepehr.ir/news/12", id="another-host"),
        pytest.param("http://127.0.0.1:8001/news/12", "http://127.0.0.1:8002/news/12", id="another-port"),
        pytest.param(
            "https://namune.ir/gallery?gid=1", "https://namune.ir/gallery?gid=2", id="an-id-that-looks-like-tracking"
        ),
    ],
)
def test_two_pages_have_two_addresses(one, other):
    assert address(one) != address(other)


def test_the_order_of_parameters_makes_no_difference():
    assert address("https://a.ir/n?b=2&a=1") == address("https://a.ir/n?a=1&b=2")


@pytest.mark.parametrize("url", ["", "  ", "http://[::1", "/news/12", "http://a.ir:x/"], ids=repr)
def test_a_broken_url_has_no_address(url):
    assert address(url) == ""


@given(st.text())
def test_no_text_breaks_the_address(url):
    assert isinstance(address(url), str)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"كتاب{ZWNJ}هاي ١٢ گانه", id="arabic-letters-and-digits"),
        pytest.param("کتاب های ۱۲ گانه", id="half-space-as-blank"),
        pytest.param("کتابهای 12 گانه!", id="half-space-lost-and-a-mark"),
        pytest.param(f"کتـاب{ZWNJ}های\n۱۲ گانه", id="tatweel-and-a-new-paragraph"),
    ],
)
def test_house_style_is_no_other_content(body):
    assert content_hash(story(body=body)) == content_hash(story(body=f"کتاب{ZWNJ}های ۱۲ گانه"))


@pytest.mark.parametrize("body", ["کتاب‌های ۱۳ گانه", "کتاب‌های ۱۲ گانه ما", ""], ids=["number", "word", "nothing"])
def test_other_words_are_other_content(body):
    assert content_hash(story(body=body)) != content_hash(story(body="کتاب‌های ۱۲ گانه"))


def test_a_sentence_moved_from_lead_to_body_is_a_change():
    assert content_hash(story(lead="الف", body="ب")) != content_hash(story(lead="", body="الف ب"))
