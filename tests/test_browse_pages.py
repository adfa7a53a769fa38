"""The pages of the browser: what they show, in which direction, and that they never break."""

import asyncio
import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.browse.researchers import HIDDEN, QUERIES, TABLES
from archive.text.jalali import TEHRAN, jalali
from tests.browsing import NOW, filled


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with filled(tmp_path_factory.mktemp("browse") / "news.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(opened):
    return opened[0]


@pytest.fixture(scope="module")
def ids(opened):
    return opened[1]


def test_the_front_page_is_the_day_by_agency_with_its_edits_and_withdrawals(browser, ids):
    page = browser.page("/")
    assert '<html lang="fa" dir="rtl">' in page
    for shown in ("خبرگزاری نمونه", "سپهر", "گفت‌وگوی دو کارگردان", "ویرایش‌های روز"):
        assert shown in page
    assert f"/story/{ids['changed']}/1..2" in page
    assert page.count(f"/story/{ids['gone']}") == 2  # in its column and among what was taken down


def test_a_day_without_stories_shows_the_day_before_it_that_has_some(browser):
    later = jalali(NOW + timedelta(days=30))
    assert "گفت‌وگوی دو کارگردان" in browser.page(f"/?date={later}")


def test_a_story_is_shown_as_printed_with_its_dates_in_both_calendars(browser, ids):
    page = browser.page(f"/story/{ids['talk']}")
    day = NOW.astimezone(TEHRAN)
    for shown in ("گفت‌وگوی دو کارگردان", "سینما", "در گفت‌وگو با ما گفت: کتاب‌خوانی", "شناسنامه", "BibTeX", "@online{"):
        assert shown in page
    assert str(day.year).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in page
    assert f"/story/{ids['talk']}/1" in page


def test_every_revision_has_a_lasting_address_and_says_whether_it_is_the_current_one(browser, ids):
    old, new = (browser.page(f"/story/{ids['changed']}/{number}") for number in (1, 2))
    assert "رشد کرده است" in old
    assert "نسخهٔ کنونی را ببینید" in old
    assert "رشد نکرده است" in new
    assert "نسخهٔ کنونی را ببینید" not in new


def test_a_difference_is_marked_by_lines_and_by_words_for_who_cannot_see_them(browser, ids):
    page = browser.page(f"/story/{ids['changed']}/1..2")
    assert re.search(r"<ins>.*؟*۱۲.*</ins>", page)
    assert '<del><span class="hidden-text">[حذف‌شده: </span>کرده' in page


def test_a_story_that_was_taken_down_says_so_with_the_evidence(browser, ids):
    page = browser.page(f"/story/{ids['gone']}")
    assert "دیگر در تارنمای خبرگزاری نیست" in page
    assert "HTTP 404" in page


@pytest.mark.parametrize(
    "typed",
    ["گفت‌وگوی", "گفت وگوی", "گفتوگوی", "گفت\N{ZERO WIDTH NON-JOINER}وگوي"],
    ids=["half-space", "blank", "joined", "arabic-yeh"],
)
def test_a_search_finds_a_word_however_it_is_typed(browser, ids, typed):
    assert f"/story/{ids['talk']}" in browser.page(f"/search?q={typed}")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("agency=sepehr", {"talk", "gone"}, id="agency"),
        pytest.param("q=استان&section=جامعه", {"gone"}, id="section"),
        pytest.param("q=کارگردان&tag=سینما", {"talk"}, id="tag"),
        pytest.param("q=کارگردان&tag=ورزش", set(), id="another-tag"),
        pytest.param("q=کتابخانه&from=1403/07/01&to=1403/07/30", set(), id="other-days"),
        pytest.param("from=دیروز&to=دیروز&agency=sepehr", {"talk", "gone"}, id="days-alone"),
        pytest.param('q=روستایی&section="', {"changed"}, id="a-quote-is-no-filter"),
    ],
)
def test_a_search_is_narrowed_by_its_form(browser, ids, asked, found):
    rows = browser.get(f"/search.json?{asked}").json()
    assert {row["id"] for row in rows} & {ids[name] for name in ("talk", "gone", "changed")} == {
        ids[one] for one in found
    }


def test_what_is_no_date_is_said_and_left_out(browser):
    page = browser.page("/search?q=کتابخانه&from=شنبه‌ی دیگر")
    assert "تاریخ نیست" in page
    assert "خبر یافت شد" in page


def test_a_search_counts_its_hits_by_agency_and_section(browser):
    page = browser.page("/search?agency=sepehr")
    assert '<bdi lang="fa">فرهنگی</bdi>' in page


