"""The family's rule is believed where it is about the headline; trafilatura where it is and the rule is not."""

import pytest

from crawler.extract.judge import about, is_list, overruled, words
from crawler.extract.tree import parse

TITLE = "ساخت سه پل تازه در مهرآباد آغاز شد"
STORY = "شهردار از آغاز ساخت سه پل تازه در مهرآباد خبر داد. " * 12
OTHER = "هواشناسی برای فردا باران و برف پیش‌بینی کرده است. " * 12
LINK = "<a href='/1'>ساخت پل در شهر</a>"
PAGE = parse(f"<html><body><p>{STORY}</p>{LINK}</body></html>")


def never():
    raise AssertionError("trafilatura was asked, which costs more than all the rest")


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("ساخت سه پل تازه در مهرآباد آغاز شد.", 1, id="all"),
        pytest.param("مهرآباد", 1 / 4, id="some-of-those-of-three-letters-and-more"),
        pytest.param("هواشناسی", 0, id="none"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_a_text_is_about_a_headline_by_its_words(text, share):
    assert about(text, TITLE) == pytest.approx(share)


def test_words_are_compared_without_half_spaces_and_folded():
    assert words("كتاب‌هاي ١٢") == ["کتابهای", "12"]


def test_a_rule_that_is_about_the_headline_vouches_for_itself():
    assert not overruled(STORY, TITLE, never, PAGE)


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param("", id="nothing"),
        pytest.param(f"<p>{OTHER[:200]}</p>", id="too-little-text"),
        pytest.param(f"<script>{STORY * 9}</script>", id="scripts"),
        pytest.param(LINK * 300, id="links"),
    ],
)
def test_a_rule_vouches_for_itself_where_the_page_has_no_other_text(beside):
    assert not overruled(OTHER, TITLE, never, parse(f"<html><body><p>{OTHER}</p>{beside}</body></html>"))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<p>{STORY * 3}</p>", id="text"),
        pytest.param(f"<a href='/2'><p>{STORY * 3}</p><p>{OTHER}</p></a>", id="text-in-a-link-that-was-never-closed"),
    ],
)
def test_a_short_text_of_the_rule_does_not_vouch_for_itself_where_the_page_has_more(page):
    tree = parse(f"<html><body>{page}<p>پربازدیدها</p></body></html>")
    assert overruled("پربازدیدها", TITLE, lambda: STORY * 3, tree)


@pytest.mark.parametrize(
    ("told", "generic", "taken_over"),
    [
        pytest.param("", STORY, True, id="the-rule-finds-nothing"),
        pytest.param("پربازدیدها", STORY, True, id="the-rule-finds-another-box"),
        pytest.param("", "ساخت سه پل تازه در مهرآباد", False, id="too-short-to-be-a-story"),
        pytest.param("", OTHER, False, id="neither-is-about-the-headline"),
        pytest.param(OTHER, STORY, False, id="the-rule-has-as-much-to-say"),
        pytest.param("", TITLE + " " + OTHER, False, id="the-headline-itself-proves-nothing"),
    ],
)
def test_trafilatura_takes_over_when_only_it_is_about_the_headline(told, generic, taken_over):
    assert overruled(told, TITLE, lambda: generic, PAGE) == taken_over


def test_a_list_of_headlines_is_no_story():
    headlines = [f"خبر شماره {n} از شهر مهرآباد رسید" for n in range(9)]
    tree = parse(
        "<html><body>" + "".join(f"<a href='/{n}'>{one}</a>" for n, one in enumerate(headlines)) + "</body></html>"
    )
    assert is_list("\n".join(headlines), tree)
    assert not is_list(STORY, tree)
    assert not is_list("", tree)
