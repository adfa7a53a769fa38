"""Text is kept as printed, without what is no text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.letters import HALF_SPACE, clean

# Text as pages hold it: Persian and Arabic letters, marks, invisible characters, controls, and anything else.
TEXTS = st.text() | st.text(alphabet="كکيیىأإآاةهۀئءـًّ‌‍\u200b\u200e\u200f\u202b\ufeff\xad¬ ﻻﻼﷲ٠۰1ABé\x00\n", max_size=30)


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        pytest.param("  چند\n\t سطر\xa0\u2003 ", "چند سطر", id="blanks"),
        pytest.param("كتاب‌هاي ١٢ مـــهر ﻻ", "كتاب‌هاي ١٢ مـــهر ﻻ", id="letters-as-printed"),
        pytest.param("می\u200c\u200cرود", "می\u200c\u200cرود", id="every-half-space"),
        pytest.param("\ufeffمهر\ufeff", "مهر", id="byte-order-mark"),
        pytest.param("a\x00b\x1b[31mc\x7f\x90", "ab[31mc", id="controls"),
        pytest.param("\u202eمهر\u202c \u2067نو\u2069", "مهر نو", id="bidi-overrides-and-isolates"),
        pytest.param("\u200fمهر\u200e", "\u200fمهر\u200e", id="direction-marks-stay"),
        pytest.param("\ud800مهر\uffff\ufdd0", "مهر", id="what-no-utf-8-can-hold"),
        pytest.param("سطر\x85دیگر", "سطر دیگر", id="next-line-is-a-blank"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_text_is_kept_as_printed(printed, kept):
    assert clean(printed) == kept


@given(TEXTS)
def test_what_is_kept_is_text_with_every_half_space(text):
    kept = clean(text)
    assert clean(kept) == kept
    assert kept.count(HALF_SPACE) == text.count(HALF_SPACE)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in kept)
    assert kept.split() == kept.split(" ") or kept == ""
