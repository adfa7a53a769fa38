"""An element is read as a reader does: every word of the story in its order, nothing of what only stands beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.extract.paragraphs import paragraphs
from crawler.extract.tree import parse

ONE = "شهردار شهر خیالی مهرآباد از آغاز ساخت سه پل تازه روی رودخانه خبر داد."
TWO = "وی در گفت‌وگو با خبرنگار ما افزود: این پل‌ها تا پایان زمستان ساخته می‌شوند."
THREE = "به گفته او کارگاه‌ها از هفته آینده شبانه‌روزی کار می‌کنند و راه‌های جایگزین آماده است."
STORY = [ONE, TWO, THREE]


def read(inner):
    return [one.text for one in paragraphs(parse(f"<html><body><div>{inner}</div></body></html>").find(".//div"))]


def p(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        pytest.param(p(*STORY), STORY, id="paragraphs"),
        pytest.param(f"{ONE}<br><br>{TWO}<br/>{THREE}", STORY, id="line-breaks"),
        pytest.param(f"<div>{ONE}</div><div><span>{TWO}</span></div><font>{THREE}</font>", STORY, id="divisions"),
        pytest.param(f"<p>{ONE}<p>{TWO}<p>{THREE}", STORY, id="unclosed"),
        pytest.param(f"<h2>عنوان میانی</h2>{p(ONE)}<h3>دیگری</h3>", ["عنوان میانی", ONE, "دیگری"], id="headings"),
        pytest.param(
            "<ul><li>یک <b>پل</b></li></ul><ol><li><p>دو</p></li><li>سه<ul><li>سه-الف</li></ul></li></ol>",
            ["یک پل", "دو", "سه", "سه-الف"],
            id="lists",
        ),
        pytest.param(
            f"<blockquote><p>{ONE}</p></blockquote><blockquote>{TWO}</blockquote>", [ONE, TWO], id="quotations"
        ),
        pytest.param(
            "<table><caption>جدول</caption><thead><tr><th>پل</th><th>متر</th></tr></thead>"
            "<tr><td><p>بهار</p></td><td>۱۲۰</td></tr></table>",
            ["جدول", "پل متر", "بهار ۱۲۰"],
            id="a-row-is-a-paragraph",
        ),
        pytest.param(f"<table><tr><td>{p(*STORY)}</td></tr></table>", STORY, id="a-table-that-lays-out-the-page"),
        pytest.param(
            "<figure><table><tr><td>بهار</td><td>۱</td></tr></table></figure>", ["بهار ۱"], id="a-table-in-a-figure"
        ),
        pytest.param("<dl><dt>طول</dt><dd>۱۲۰ متر</dd></dl>", ["طول", "۱۲۰ متر"], id="definitions"),
        pytest.param("<p>سطر یک<br>سطر دو</p>", ["سطر یک", "سطر دو"], id="a-poem"),
        pytest.param(
            '<p>به <a href="/1">پل‌های</a> <a href="/2">پیشین</a>.</p>', ["به پل‌های پیشین."], id="links-in-text"
        ),
        pytest.param(f'<p><a href="/1">{ONE}</a></p>', [ONE], id="a-link-as-a-paragraph"),
        pytest.param(
            "<p>CO<sub>2</sub>، <b>کتاب</b>‌ها، متر<sup>۲</sup>، <i>می</i>‌رود، کتاب<wbr>خانه<!-- x -->ها</p>",
            ["CO2، کتاب‌ها، متر۲، می‌رود، کتابخانهها"],
            id="no-blank-is-added-inside-a-word",
        ),
        pytest.param("<p>&nbsp;</p><p>\u200c</p><p> \u200f </p><p><br></p>", [], id="nothing-shown-is-no-paragraph"),
        pytest.param("<p>می&amp;zwnj;رود</p>", ["می‌رود"], id="twice-escaped"),
        pytest.param("<p>  چند\n\n  سطر\t است </p>", ["چند سطر است"], id="blanks"),
    ],
)
def test_words_and_order_are_kept(inner, shown):
    assert read(inner) == shown


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param('<script>var متن = "پنهان";</script><style>p{}</style><noscript>x</noscript>', id="scripts"),
        pytest.param("<figure><img src='a.jpg'><figcaption>عکس پل</figcaption></figure>", id="a-figure"),
        pytest.param("<div class='image'><img src='a.jpg'><span class='caption'>عکس پل</span></div>", id="a-caption"),
        pytest.param("<div class='photo'><img src='a.jpg'><p>پل بهار: مریم نمونه</p></div>", id="a-frame"),
        pytest.param("<p class='img-caption'>نمای رودخانه</p>", id="a-caption-as-a-paragraph"),
        pytest.param(
            "<table class='image'><tr><td><img></td></tr><tr><td class='caption'>پل</td></tr></table>",
            id="an-old-caption",
        ),
        pytest.param("<iframe src='x'>y</iframe><video>پخش نمی‌شود</video><audio>x</audio>", id="players"),
        pytest.param("<div class='plyr'><button>پخش</button><span>00:00</span></div>", id="a-player-of-scripts"),
        pytest.param("<div class='h_iframe-aparat_embed_frame'><span>کد پخش</span></div>", id="an-embedded-player"),
        pytest.param("<p style='display: none'>پنهان</p><div hidden>x</div>", id="hidden"),
        pytest.param(
            "<div class='related-news'><h4>اخبار</h4><a href='/2'>پلی بسته شد</a></div>", id="related-by-name"
        ),
        pytest.param(
            "<div class='card'><h4>پربازدیدترین‌ها</h4><a href='/2'>پلی بسته شد</a></div>", id="related-by-heading"
        ),
        pytest.param("<aside><a href='/2'>پلی قدیمی بسته شد</a></aside>", id="an-aside-of-links"),
        pytest.param(
            "<div class='related'>" + "<a href='/2'>پلی قدیمی در مهرآباد برای همیشه بسته شد</a>" * 20 + "</div>",
            id="longer-than-the-story",
        ),
        pytest.param("<div class='tags'>برچسب‌ها: <a>پل</a></div><p class='keywords'>پل</p>", id="tags"),
        pytest.param("<div class='short-link'>لینک کوتاه <input value='x'></div>", id="a-short-link"),
        pytest.param("<section class='comments'><h3>نظرات</h3><p>خبر خوبی بود</p></section>", id="comments"),
        pytest.param("<form><p>نظر شما</p><label>نام</label><input></form>", id="a-form"),
        pytest.param("<div class='adv'>تبلیغ</div><div class='share'>هم‌رسانی</div>", id="advertisements"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_stands_beside_the_story_does_not_enter(beside, place):
    parts = [p(one) for one in STORY]
    assert read("".join([*parts[:place], beside, *parts[place:]])) == STORY


def test_a_box_that_holds_most_of_the_story_is_none():
    assert read(f"<div class='share related'>{p(*STORY)}</div>") == STORY


def test_elements_to_drop_are_dropped_with_their_text_and_not_what_follows_it():
    tree = html.fromstring("<div><p>یک<span>دو</span>سه</p></div>")
    assert [one.text for one in paragraphs(tree, frozenset(tree.iter("span")))] == ["یکسه"]


@pytest.mark.parametrize(
    ("inner", "share"), [("<p>متن</p>", 0), ("<p><a>متن</a></p>", 1), ("<p>متن <a>متن</a></p>", 3 / 7)]
)
def test_a_paragraph_tells_how_much_of_it_is_linked(inner, share):
    (found,) = paragraphs(html.fromstring(f"<div>{inner}</div>"))
    assert found.linked == pytest.approx(share)


WORD = st.text(alphabet="ابپتکیه‌1۲ة", min_size=1, max_size=8).filter(lambda word: word.strip("‌"))


@given(
    st.lists(st.lists(WORD, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6),
    st.sampled_from("p div li h3".split()),
)
def test_whatever_is_printed_in_blocks_comes_back_to_the_letter(texts, tag):
    assert read("".join(f"<{tag}>{text}</{tag}>" for text in texts)) == texts


@given(st.recursive(st.text(max_size=6), lambda inner: st.tuples(st.sampled_from("p b td tr table ul li a br div script figure".split()), st.lists(inner, max_size=3)).map(lambda one: f"<{one[0]}>{''.join(one[1])}</{one[0]}>"), max_leaves=12))  # fmt: skip
def test_no_markup_breaks_the_reader(markup):
    for one in paragraphs(
        html.document_fromstring(f"<html><body><p>x</p>{markup}</body></html>".encode("utf-8", "replace"))
    ):
        assert one.text.strip()
        assert 0 <= one.linked <= 1
