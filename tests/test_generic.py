"""Trafilatura's story of a page nobody has described: with every half-space and no letter that is not the page's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text.letters import HALF_SPACE
from crawler.extract import generic
from crawler.extract.decode import decode
from crawler.extract.tree import parse

PARAGRAPHS = [
    "بزرگ‌ترین باغ گیاهان دارویی استان صبح امروز با حضور کشاورزان و دانشجویان در مهرآباد گشوده شد و بازدید از آن رایگان است.",
    "مدیر این باغ در آیین گشایش گفت: سیصد گونهٔ گیاهی در دوازده هکتار کاشته شده است و پژوهشگران می‌توانند در آن کار کنند.",
    "او می‌گوید کار کاشت پنج سال به درازا کشید و بیشتر نشاها را دانش‌آموزان روستاهای پیرامون پرورش داده‌اند.",
]


def page(paragraphs, half_space=HALF_SPACE):
    inner = "".join(f"<p>{one}</p>" for one in paragraphs).replace(HALF_SPACE, half_space)
    return f"<html><head><title>باغ گیاهان دارویی</title></head><body><nav><a href='/'>خانه</a></nav><article>{inner}</article></body></html>"


def texts(paragraphs):
    return [one.text for one in paragraphs]


@pytest.mark.parametrize(
    "half_space", [HALF_SPACE, "&zwnj;", "&#8204;", "&#x200c;", "&#x200C;", "&ZWNJ;", "&#0008204;"]
)
def test_every_half_space_comes_through_however_it_is_written(half_space):
    assert texts(generic.story_of(page(PARAGRAPHS, half_space))) == PARAGRAPHS


def test_joiners_marks_and_soft_hyphens_come_through():
    marked = [one.replace("باغ", "با\u200dغ\u200f").replace("گفت", "گ\xadفت\u200e") for one in PARAGRAPHS]
    assert texts(generic.story_of(page(marked))) == marked


def test_a_page_that_has_the_disguises_itself_keeps_its_letters():
    strange = [
        *PARAGRAPHS,
        "خط لیسو \ua4d0\ua4d1\ua4d2 و کری \u1401 هم در این متن هست و می‌ماند، چون نام‌ها را همان‌گونه که هست می‌نویسند.",
    ]
    assert texts(generic.story_of(page(strange))) == strange


def test_letters_of_all_disguises_leave_none_to_use():
    assert generic.story_of(page(PARAGRAPHS) + "".join(generic._DISGUISES)) == []


def test_nothing_is_found_on_a_page_of_nothing():
    assert texts(generic.story_of("<html><body></body></html>")) == []
    assert generic.words_of(parse("<html><body></body></html>")) == ""


def test_the_tree_that_is_judged_by_is_left_as_it_was():
    tree = parse(page(PARAGRAPHS))
    before = tree.text_content()
    assert "گونهٔ گیاهی" in generic.words_of(tree)
    assert tree.text_content() == before


def test_a_text_seen_before_is_found_again():
    for _ in range(5):
        assert texts(generic.story_of(page(PARAGRAPHS))) == PARAGRAPHS


@settings(deadline=None, max_examples=40)
@given(
    st.text(alphabet=st.sampled_from("ab<>&;#/\"'= \n\u200c\x00\ud800کی"), max_size=200)
    | st.binary(max_size=300).map(lambda one: one.decode("latin-1"))
)
def test_no_page_breaks_it(text):
    for one in generic.story_of(decode(text.encode("utf-8", "surrogatepass"))):
        assert one.text
