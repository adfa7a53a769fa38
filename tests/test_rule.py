"""A page is read by its family's rule, field by field; what other stories on the page say of themselves is not asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector

from archive.story import Image
from crawler.agency import Agency, Family
from crawler.extract.head import read_head
from crawler.extract.rule import ANY, Reader
from crawler.extract.tree import Part, find, first_value, parse, value

FAMILY = Family(
    name="namune",
    title=("h1.title",),
    kicker=(".kicker",),
    lead=(".lead", "meta[name=description]"),
    body=("div.body", ".text"),
    byline=(".author",),
    section=("meta[property='article:section']", ".path a"),
    tags=("meta[name=keywords]", ".tags a"),
    images=(".top img",),
    caption=(".caption",),
    story_id=(".code",),
    short_link=(".short input",),
    drop=(".lead", ".box"),
)
AGENCY = Agency(key="namune", name="نمونه", home="https://www.namune.ir/", story=r"/news/(?P<id>\d+)")
URL = "https://www.namune.ir/news/1"


def reader(body, head="", rule=FAMILY):
    tree = parse(f"<html><head>{head}</head><body>{body}</body></html>")
    return Reader(tree=tree, head=read_head(tree), url=URL, agency=AGENCY, rule=rule)


STORY = (
    "<div class='side'><p class='kicker'>روتیتر دیگری</p><p class='lead'>لید دیگری</p></div>"
    "<main><h4 class='kicker'>روتیتر</h4><h1 class='title'>عنوان خبر</h1><p class='lead'>لید</p>"
    "<div class='body'><p>بند یک</p><p class='lead'>لید</p><div class='box'>جعبه</div><p>بند دو</p></div></main>"
)


def test_title_kicker_and_lead_are_those_beside_the_body():
    page = reader(STORY)
    assert (page.title(), page.text("kicker"), page.text("lead")) == ("عنوان خبر", "روتیتر", "لید")


def test_the_body_is_without_what_the_family_drops():
    assert [one.text for one in reader(STORY).paragraphs()] == ["بند یک", "بند دو"]


def test_the_body_is_the_longest_of_those_found():
    page = reader("<div class='body'>کوتاه</div><div class='body'><p>این یکی بلندتر است</p></div>")
    assert [one.text for one in page.paragraphs()] == ["این یکی بلندتر است"]


def test_a_kicker_of_another_story_is_not_taken_where_this_one_has_none():
    page = reader(
        "<div class='side'><p class='kicker'>دیگری</p></div><main><h1 class='title'>ع</h1><div class='body'>ب</div></main>"
    )
    assert page.text("kicker") == ""


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param("<meta property='og:title' content='در سر'>", "<h1 class='title'>در صفحه</h1>", "در صفحه", id="shown"),
        pytest.param("<meta property='og:title' content='در سر'>", "", "در سر", id="meta"),
        pytest.param("<title>عنوان خبر تازهٔ ما | پایگاه نمونه</title>", "<h1>عنوان خبر تازهٔ ما</h1>", "عنوان خبر تازهٔ ما", id="h1-of-title"),
        pytest.param("<title>عنوان</title>", "<h1>پایگاه خبری نمونهٔ ما</h1>", "عنوان", id="an-h1-that-is-the-sites-name"),
        pytest.param('<script type="application/ld+json">{"@type":"NewsArticle","headline":"ج&amp;س"}</script>', "", "ج&س", id="json-ld"),
        pytest.param("", "", "", id="none"),
    ],
)  # fmt: skip
def test_a_headline_is_found_where_the_page_has_it(head, body, title):
    assert reader(body, head).title() == title


@pytest.mark.parametrize(
    ("head", "body", "tags"),
    [
        pytest.param("<meta name='keywords' content='پل،رودخانه, شهر'>", "", ("پل", "رودخانه", "شهر"), id="commas"),
        pytest.param("", "<p class='tags'><a>#پل</a><a>برچسب‌ها:</a></p>", ("پل",), id="links"),
        pytest.param(
            "<meta name='keywords' content=''>", "<p class='tags'><a>پل</a></p>", (), id="an-empty-meta-is-an-answer"
        ),
        pytest.param("", "", (), id="none"),
    ],
)
def test_tags_are_those_of_the_first_place_that_the_page_has(head, body, tags):
    assert reader(body, head).tags() == tags


@pytest.mark.parametrize(
    ("printed", "story_id"),
    [("کد خبر: ۱۲۳۴۵۶", "123456"), ("١٢٣٤٥", "12345"), ("کد خبر", None), ("12", None), ("کد ۱۲۳۴۵ / ۶۷۸۹۰", "12345")],
)
def test_a_story_code_is_its_digits(printed, story_id):
    assert reader(f"<span class='code'>{printed}</span>").story_id() == story_id


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("https://www.namune.ir/x1a", "https://www.namune.ir/x1a"),
        ("namune.ir/x1a", "https://namune.ir/x1a"),
        ("//namune.ir/x1a", "https://namune.ir/x1a"),
        ("/x1a", "https://www.namune.ir/x1a"),
        ("لینک کوتاه", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_short_link_is_absolute(given, link):
    assert reader(f"<p class='short'><input value='{given}'></p>").short_link() == link


def test_pictures_come_with_their_captions_each_once_and_no_pixels():
    page = reader(
        "<h1 class='title'>ع</h1><div class='top'><figure><img src='/a.jpg'><figcaption>شرح</figcaption></figure></div>"
        "<div class='body'>متن<img data-src='/b.jpg' src='/loading.gif'><img src='/a.jpg'><img src='data:x'><img></div>"
    )
    assert page.images() == (
        Image(url="https://www.namune.ir/a.jpg", caption="شرح"),
        Image(url="https://www.namune.ir/b.jpg"),
    )


def test_the_pages_chosen_picture_stands_in_for_none():
    page = reader("<div class='body'>متن</div>", "<meta property='og:image' content='/c.jpg'>")
    assert page.images() == (Image(url="https://www.namune.ir/c.jpg"),)


def test_a_meta_counts_in_the_order_of_the_rule():
    body = "<main><h1 class='title'>ع</h1><p class='path'><a>مسیر</a></p><div class='body'>متن</div></main>"
    assert reader(body, "<meta property='article:section' content='شهر'>").text("section") == "شهر"
    assert reader(body).text("section") == "مسیر"


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("<time datetime='2024-09-22'>امروز</time>", "2024-09-22"),
        ("<time>۱ مهر ۱۴۰۳</time>", "۱ مهر ۱۴۰۳"),
        ("<input value='x'>", "x"),
        ("<input>", ""),
        ("<p> دو <b>پار</b>ه </p>", "دو پاره"),
    ],
)
def test_an_element_says_its_attribute_or_its_text(element, said):
    (found,) = parse(f"<html><body>{element}</body></html>").find("body")
    assert value(found) == said


NESTED = """<html><body class='a'><div class='b a'><p class='c'></p><p class='b\tc'></p></div><p class='c c'></p>
<b class='c\N{NO-BREAK SPACE}d'></b><p class='d' id='e'><i class='c'></i><i class='C'></i></p></body></html>"""


@pytest.mark.parametrize(
    "selector",
    [
        ".a",
        ".b",
        ".c",
        ".d",
        ".no",
        ".no .c",
        ".a .c",
        ".b .c",
        ".b.a",
        ".b.a > .c",
        ".a .b .c",
        ".a, .c",
        ".b + .c",
        ".b ~ p",
        ".a .b + .c",
        ".c:first-child",
        ".d [class]",
        ".d[id=e] i",
        ".d:not(.a) i",
        ".d *",
        ".d#e",
        ".A",
        "p",
        "p.c",
        "#e",
        "*",
    ],
)
@pytest.mark.parametrize("boxes", [1, 60])
def test_a_page_and_each_part_of_it_finds_what_css_finds_in_the_order_of_the_page(selector, boxes):
    tree = parse(NESTED.replace("<b ", "<p class='d'><u class='c'></u></p><b " * boxes, 1))
    page, css = Part(tree), CSSSelector(selector, translator="html")
    assert page.select(selector) == css(tree)
    for element in tree.iter():
        assert page.within(element).select(selector) == css(element)


def test_selectors_are_tried_in_order():
    tree = parse("<html><body><p class='b'></p><p class='c'>ج</p></body></html>")
    assert [one.get("class") for one in find(tree, [".a", ".b", ".c"])] == ["b"]
    assert first_value(tree, [".a", ".b", ".c"]) == "ج"
    assert first_value(tree, [".b"]) == ""
    assert first_value(tree, [".a"]) is None


@pytest.mark.parametrize(
    ("block", "headline"),
    [
        pytest.param('{"@type":"NewsArticle","headline":"ع"}', "ع", id="plain"),
        pytest.param('[{"@type":"WebSite"},{"@type":["Thing","NewsArticle"],"headline":"ع"}]', "ع", id="in-a-list"),
        pytest.param('{"@graph":[{"@type":"Organization"},{"@type":"Article","headline":"ع"}]}', "ع", id="in-a-graph"),
        pytest.param('<![CDATA[{"@type":"NewsArticle","headline":"ع"}]]>', "ع", id="in-cdata"),
        pytest.param('{"@type":"NewsArticle","headline":"دو\nسطر"}', "دو سطر", id="with-a-line-break-inside"),
        pytest.param('{"@type":"NewsArticle","headline":"ع"', "", id="torn"),
        pytest.param('{"@type":"Product","headline":"ع"}', "", id="of-something-else"),
        pytest.param('{"@type":null,"@graph":{"@graph":5}}', "", id="of-nothing"),
        pytest.param("[" * 5000, "", id="nested-without-end"),
    ],
)  # fmt: skip
def test_json_ld_is_read_as_it_is_found(block, headline):
    assert reader("", f'<script type="application/ld+json">{block}</script>').head.says("headline") == headline


@given(
    st.lists(
        st.sampled_from(
            "<h1 class=title> </h1> <div class=body> </div> <p class=lead> متن <meta property=og:title content=x> <img src=/a>"
            " <figure> </figure> <time datetime=z> <a href=http://[> </a> <table><tr><td> <!-- --> <script> </script> &zwnj;"
            " <input value=/> <base href=//x> <svg> <math> <template> <br>".split(" ")
        )
    ).map(" ".join)
)
def test_no_markup_breaks_the_reader(markup):
    for rule in (FAMILY, ANY):
        page = reader(markup, rule=rule)
        page.paragraphs()
        assert isinstance(page.title(), str)
        assert all(isinstance(page.text(name), str) for name in ("kicker", "lead", "byline", "section"))
        assert isinstance(page.tags() + page.images(), tuple)
        assert page.story_id() is None or page.story_id().isdigit()
        assert isinstance(page.short_link() + page.shown, str)