def test_exports_hold_the_same_stories_in_every_format(browser, ids):
    asked = "agency=sepehr&sort=newest"
    rows = browser.get(f"/search.json?{asked}").json()
    lines = [json.loads(line) for line in browser.page(f"/search.jsonl?{asked}").splitlines()]
    table = list(
        csv.DictReader(io.StringIO(browser.page(f"/search.csv?{asked}").lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")))
    )
    entries = ET.fromstring(browser.page(f"/search.atom?{asked}")).findall("{http://www.w3.org/2005/Atom}entry")  # noqa: S314
    assert rows == lines
    assert [row["id"] for row in rows] == [int(row["id"]) for row in table] == [ids["copy"], ids["gone"], ids["talk"]]
    assert len(entries) == 3
    assert rows[2]["body"].count("\n") == 1
    assert rows[2]["permalink"].endswith(f"/story/{ids['talk']}/1")


def test_an_export_is_safe_to_open_in_a_spreadsheet(tmp_path):
    from archive.browse.taking import csv_rows  # noqa: PLC0415

    row = dict.fromkeys(
        "id agency published published_jalali kicker lead body section byline url revision permalink".split(), ""
    )
    text = csv_rows([row | {"title": "=HYPERLINK(1)", "tags": ["-2"]}])
    assert "'=HYPERLINK(1)" in text
    assert "'-2" in text


def test_an_agency_shows_its_rhythm_its_days_and_its_newest_stories(browser, ids):
    page = browser.page("/agency/sepehr")
    assert page.count('<svg class="chart heat"') == 2
    assert page.count('<rect class="cell') > 7 * 24
    assert f"/story/{ids['talk']}" in page


def test_edits_are_listed_with_what_kind_they_are(browser, ids):
    page = browser.page("/edits")
    assert f"/story/{ids['changed']}/1..2" in page
    assert "تیتر عوض شد" in page
    assert f"/story/{ids['gone']}" in page
    assert f"/story/{ids['changed']}/1..2" not in browser.page("/edits?agency=sepehr")


def test_the_language_is_switched_by_a_link_and_remembered(browser, ids):
    answer = browser.get(f"/story/{ids['talk']}?_lang=en")
    assert '<html lang="en" dir="ltr">' in answer.text
    assert '<article class="story" lang="fa" dir="rtl">' in answer.text
    assert "bayegan_lang=en" in answer.headers["set-cookie"]
    assert '<html lang="en" dir="ltr">' in browser.page("/", cookie="bayegan_lang=en")


@pytest.mark.parametrize(
    "path",
    [
        "/story/20200101000001",
        "/story/123456789012345",
        "/agency/nobody",
        "/story/{changed}/9",
        "/story/{changed}/1..9",
        "/story/abc",
    ],
)
def test_what_is_not_there_is_404(browser, ids, path):
    assert browser.get(path.format(**ids)).status_code == 404


PAGES = (
    "/",
    "/search?q=متن",
    "/agencies",
    "/agency/namune",
    "/edits",
    "/status",
    "/story/{talk}",
    "/story/{changed}/1..2",
)


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_formed_named_and_needs_nothing_from_elsewhere(browser, ids, path, language):
    page = browser.page(path.format(**ids), cookie=f"bayegan_lang={language}")
    assert len(re.findall(r"<h1", page)) == 1
    assert re.search(r"<title>.+</title>", page)
    assert not re.search(r"<script(?! src)", page)
    assert not re.search(r"(style=|<style)", page)
    assert not re.search(r'(src|href)="(https?:)?//(?!www\.namune\.ir)', page.replace("http://localhost", ""))
    for label in re.findall(r'<(?:input|select) id="([^"]+)"', page):
        assert f'<label for="{label}">' in page


def test_the_tables_of_datasette_stay_with_titles_as_links_and_persian_cells(browser, ids):
    page = browser.page("/news/stories")
    assert f'<a class="fa" dir="rtl" lang="fa" href="/story/{ids["talk"]}">گفت‌وگوی دو کارگردان</a>' in page
    assert '<html lang="en" dir="ltr">' in page
    assert '<time datetime="' in page
    assert 'aria-label="Column"' in page
    assert browser.get("/news/stories.json?_shape=array").json()[0]["id"] == max(ids.values())


HOSTILE = st.text(
    alphabet=st.sampled_from("\"'<>&;:%{}()[]/\\*-+=?#\0\n\u202e\u200cکتاب۱۲ AND OR") | st.characters(codec="utf-8"),
    max_size=40,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=HOSTILE, field=st.sampled_from(["q", "agency", "section", "tag", "from", "to", "sort", "kind", "cursor"]))
def test_nothing_a_reader_types_breaks_the_search_page(browser, text, field):
    from urllib.parse import quote  # noqa: PLC0415

    assert browser.get(f"/search?{field}={quote(text, safe='')}").status_code == 200


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ("changed", {"changed"}),
        ("withdrawn", {"gone"}),
        ("copied", {"copy", "unnamed"}),
        ("own", {"changed", "talk", "gone", "original"}),
    ],
)
def test_a_search_is_narrowed_to_what_became_of_stories(browser, ids, only, found):
    rows = {row["id"] for row in browser.get(f"/search.json?only={only}&from=1400&q=کتاب‌خوانی OR برف OR سد").json()}
    assert rows & {ids[name] for name in ("changed", "talk", "gone", "original", "copy", "unnamed")} == {
        ids[one] for one in found
    }


