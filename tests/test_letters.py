"""Letters: one for all its codes, and the same however often it is folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.letters import HALF_SPACE, clean, fold, letters_only

PERSIAN = st.text(
    alphabet=st.sampled_from("ابپتکگیهوآئؤأإةۀيكى ءًٰـ‌‍\u200b۱۲٣٫٬.,aİßﬁﷲﻻﺂﹰ¨½¬") | st.characters(), max_size=40
)


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        pytest.param("\N{ARABIC LETTER YEH}\N{ARABIC LETTER ALEF MAKSURA}", "یی", id="yeh"),
        pytest.param("\N{ARABIC LETTER KAF}تاب", "کتاب", id="kaf"),
        pytest.param("معاهدة خانۀ خانهٔ", "معاهده خانه خانه", id="heh"),
        pytest.param("هِە ہ", "هه ه", id="heh-of-other-keyboards"),
        pytest.param("مؤسسه رئيس تأیید", "موسسه رییس تایید", id="hamza-seats"),
        pytest.param("علماء شیء", "علما شی", id="hamza-alone"),
        pytest.param("آمریکا أحمد إسلام ٱلله", "امریکا احمد اسلام الله", id="alef"),
        pytest.param("فوراً مُحَمَّد رحمٰن", "فورا محمد رحمن", id="harakat"),
        pytest.param("ایـــران", "ایران", id="tatweel"),
        pytest.param(
            "ایر\u200fان ایر\u200dان ایر\u00adان ایر\ufeffان ایر\u200bان", " ".join(["ایران"] * 5), id="invisible"
        ),
        pytest.param("كتاب\N{NOT SIGN}ها", f"کتاب{HALF_SPACE}ها", id="half-space-of-windows-1256"),
        pytest.param("۱۲۳ ١٢٣ १२३ １２３ ²", "123 123 123 123 2", id="digits"),
        pytest.param("۲٫۵ ۱٬۰۰۰", "2.5 1,000", id="separators"),
        pytest.param("ﮐﺘﺎﺏ ﻻ ﷲ ﷼", "کتاب لا الله ریال", id="presentation-forms"),
        pytest.param("ﺍ\ufe70ﺏ", "اب", id="mark-on-its-own"),
        pytest.param("NATO Café", "nato cafe", id="latin"),
    ],
)
def test_one_letter_for_all_its_codes(printed, folded):
    assert fold(printed) == folded


@given(PERSIAN)
def test_a_folded_text_folds_to_itself(text):
    assert fold(fold(text)) == fold(text)


@given(PERSIAN, PERSIAN)
def test_folding_goes_character_by_character(one, other):
    assert fold(one + other) == fold(one) + fold(other)


def test_no_character_is_passed_over_that_is_a_mark_unseen_or_another_scripts_digit():
    left = {one for code in range(0x20000) for one in fold(chr(code))} - {HALF_SPACE}
    assert not [one for one in left if unicodedata.combining(one) or unicodedata.category(one) == "Cf"]
    assert {one for one in left if unicodedata.decimal(one, None) is not None} == set("0123456789")


@given(PERSIAN)
def test_letters_only_are_letters_and_digits(text):
    assert all(one.isalnum() for one in letters_only(text))


def test_what_is_kept_stays_as_printed():
    assert clean(" كتاب‌هاي\u202e  ۱۲\x07\x00 ") == "كتاب‌هاي ۱۲"
