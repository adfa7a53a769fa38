"""A page's bytes become a story or a verdict with its reason, and never an error."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.settings import Settings
from archive.story import DateFound
from crawler.agency import Agency, load_agencies
from crawler.extract import Extract, Verdict, extract
from tests.stories import DAY, NOON

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MEHR = load_agencies(Settings())["mehr"]
PLAIN = Agency(key="bahar", name="بهار", home="https://bahar.example/", story=r"/news/(?P<id>\d+)")
URL = "https://www.mehrnews.com/news/6234501/x"
TITLE = "ساخت سه پل تازه در مهرآباد آغاز شد"
STORY = [
    "شهردار مهرآباد از آغاز ساخت سه پل تازه روی رودخانه خبر داد و گفت: این پل‌ها تا پایان زمستان به بهره‌برداری می‌رسند.",
    "وی در گفت‌وگو با خبرنگار ما افزود: برای این طرح ۴۲ میلیارد تومان اعتبار در نظر گرفته شده است.",
    "به گفتهٔ او کارگاه‌های ساختمانی از هفتهٔ آینده شبانه‌روزی کار می‌کنند و راه‌های جایگزین آماده است.",
]


def p(texts):
    return "".join(f"<p>{one}</p>" for one in texts)


def page(body="", *, title=TITLE, head="", lead="", kind="text"):
    return (
        f"<html><head><title>{title}</title><meta name='generator' content='www.nastooh.ir'>{head}</head><body>"
        f"<nav><a href='/'>خانه</a></nav><article><div class='item-title'><h1 class='title'>{title}</h1></div>"
        f"<p class='summary introtext'>{lead}</p><div class='item-{kind}' itemprop='articleBody'>{body}</div></article></body></html>"
    )


def read(html, agency=MEHR, url=URL, **given):
    return extract(html.encode() if isinstance(html, str) else html, agency, url, now=NOW, **given)


def test_a_story_is_told_by_its_family():
    found = read(page(p([*STORY, "انتهای پیام/"]), lead="لید"))
    assert (found.verdict, found.reason) == (Verdict.STORY, "told by nastooh")
    assert (found.story.title, found.story.lead, found.story.paragraphs) == (TITLE, "لید", STORY)
    assert (found.story.story_id, found.story.boilerplate, found.story.extractor) == (
        "6234501",
        ("انتهای پیام/",),
        "nastooh",
    )


def test_trafilatura_takes_over_when_the_layout_has_changed():
    found = read(page(p(STORY), kind="of-another-year").replace(" itemprop='articleBody'", ""))
    assert found.story.extractor == "trafilatura"
    assert found.story.paragraphs == STORY


def test_an_agency_without_a_family_works_through_trafilatura_alone():
    found = read(page(p(STORY)), PLAIN, "https://bahar.example/news/7")
    assert (found.story.extractor, found.story.paragraphs, found.story.story_id) == ("trafilatura", STORY, "7")


@pytest.mark.parametrize(
    ("html", "verdict", "reason"),
    [
        pytest.param("", "empty", "no markup", id="nothing"),
        pytest.param("   \n", "empty", "no markup", id="blanks"),
        pytest.param(page(), "empty", "a headline and no text", id="a-headline-alone"),
        pytest.param(page(p(["نظر شما"])), "empty", "a headline and no text", id="a-footer-alone"),
        pytest.param(page(lead="سه پل ساخته می‌شود."), "story", "a lead and no more", id="a-lead-alone"),
        pytest.param(page(title="صفحهٔ مورد نظر یافت نشد"), "missing", "says: صفحهٔ مورد نظر یافت نشد", id="soft-404"),
        pytest.param(page(head="<link rel='canonical' href='https://www.mehrnews.com/'>"), "missing", "its canonical link is the home page", id="the-home-page"),
        pytest.param("<html><body>در حال بررسی مرورگر، پیش از انتقال به سایت هستیم</body></html>", "blocked", "browser challenge", id="a-challenge"),
        pytest.param("<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript</p></body></html>", "blocked", "browser challenge", id="cloudflare"),
        pytest.param(page("<form>رمز عبور</form>", title="ورود به سامانه"), "blocked", "log-in page", id="a-log-in-page"),
        pytest.param("<html><body><img src='/captcha.png'>کد امنیتی را وارد کنید</body></html>", "blocked", "captcha", id="a-captcha"),
        pytest.param('<html><body><iframe src="http://10.10.34.36/?type=x"></iframe><p>.</p></body></html>', "blocked", "filtered address", id="the-filter"),
        pytest.param(page("<video src='a.mp4'></video>"), "gallery", "a player and no text", id="a-film"),
        pytest.param(page("<img src='/a.jpg'><img src='/b.jpg'>"), "gallery", "2 pictures and no text", id="pictures"),
        pytest.param(page(head="<meta property='nastooh:newsType' content='photo'>"), "gallery", "the page calls itself photo", id="of-its-own-word"),
        pytest.param(page(p(STORY).encode().decode("latin-1")), "mojibake", "double encoding: UTF-8 read as windows-1252", id="twice-encoded"),
        pytest.param(page(p(["???? ?? ????? ???????"] * 3), title="???? ??"), "mojibake", "letters lost: question marks", id="lost-letters"),
    ],
)  # fmt: skip
def test_what_is_no_story_says_what_it_is(html, verdict, reason):
    found = read(html)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert (found.story is not None) == (verdict in ("story", "gallery"))
    if verdict == "gallery":
        assert found.story.kind == "gallery"


@pytest.mark.parametrize(
    "title", ["ورود به سامانهٔ پل‌ها آسان شد", "شایعهٔ مرگ پل‌ساز: خبر وجود ندارد", "کد امنیتی پل‌های تازه در مهرآباد"]
)
def test_a_story_may_speak_of_walls_and_of_what_is_gone(title):
    assert read(page(p(STORY), title=title)).verdict is Verdict.STORY
    assert read(page(p(STORY * 3), title="ورود به سامانه چگونه است"), PLAIN).verdict is Verdict.STORY


def test_dates_are_gathered_with_their_sources_and_those_that_contradict_are_marked():
    head = "<meta property='article:published_time' content='2024-09-22T08:30:00Z'>"
    announced = (
        DateFound(source="feed", raw="r", value=NOON),
        DateFound(source="sitemap", raw="s", value=NOON - 5 * DAY),
        DateFound(source="seen", raw="t", value=NOON + 5 * DAY),
    )
    html = page(p(STORY), head=head).replace(
        "<h1", "<div class='item-date'><span>۲۵ شهریور ۱۴۰۳ - ۱۰:۰۰</span></div><h1"
    )
    story = read(html, announced=announced).story
    assert story.published == NOON
    assert [(one.source, one.disagrees) for one in story.dates] == [
        ("meta", False),
        ("visible", True),
        ("feed", False),
        ("sitemap", True),
        ("seen", False),
    ]


@pytest.mark.parametrize("printed", ["۳۱ مهر ۱۴۰۳", "2099-01-01T00:00:00Z", "به‌زودی", "0000-00-00"])
def test_an_impossible_date_is_none_with_what_was_printed(printed):
    story = read(page(p(STORY), head=f"<meta property='article:published_time' content='{printed}'>")).story
    assert (story.published, story.published_raw) == (None, printed)
    assert story.dates == (DateFound(source="meta", raw=printed, value=None),)


@pytest.mark.parametrize(
    ("canonical", "url", "kept"),
    [
        pytest.param(
            "https://www.mehrnews.com/news/5/slug", URL, "https://www.mehrnews.com/news/5/slug", id="canonical"
        ),
        pytest.param("https://elsewhere.example/news/5", URL, URL, id="another-sites"),
        pytest.param("http://[", URL, URL, id="no-address"),
        pytest.param("https://mehrnews.com/news/5/slug", "", "https://mehrnews.com/news/5/slug", id="without-www"),
    ],
)
def test_a_story_stands_at_its_canonical_address_if_that_is_the_agencys(canonical, url, kept):
    assert read(page(p(STORY), head=f"<link rel='canonical' href='{canonical}'>"), url=url).story.url == kept


def test_every_half_space_of_the_story_comes_through():
    body = p(STORY).replace("‌", "&zwnj;", 2).replace("‌", "&#8204;", 2)
    assert read(page(body)).story.body.count("‌") == "".join(STORY).count("‌")


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "iso-8859-1", ""])
def test_a_wrong_declared_charset_loses_nothing(charset):
    assert read(page(p(STORY)), charset=charset).story.paragraphs == STORY


HOSTILE = (
    "<div>" * 3000 + "متن" + "</div>" * 10,
    "<table>" * 500 + "<tr><td>" * 500,
    "<p " + " ".join(f"a{n}='x'" for n in range(3000)) + ">متن",
    "".join(f"<a href='/{n}'>خبر {n}</a>" for n in range(2000)),
    "<!DOCTYPE html [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><p>&b;</p>",
    "<![CDATA[x]]><?php x ?><!-- <!-- --> -->",
    "<script>" + "</scrip" * 1000,
    "<title>" + "&#x1F;" * 1000,
    '<script type="application/ld+json">' + '{"@graph":[' * 900,
    "<meta property='article:published_time' content='" + "۹" * 5000 + "'>",
    "<base href='javascript:alert(1)'><img src='http://['><a href='//['>",
)


@pytest.mark.parametrize("html", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("agency", [MEHR, PLAIN], ids=["family", "none"])
def test_a_hostile_page_is_an_answer_and_no_error(html, agency):
    assert isinstance(read(f"<html><body>{html}</body></html>", agency), Extract)


@pytest.mark.parametrize("key", ["mehr", "yjc", "tasnim", "isna", "fars", "arya"])
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            "<html> <body> <div class=body> <div class=item-text> <h1 class=title> <h1> </h1> </div> <p> متن می‌رود ۱ مهر ۱۴۰۳"
            " انتهای پیام/ <table> <tr> <td> <svg> <template> <form> <ul> <li> <a href=//[> </a> <img src=http://[>"
            " <time datetime=0> <meta name=keywords content=، > <script type=application/ld+json>{ </script> &#0; &zwnj; \x00".split(" ")
        )
    ).map(lambda parts: " ".join(parts).encode())
)  # fmt: skip
@example(b"\xff\xfe<\x00p\x00>\x00")
@example(b"<html/><body/>")
def test_no_bytes_break_extraction(key, body):
    found = extract(body, load_agencies(Settings())[key], "", now=NOW)
    assert found.reason
    assert (found.story is None) == (found.verdict not in (Verdict.STORY, Verdict.GALLERY))


def test_a_text_longer_than_any_story_is_none():
    page = f"<html><body><h1>خبر دراز از شهر</h1><article>{'<p>متن دراز این خبر ادامه دارد.</p>' * 20_000}</article></body></html>"
    found = extract(page.encode(), Agency(key="n", name="ن", home="https://namune.ir/"), "https://namune.ir/1", now=NOW)
    assert (found.story, found.verdict) == (None, Verdict.EMPTY)
    assert "longer than 400000 letters" in found.reason