def test_copies_are_folded_under_the_first_hit_which_says_who_else_ran_it(browser, ids):
    page = browser.page("/search?q=سد&sort=newest")
    assert page.count('<p class="snippet"') == 1
    assert "در ۲ خبرگزاری دیگر" in page


def test_a_story_says_who_else_ran_it_and_how_much_later(browser, ids):
    page = browser.page(f"/story/{ids['original']}")
    assert "در خبرگزاری‌های دیگر" in page
    assert "۳ ساعت پس از سرچشمه" in page
    assert "سرچشمه" in browser.page(f"/cluster/{ids['copy']}")


def test_a_story_names_the_raw_page_it_was_read_from(browser, ids):
    assert f"sha256:{'a' * 64}" in browser.page(f"/story/{ids['talk']}")
    assert "sha256:" not in browser.page(f"/story/{ids['gone']}")


def test_what_many_ran_stands_on_its_own_page(browser, ids):
    assert f"/cluster/{ids['original']}" in browser.page("/clusters")
    assert browser.get("/cluster/20200101000001").status_code == 404


def test_an_agency_says_what_is_its_own_and_what_it_took_over(browser):
    page = browser.page("/agency/sepehr")
    assert "بازنشر دیگران" in page
    assert "میانهٔ تأخیر ۳ ساعت" in page


def test_coverage_marks_the_days_that_miss_stories(browser):
    page = browser.page(f"/coverage?month={jalali(NOW)[:7]}")
    assert 'hole"' in page
    assert "کم" in page
    assert browser.get("/coverage?month=1403/07").status_code == 200
    assert browser.get("/coverage?month=هیچ").status_code == 200


def test_the_status_page_shows_alarms_with_their_evidence(browser):
    page = browser.page("/status")
    assert "no story for 5 hours" in page
    assert "machine was off" in page
    assert "۱ هشدار در جریان است" in browser.page("/")


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_for_researchers_has_an_answer(browser, name):
    answer = browser.get(f"/news/{name}.json?_shape=array&word=کتاب&words=کتاب‌خوانی&since=")
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json(), list)
    assert QUERIES[name]["title"] in browser.page(f"/news/{name}?word=کتاب&words=کتاب‌خوانی&since=")


def test_questions_find_what_is_there(browser, ids):
    (month,) = browser.get("/news/word_over_time.json?_shape=array&word=برف").json()
    assert (month["stories"], month["month"]) == (1, jalali(NOW)[:7])
    (changed,) = browser.get("/news/headlines_changed.json?_shape=array").json()
    assert changed["difference"] == "{+۱۲+} کتابخانه‌ی روستایی باز شد"
    (taken,) = browser.get("/news/taken_down.json?_shape=array").json()
    assert taken["story"] == ids["gone"]
    assert "<mark>کتابخانه</mark>" in browser.page("/news/search?words=كتابخانه")


def test_every_table_and_view_is_described_or_hidden(browser):
    tables = {table["name"]: table for table in browser.get("/news.json").json()["tables"]}
    views = {view["name"] for view in browser.get("/news.json").json()["views"]}
    shown = {name for name, table in tables.items() if not table["hidden"]} | views
    shadows = {f"story_index_{part}" for part in ("data", "idx", "docsize", "config", "content")}
    assert shown - set(TABLES) - set(HIDDEN) - shadows - {"sqlite_stat1", "sqlite_stat4"} == set()
    documented = (Path(__file__).parents[1] / "docs" / "browse.md").read_text("utf-8")
    for name in (*TABLES, "jalali", "jalali_month", "fa_fold", "fa_highlight", "word_diff"):
        assert f"`{name}" in documented, name


