"""What a text says: letters and numbers; how they are typed says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.closing import is_closing, without_closing
from archive.text.said import said, slipped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("می‌رود", "مي رود", id="half-space-and-arabic-letter"),
        pytest.param("می‌رود", "میرود", id="half-space-lost"),
        pytest.param("۱۲٬۵۰۰ نفر", "12500 نفر", id="thousands"),
        pytest.param("۱،۲۵۰،۰۰۰ ریال", "1250000 ریال", id="millions"),
        pytest.param("ساعت ۱۵:۳۰", "ساعت 15: 30", id="clock"),
        pytest.param("«کتاب»، گفت!", "کتاب گفت", id="marks"),
        pytest.param("۲٫۵ درصد", "2.5 درصد", id="decimal-marks"),
    ],
)
def test_the_same_is_said(one, other):
    assert said(one) == said(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("۲٫۵ درصد", "۲۵ درصد", id="a-point-is-lost"),
        pytest.param("۲/۵ درصد", "۲۵ درصد", id="a-slash-for-a-point"),
        pytest.param("۱۲,۵۰ درصد", "۱۲۵۰ درصد", id="a-comma-that-parts-no-thousands"),
        pytest.param("۱۰-۱۲ نفر", "۱۰۱۲ نفر", id="a-range"),
        pytest.param("۴۲ نفر", "۴۳ نفر", id="a-number"),
    ],
)
def test_something_else_is_said(one, other):
    assert said(one) != said(other)


@given(st.text())
def test_what_is_said_of_what_is_said_is_itself(text):
    assert said(said(text).replace("\0", ".")) == said(text)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        pytest.param("کار می‌کنیم", "کار میک‌نیم", True, id="half-space"),
        pytest.param("این کار", "ای نکار", True, id="blank"),
        pytest.param("کار می‌کنیم", "کار میکنیم", False, id="lost"),
        pytest.param("کار می‌کنیم", "کار می کنیم", False, id="became-a-blank"),
        pytest.param("کتابهای ما", "کتاب‌های‌ما", False, id="set-where-there-was-none"),
        pytest.param("گفت :آری", "گفت: آری", False, id="a-mark-moved"),
        pytest.param("بند یک.\nبند دو", "بند یک. بند دو", False, id="a-paragraph-became-a-blank"),
        pytest.param("کار می‌کنیم", "کار میک‌نید", False, id="other-letters"),
    ],
)
def test_a_gap_that_slipped_is_seen_one_of_house_style_is_not(one, other, found):
    assert slipped(one, other) is found
    assert slipped(other, one) is found


@given(st.text(st.sampled_from("گفتمی ‌\n"), max_size=30))
def test_leaving_out_half_spaces_is_never_a_slip(text):
    assert not slipped(text, text.replace("\N{ZERO WIDTH NON-JOINER}", ""))


@pytest.mark.parametrize(
    "line",
    [
        "انتهای پیام/", "انتهاي پيام/ی", "پایان پیام/۱۱۰۱/س", "کد خبر ۱۲۳۴۵۶", "كد خبر: 123456", "۸۰۹۶", "نظر شما", "ارسال نظر", "دیدگاه شما چیست؟",
        "منبع: سپهر", "برچسب‌ها: کتاب، یزد", "برچسبها", "بیشتر بخوانید: کتابخانه‌ای در یزد", "اخبار مرتبط:", "تعداد بازدید: ۳۹۶۵",
        "لینک کوتاه: https://www.namune.ir/x12", "https://namune.ir/x12", "به کانال تلگرام ما بپیوندید", "ما را در ایتا دنبال کنید",
        "این خبر را به اشتراک بگذارید", "ن/2", "/ک/", "* * *", "تاریخ انتشار: ۱۴۰۳/۰۷/۰۱", "تمام حقوق این پایگاه محفوظ است", "",
    ],
)  # fmt: skip
def test_a_closing_line_is_known(line):
    assert is_closing(line)


@pytest.mark.parametrize(
    "line",
    [
        "به نظر شما چه کسی کتاب را می‌خواند؟", "انتهای پیام او این بود: کتاب را بخوانید.", "کد خبر را از او پرسیدیم؛ نگفت.", "منبع آب روستا خشک شد.",
        "نظر شما درباره آب روستا در نشست امروز خوانده شد و همه آن را پذیرفتند.", "گروه‌های مردمی آمدند.", "او گفت: بیشتر بخوانید و کمتر بنویسید.",
        "خبرنگاران آمدند.", "۱۵/۷/۱۳۸۳", "در سال ۱۴۰۳ باران آمد.", "شماره تماس: ندارد", "آخرین اخبار از زلزله می‌رسد.",
    ],
)  # fmt: skip
def test_a_sentence_of_a_story_is_no_closing_line(line):
    assert not is_closing(line)


@given(st.lists(st.sampled_from(["متن", "کد خبر ۱۲۳۴", "نظر شما", "متن دیگر"]), min_size=1))
def test_the_first_paragraph_stays_and_only_the_end_is_cut(paragraphs):
    kept = list(without_closing(paragraphs))
    assert kept
    assert kept == paragraphs[: len(kept)]
    assert all(map(is_closing, paragraphs[len(kept) :]))
