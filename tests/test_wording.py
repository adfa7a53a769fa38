"""What of a story is compared: its own words, not the credit before and the lines after them."""

import pytest

from archive.duplicates.sketch import sketch_of
from archive.duplicates.sketch import words as flat
from archive.duplicates.wording import wording

TEXT = "کتابخانه‌های روستایی شبانه‌روزی می‌شوند و ۴۲ هزار کتاب تازه می‌گیرند."


def words(body, title="", lead=""):
    return [" ".join(one) for one in wording(title, lead, body).words]


PLAIN = ["کتابخانه های روستایی شبانه روزی می شوند و #42000 کتاب تازه می گیرند"]


@pytest.mark.parametrize(
    "credit",
    [
        pytest.param("", id="none"),
        pytest.param("به گزارش خبرنگار فرهنگی خبرگزاری نمونه، ", id="reporter"),
        pytest.param("به گزارش سپهر به نقل از نمونه؛ ", id="source"),
        pytest.param("به نقل از «نمونه»: ", id="quoted"),
        pytest.param("به گزارش سپهر، نمونه نوشت: ", id="wrote"),
        pytest.param("به گزارش سپهر و به نقل از پایگاه خبری نمونه، ", id="both"),
        pytest.param("گروه فرهنگی: به گزارش نمونه، ", id="desk"),
        pytest.param("به گزارش خبرگزاري نمونه، ", id="arabic-letters"),
        pytest.param("یزد - به گزارش نمونه، ", id="place"),
        pytest.param("خبرگزاري نمونه: ", id="name-alone"),
    ],
)
def test_a_credit_is_cut(credit):
    assert words(credit + TEXT) == PLAIN


@pytest.mark.parametrize(
    "closing",
    [
        "انتهای پیام",
        "انتهاي پيام/ک",
        "نظر شما",
        "ارسال نظر",
        "کد خبر ۸۱۲۳۴۵۶",
        "۴۷۰۲",
        "منبع: نمونه",
        "برچسب‌ها: کتاب، یزد",
        "لینک کوتاه: https://namune.ir/x81",
        "این خبر را به اشتراک بگذارید",
        "به کانال تلگرام ما بپیوندید",
        "انتهای پیام/\nکد خبر: ۱۲",
    ],
)
def test_closing_lines_are_cut(closing):
    assert words(f"{TEXT}\n{closing}") == PLAIN


def test_a_sign_off_in_the_last_line_is_cut():
    assert words(f"{TEXT} انتهای پیام/") == PLAIN


def test_a_lead_printed_again_counts_once_and_the_title_not_at_all():
    assert words(TEXT, title="عنوانی دیگر", lead=TEXT) == PLAIN
    assert words("", title="عنوانی دیگر") == ["عنوانی دیگر"]


def test_under_a_picture_the_title_counts():
    assert words("عکس", title="افتتاح کتابخانه در یزد") == ["افتتاح کتابخانه در یزد", "عکس"]
    assert words(".", title="افتتاح کتابخانه در یزد", lead="خبرگزاری نمونه:") == ["افتتاح کتابخانه در یزد"]


def test_a_question_to_the_reader_stays():
    assert len(words("به نظر شما چه باید کرد؟\nمتن خبر در این باره.")) == 2


def test_a_fingerprint_knows_its_paragraph():
    long = "نخستین بند این گزارش چندان بلند است که نشانی از آن خودش دارد و بس"
    other = "دومین بند سخن دیگری می‌گوید که هیچ به بند پیشین نمی‌ماند و پایان"
    found = sketch_of("", "", f"{long}\n{other}")
    assert set(found.prints.values()) == {0, 1}
    assert flat(found.paragraphs, {found.paragraphs[0]}) == found.paragraphs[1]
    assert flat(found.paragraphs, found.paragraphs) == found.paragraphs[0] + found.paragraphs[1]
