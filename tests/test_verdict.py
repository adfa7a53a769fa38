"""What a page is that shows no story: a wall, gone, or letters that were spoiled before they came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.verdict import is_gone, mojibake, wall

TEXT = (
    "شهردار شهر خیالی مهرآباد از آغاز ساخت سه پل تازه روی رودخانه خبر داد و گفت: این پل‌ها تا پایان زمستان ساخته می‌شوند."
)


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        pytest.param("در حال بررسی مرورگر، پیش از انتقال به سایت هستیم", "browser challenge", id="arvan"),
        pytest.param("در حال بررسي مرورگر شما", "browser challenge", id="arvan-in-arabic-letters"),
        pytest.param("Just a moment...", "browser challenge", id="cloudflare"),
        pytest.param("Checking your browser before accessing", "browser challenge", id="ddos-guard"),
        pytest.param("من ربات نیستم", "captcha", id="captcha"),
        pytest.param("کد امنیتی را وارد کنید", "captcha", id="security-code"),
        pytest.param("Verify you are human", "captcha", id="captcha-in-english"),
        pytest.param("Access denied", "access denied", id="denied"),
        pytest.param("دسترسی شما به این سایت محدود شده است", "access denied", id="denied-in-persian"),
        pytest.param('<iframe src="http://10.10.34.36">', "filtered address", id="the-filter"),
        pytest.param("ورود به سامانه | رمز عبور", "log-in page", id="log-in"),
        pytest.param("لطفاً وارد شوید", "log-in page", id="please-log-in"),
        pytest.param("سایت در دست تعمیر است", "maintenance", id="maintenance"),
        pytest.param(TEXT, "", id="a-story"),
        pytest.param("ورود مسافران به کشور آزاد شد", "", id="entering-a-country-is-no-log-in"),
    ],
)
def test_a_wall_is_known_by_its_words(shown, reason):
    assert wall(shown) == reason


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("صفحهٔ مورد نظر یافت نشد", True),
        ("خبر مورد نظر شما وجود ندارد", True),
        ("این مطلب حذف شده است", True),
        ("صفحه‌ای که به دنبال آن بودید پيدا نشد", True),
        ("404 Not Found", True),
        ("خطای ۴۰۴", True),
        (TEXT, False),
        ("پیکر کوهنورد گم‌شده یافت شد", False),
        ("۴۰۴ خانوار صاحب خانه شدند", False),
    ],
)
def test_a_page_says_that_a_story_is_gone(text, gone):
    assert is_gone(text) == gone


def spoil(charset):
    return TEXT.encode().decode(charset, "replace")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        pytest.param(TEXT, "", id="persian"),
        pytest.param("", "", id="nothing"),
        pytest.param("The mayor of Mehrabad said: three bridges.", "", id="english"),
        pytest.param("Ünïcödé Ø Ù and Û, in a text of Latin letters", "", id="accents"),
        pytest.param("طلا و ظرف و عطر و غذا در طاق‌های عظیم ظهر", "", id="many-rare-letters"),
        pytest.param(spoil("windows-1252"), "double encoding: UTF-8 read as windows-1252", id="as-windows-1252"),
        pytest.param(spoil("latin-1"), "double encoding: UTF-8 read as windows-1252", id="as-latin-1"),
        pytest.param(spoil("windows-1256"), "double encoding: UTF-8 read as windows-1256", id="as-windows-1256"),
        pytest.param(TEXT[:50] + "\ufffd" * 9, "letters lost", id="replacement-characters"),
        pytest.param("????? ?? ?????? ???? ??? ??", "letters lost: question marks", id="question-marks"),
        pytest.param("چرا؟ چرا؟ چرا؟", "", id="questions"),
    ],
)
def test_spoiled_letters_are_found(text, how):
    assert mojibake(text) == how


@given(st.text())
def test_no_text_breaks_the_verdicts(text):
    assert isinstance(wall(text), str)
    assert is_gone(text) in (True, False)
    assert isinstance(mojibake(text), str)


@given(st.lists(st.sampled_from(TEXT.split()), min_size=8))
def test_persian_words_are_never_spoiled_letters_and_always_found_when_read_wrongly(words):
    text = " ".join(words)
    assert mojibake(text) == ""
    assert mojibake(text.encode().decode("windows-1252", "replace")).startswith(("double encoding", "letters lost"))
