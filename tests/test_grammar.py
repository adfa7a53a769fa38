"""The language of queries: what is syntax, what is a word, and that nothing is an error."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.search.grammar import MAX_TERMS, Either, Every, Not, Parsed, Phrase, Prefix, Words, parse
from archive.search.span import Span, parse_span

NOW = datetime(2024, 9, 24, 8, 30, tzinfo=UTC)  # سه‌شنبه ۳ مهر ۱۴۰۳


def tree(text):
    return parse(text, NOW).tree.nodes


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        pytest.param("برف تهران", (Words("برف تهران"),), id="words-in-a-row-stay-together"),
        pytest.param("گفت‌وگوي تلفني", (Words("گفت‌وگوي تلفني"),), id="as-typed"),
        pytest.param('"گفت و گو" تلفن', (Phrase("گفت و گو"), Words("تلفن")), id="phrase"),
        pytest.param("“آتش بس” غزه", (Phrase("آتش بس"), Words("غزه")), id="curled-quotes"),
        pytest.param("کتاب*", (Prefix("کتاب"),), id="prefix"),
        pytest.param("برف -تهران", (Words("برف"), Not(Words("تهران"))), id="minus"),
        pytest.param("برف NOT تهران ری", (Words("برف"), Not(Words("تهران")), Words("ری")), id="not"),
        pytest.param("سیل برف OR باران تهران", (Words("سیل"), Either((Words("برف"), Words("باران"))), Words("تهران")), id="or-binds-its-neighbours"),
        pytest.param("الف OR ب OR پ", (Either((Words("الف"), Words("ب"), Words("پ"))),), id="or-in-a-row"),
        pytest.param("برف AND باران", (Words("برف باران"),), id="and-is-what-a-blank-is"),
        pytest.param("(برف OR باران) -(تهران ری)", (Every((Either((Words("برف"), Words("باران"))),)), Not(Every((Words("تهران ری"),)))), id="groups"),
        pytest.param("title:برف", (Words("برف", "title"),), id="field"),
        pytest.param("عنوان:برف", (Words("برف", "title"),), id="field-in-persian"),
        pytest.param('title:"برف سنگین"', (Phrase("برف سنگین", "title"),), id="phrase-of-a-field"),
        pytest.param("title:(برف OR باران)", (Every((Either((Words("برف", "title"), Words("باران", "title"))),)),), id="group-of-a-field"),
        pytest.param("-tag:ورز*", (Not(Prefix("ورز", "tag")),), id="not-a-prefix-of-a-field"),
        pytest.param("agency:مهر OR agency:isna", (Either((Words("مهر", "agency"), Words("isna", "agency"))),), id="either-agency"),
    ],
)  # fmt: skip
def test_syntax_is_understood(text, nodes):
    assert tree(text) == nodes


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param('"باز', (Words("باز"),), id="a-quote-without-its-partner"),
        pytest.param("((برف", (Every((Every((Words("برف"),)),)),), id="a-bracket-without-its-partner"),
        pytest.param("برف) باران", (Words("برف باران"),), id="a-closing-bracket-alone"),
        pytest.param("OR برف OR", (Words("برف"),), id="or-without-neighbours"),
        pytest.param("NOT", (), id="not-alone"),
        pytest.param("- -- *", (), id="signs-alone"),
        pytest.param("رئیس‌جمهور: می‌رویم", (Words("رئیس‌جمهور: می‌رویم"),), id="a-colon-before-a-blank"),
        pytest.param("مهر:خبر", (Words("مهر خبر"),), id="a-field-nobody-knows"),
        pytest.param("۱۲:۳۰", (Words("۱۲:۳۰"),), id="a-time"),
        pytest.param("date:۱۴۰۳/۱۳", (Words("date ۱۴۰۳/۱۳"),), id="a-month-that-is-none"),
        pytest.param("or not and", (Words("or not and"),), id="small-letters-are-words"),
    ],
)
def test_what_is_no_syntax_is_read_as_words(text, nodes):
    assert tree(text) == nodes


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("date:1403/07", date(2024, 9, 22), date(2024, 10, 21), id="jalali-month"),
        pytest.param("date:۱۴۰۳/۰۷/۰۱", date(2024, 9, 22), date(2024, 9, 22), id="persian-digits"),
        pytest.param("date:2024-09-22", date(2024, 9, 22), date(2024, 9, 22), id="gregorian"),
        pytest.param("تاریخ:1403/07/01..1403/07/15", date(2024, 9, 22), date(2024, 10, 6), id="range"),
        pytest.param("date:..1403/07/15", None, date(2024, 10, 6), id="open-range"),
        pytest.param("from:1403/07/01 to:2024-10-06", date(2024, 9, 22), date(2024, 10, 6), id="from-to"),
        pytest.param("از:1403 تا:1403", date(2024, 3, 20), date(2025, 3, 20), id="a-year-counts-whole"),
        pytest.param("date:امروز", date(2024, 9, 24), date(2024, 9, 24), id="today"),
        pytest.param("date:دیروز", date(2024, 9, 23), date(2024, 9, 23), id="yesterday"),
        pytest.param("from:ديروز", date(2024, 9, 23), None, id="arabic-yeh"),
        pytest.param('date:"هفته گذشته"', date(2024, 9, 14), date(2024, 9, 20), id="last-week-is-saturday-to-friday"),
        pytest.param("date:هفته‌گذشته", date(2024, 9, 14), date(2024, 9, 20), id="half-space"),
        pytest.param('date:"این هفته"', date(2024, 9, 21), date(2024, 9, 27), id="this-week"),
        pytest.param('date:"ماه گذشته"', date(2024, 8, 22), date(2024, 9, 21), id="last-month-is-a-jalali-one"),
        pytest.param("date:پارسال", date(2023, 3, 21), date(2024, 3, 19), id="last-year"),
    ],
)
def test_days_are_read_in_both_calendars(text, first, last):
    understood = parse(f"برف {text}", NOW)
    assert (understood.tree.nodes, understood.notes) == ((Words("برف"),), ())
    assert understood.days == Span(first=first, last=last)


def test_a_date_that_is_none_says_so():
    assert parse("date:فردا", NOW).notes == ("date:فردا is no date; read as words",)
    with pytest.raises(QueryError):
        parse_span("فردا", NOW)


def test_days_as_ids_reach_from_the_first_to_the_last_story_of_them():
    assert Span(first=date(2024, 9, 22), last=date(2024, 9, 23)).ids == (20240922_000000, 20240923_999999)
    assert Span().ids[0] == 0


def test_words_beyond_the_bound_are_not_read():
    understood = parse(" ".join(f"واژه{n}" for n in range(50)), NOW)
    assert understood.tree.nodes == (Words(" ".join(f"واژه{n}" for n in range(MAX_TERMS))),)
    assert understood.notes == ("only the first 32 words are read",)


@given(st.text(alphabet=st.sampled_from('"“”()*:-|. ORANDTfromdate۱۴۰۳/07کتاب‌ها\0') | st.characters(), max_size=80))
def test_no_text_is_an_error(text):
    assert isinstance(parse(text, NOW), Parsed)