@pytest.mark.parametrize(
    ("name", "passed", "said"),
    [
        pytest.param("copy", ["copy", "original"], "خود این منبع را نام می‌برد", id="who-names-its-source"),
        pytest.param("unnamed", ["unnamed", "original"], "منبعی نام نمی‌برد", id="who-names-nobody"),
    ],
)
def test_a_story_says_through_whom_it_came(browser, ids, name, passed, said):
    way = re.search(r'<section aria-labelledby="way">.*?</section>', browser.page(f"/story/{ids[name]}"), re.DOTALL)[0]
    assert [f"/story/{ids[one]}" in way for one in passed] == [False, True]  # itself is no link
    assert said in way
    assert "نخستین بار اینجا" in way


def test_who_had_a_story_first_had_it_from_nobody(browser, ids):
    assert 'aria-labelledby="way"' not in browser.page(f"/story/{ids['original']}")


def test_a_cluster_tells_word_by_word_what_each_copy_says_otherwise_than_the_first(browser, ids):
    page = browser.page(f"/cluster/{ids['original']}")
    copy, unnamed = (page.index(f'href="/story/{ids[name]}"') for name in ("copy", "unnamed"))
    assert "سپهر افزود: سدها لبریزند." in page[copy:unnamed]
    assert re.search(
        r"<del>.*پر</del>\s*<ins>.*لبریز", page[unnamed:].replace('<span class="hidden-text">]</span>', "")
    )
    assert page.count("<details") == 2


def test_a_source_of_dates_that_contradicts_the_others_is_pointed_out(browser, ids):
    page = browser.page(f"/story/{ids['talk']}")
    assert '<details id="dates" open>' in page
    assert page.count('class="disagrees"') == 1
    assert "تاریخ‌ها ناسازگارند" in page
    assert "ناسازگار" not in browser.page(f"/story/{ids['changed']}")


@pytest.mark.parametrize(
    ("asked", "persian", "english"),
    [
        pytest.param(
            "q=کتابخانه ناموجودترین", "هیچ خبری همهٔ واژه‌ها را ندارد", "No story has all of the words", id="some"
        ),
        pytest.param(
            "q=کتابخانه date:شنبه‌ی", "تاریخ نیست؛ همچون واژه", "is no date; it was read as words", id="no-day"
        ),
        pytest.param(f"q={'کتاب ' * 40}", "تنها ۳۲ واژهٔ نخست", "Only the first 32 words", id="too-many"),
    ],
)
def test_what_a_search_notes_is_said_in_the_readers_tongue(browser, asked, persian, english):
    pages = [browser.page(f"/search?{asked}&_lang={language}") for language in ("fa", "en")]
    assert [persian in page for page in pages] == [True, False]
    assert [english in page for page in pages] == [False, True]


def test_a_page_that_is_not_there_says_so_in_the_readers_tongue(browser, ids):
    page = browser.get(f"/story/{ids['talk']}/7").text
    assert "نسخهٔ ۷ ندارد" in page
    assert "no story" not in page


def test_a_filter_that_looks_through_the_first_hits_says_so(browser, monkeypatch):
    for room in ("narrowing", "search_page"):
        monkeypatch.setattr(f"archive.browse.{room}.LOOKED_THROUGH", 2)
    assert "تنها ۲ خبر نخست وارسی شد" in browser.page("/search?q=سد OR کتاب OR استان&only=own")


@pytest.mark.parametrize("typed", ["{}", "from={}", "to={}&from={}"])
def test_days_are_typed_in_persian_or_latin_digits_and_either_calendar(browser, typed):
    day = NOW.astimezone(TEHRAN)
    written = [jalali(NOW), jalali(NOW).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")), f"{day:%Y-%m-%d}"]
    asked = [typed.format(one, one) if "=" in typed else f"from={one}&to={one}" for one in written]
    found = [[row["id"] for row in browser.get(f"/search.json?{one}&sort=newest").json()] for one in asked]
    assert found[0]
    assert found == [found[0]] * 3


@pytest.mark.parametrize(("bars", "every"), [(1, 3), (3, 3), (15, 3), (30, 6), (240, 44)])
def test_dates_under_a_chart_do_not_run_into_each_other(bars, every):
    from archive.browse.charts import tick_every  # noqa: PLC0415

    assert tick_every(bars) == every


def test_what_is_being_worked_out_is_worked_out_once(browser):
    from archive.browse.page import Recent  # noqa: PLC0415

    asked, recent = [], Recent()

    async def many():
        work = [recent.get(browser.datasette, "key", lambda conn: asked.append(conn) or "found") for _ in range(5)]
        return await asyncio.gather(*work)

    assert asyncio.run(many()) == ["found"] * 5
    assert len(asked) == 1
