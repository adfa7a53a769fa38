"""Identity: the same page and the same words are known again, whatever they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import address, content_hash, host_of, own
from tests.address_pairs import HOSTS, pairs
from tests.stories import story

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
PAIRS = pairs()


def place(url):
    return own(address(url), frozenset(map(host_of, HOSTS)))


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
        pytest.param("https://namune.ir/news/12/%25DA%25AF%25D9%2581%25D8%25AA", id="encoded-twice"),
        pytest.param("https://namune.ir/news/12/گفت;jsessionid=AB12?PHPSESSID=1", id="session"),
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


@pytest.mark.parametrize(("one", "other"), PAIRS["same"])
def test_pairs_of_one_story_have_one_address(one, other):
    assert place(one) == place(other)


@pytest.mark.parametrize(("one", "other"), PAIRS["different"])
def test_pairs_of_two_stories_have_two_addresses(one, other):
    assert place(one) != place(other)


def test_there_are_enough_pairs():
    assert len(PAIRS["same"]) + len(PAIRS["different"]) >= 1500


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("https://namune.ir/news/6231234/سرخط-تازه", "namune.ir/news/6231234", id="headline-after-an-id"),
        pytest.param(
            "https://namune.ir/بخش-سیاسی-3/1234567-سرخط", "namune.ir/بخش-سیاسی-3/1234567", id="headline-behind-a-dash"
        ),
        pytest.param(
            "https://namune.ir/fa/news/1403/07/01/3161234/سرخط",
            "namune.ir/fa/news/1403/07/01/3161234",
            id="after-a-day",
        ),
        pytest.param("https://namune.ir/news/140307/سرخط", "namune.ir/news/140307/سرخط", id="a-month-is-no-id"),
        pytest.param("https://namune.ir/news/20240922/title", "namune.ir/news/20240922/title", id="a-day-is-no-id"),
        pytest.param("https://namune.ir/news/2024/title", "namune.ir/news/2024/title", id="a-year-is-no-id"),
        pytest.param("https://namune.ir/photo/123456/2", "namune.ir/photo/123456/2", id="a-number-is-no-headline"),
        pytest.param("https://namune.ir/fa/print/12", "namune.ir/fa/news/12", id="print-face"),
        pytest.param("https://namune.ir/fa/tiny/news-12", "namune.ir/fa/news/12", id="short-face"),
        pytest.param(
            "https://namune.ir/n?newsid=7&b=&utm_id=3", "namune.ir/n?b=&newsid=7", id="an-empty-parameter-stays"
        ),
        pytest.param("https://m.ir/news/1", "m.ir/news/1", id="a-host-that-looks-like-a-face"),
        pytest.param("https://namune.ir/\u200c/0", "namune.ir/0", id="a-segment-of-nothing-but-a-half-space"),
        pytest.param("https://namune.ir/a/index.php/index.php", "namune.ir/a", id="a-face-behind-a-face"),
    ],
)
def test_what_is_left_of_an_address(url, canonical):
    assert address(url) == canonical


@given(st.text(st.sampled_from("/amprintshewdtx.c-._~;=?&%0123456789گفت\u200cA")))
def test_the_address_of_an_address_is_itself(rest):
    once = address(f"https://namune.ir/{rest}")
    assert address(f"https://{once}") in (once, "") or "%" in once


@pytest.mark.parametrize(
    ("place", "left"),
    [
        pytest.param("namune.com/news/12", "/news/12", id="own"),
        pytest.param("namune.ir:8001/news/12", "/news/12", id="own-on-a-port"),
        pytest.param("namune.ir", "/", id="home"),
        pytest.param("sepehr.ir/news/12", "sepehr.ir/news/12", id="foreign"),
        pytest.param("photo.namune.ir/news/12", "photo.namune.ir/news/12", id="a-site-of-its-own-below"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_own_hosts_go_others_stay(place, left):
    assert own(place, {"namune.ir", "namune.com"}) == left


@pytest.mark.parametrize("body", ["کتاب‌های ۱۳ گانه", "کتاب‌های ۱۲ گانه ما", ""], ids=["number", "word", "nothing"])
def test_other_words_are_other_content(body):
    assert content_hash(story(body=body)) != content_hash(story(body="کتاب‌های ۱۲ گانه"))


def test_a_sentence_moved_from_lead_to_body_is_a_change():
    assert content_hash(story(lead="الف", body="ب")) != content_hash(story(lead="", body="الف ب"))


FOOTED = (
    "کد خبر ۱۲۳۴۵",
    "منبع: خبرگزاری سپهر",
    "نظر شما",
    "برچسب‌ها: کتاب، یزد",
    "به کانال ما در ایتا بپیوندید",
    "انتهای پیام/ک",
)


@pytest.mark.parametrize("footer", FOOTED)
def test_what_stands_under_a_story_is_no_content(footer):
    assert content_hash(story(body=f"بند یک.\n{footer}")) == content_hash(story(body="بند یک."))


@pytest.mark.parametrize("footer", FOOTED)
def test_what_stands_inside_a_story_is_content(footer):
    assert content_hash(story(body=f"بند یک.\n{footer}\nبند دو.")) != content_hash(story(body="بند یک.\nبند دو."))
