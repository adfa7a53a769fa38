"""Numbers read the same whether they stand in digits or in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.numbers import fold_numbers
from archive.text.letters import HALF_SPACE, fold


def folded(text):
    return list(fold_numbers(fold(text).replace(HALF_SPACE, " ").split()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("۵ هزار و سیصد نفر", ["#5300", "نفر"], id="digits-and-words"),
        pytest.param("پنج هزار و ۳۰۰ نفر", ["#5300", "نفر"], id="words-and-digits"),
        pytest.param("٥٣٠٠ نفر", ["#5300", "نفر"], id="arabic-digits"),
        pytest.param("۵٬۳۰۰ نفر", ["#5300", "نفر"], id="thousands-sign"),
        pytest.param("۲۹ میلیون و ۳۴۰ هزار تومان", ["#29340000", "تومان"], id="two-scales"),
        pytest.param("چهارصد و يك ميليون و صد و هفتاد و شش هزار", ["#401176000"], id="all-in-words"),
        pytest.param("۱۲ هزار میلیارد ریال", ["#12000000000000", "ریال"], id="a-thousand-billion"),
        pytest.param("هزار نفر", ["#1000", "نفر"], id="a-scale-alone"),
        pytest.param("بیست و چهارمین دوره", ["#24", "دوره"], id="ordinal"),
        pytest.param("یک‌چهارم نهایی", ["یک", "#4", "نهایی"], id="a-quarter"),
        pytest.param("یکچهارم نهایی", ["#4", "نهایی"], id="a-quarter-without-its-half-space"),
        pytest.param("دو و سه", ["#2", "و", "#3"], id="two-numbers"),
        pytest.param("سال ۱۴۰۳ و ۲۰ نفر", ["سال", "#1403", "و", "#20", "نفر"], id="a-year-and-a-count"),
        pytest.param("یک دستگاه", ["یک", "دستگاه"], id="an-article"),
        pytest.param("نه، نیامد", ["نه،", "نیامد"], id="no"),
        pytest.param("ساعت ۱۹:۴۵", ["ساعت", "#1945"], id="a-time"),
        pytest.param("۲/۵ درصد", ["#2.5", "درصد"], id="decimal-slash"),
        pytest.param("سه‌شنبه ۵ مهر", ["سهشنبه", "#5", "مهر"], id="a-day"),
        pytest.param("سه شنبه ۵ مهر", ["سهشنبه", "#5", "مهر"], id="a-day-without-its-half-space"),
        pytest.param("دو هزار و", ["#2000", "و"], id="nothing-after-and"),
    ],
)
def test_a_number_is_one_word_however_it_is_written(text, words):
    assert folded(text) == words


@given(
    st.lists(
        st.sampled_from("و هزار میلیون سه بیست صد 5 300 1403/07/01 2.5 نفر شنبه یک نه سوم یکهزار".split()), max_size=12
    )
)
def test_no_word_is_lost_and_folding_ends(words):
    found = list(fold_numbers(words))
    assert len(found) <= len(words)
    rest = iter(words)
    assert all(one in rest for one in found if one[0] != "#" and not one.endswith("شنبه"))
    assert list(fold_numbers(found)) == found
