"""What stands under and over every story goes, as whole paragraphs; what only looks like it inside a story stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.footer import is_footer, key, strip_footer, strip_related

STORY = ("شهردار مهرآباد از ساخت سه پل خبر داد.", "این پل‌ها تا پایان زمستان ساخته می‌شوند.")


@pytest.mark.parametrize(
    "footer",
    [
        *("انتهای پیام", "انتهای پیام/", "انتهای پیام/ی", "انتهای پیام/ ب", "انتهای پیام / ۱۲۳۴", "انتهای پیام ت"),
        *("انتهای‌پیام/ن/", "انتهاي پيام/م*", "انتهای پیام/۱۲۳۴/الف", "انتهای‌پیام/۸۶۰۱۱/ت۱۰/ض۱۰۰۲", "انتهای پیام/ع.خ"),
        *("*انتهای پیام*", "«انتهای پیام»", "/انتهای پیام/", "انتهای پیام.", "انتهاي‌پيام//", "پایان پیام/د/۱۱۰۱/س/۱"),
        *("پایان پیام", "پایان خبر", "انتهای خبر/ح", "پایان گزارش/۲۳", "ﺍﻧﺘﻬﺎﯼ ﭘﯿﺎﻡ", "انتـــهای پیـــام/"),
        *("نظر شما", "نظر شما؟", "نظر شما چیست؟", "نظرات", "نظرات کاربران", "ارسال نظر", "ثبت دیدگاه", "دیدگاه‌ها"),
        *("نظر دهید", "نظر خود را بنویسید", "دیدگاه شما", "افزودن دیدگاه جدید", "نظر شما درباره این خبر چیست؟"),
        *("کد خبر: ۱۲۳۴۵۶۷", "کد خبر 1234567", "كد خبر: ١٢٣٤٥", "کدخبر: 12345", "شناسه خبر ۸۸۷۷۶۶", "کد خبرنگار: ۱۲۳"),
        *("لینک کوتاه: https://www.example.ir/x349jN", "لینک کوتاه خبر:", "پیوند کوتاه: example.ir/x12ab", "لینک خبر:"),
        *("https://example.ir/x3Yz", "www.example.ir/fa/news/81234", "کپی لینک", "لینک کوتاه: https://example.ir/x۱۷"),
        *("برچسب‌ها", "برچسب‌ها: پل، رودخانه", "برچسب ها:", "کلیدواژه‌ها: پل", "بیشتر بخوانید: پلی بسته شد"),
        *("اخبار مرتبط: پلی بسته شد", "همچنین بخوانید؛ پلی بسته شد"),
        *("اشتراک‌گذاری", "این خبر را به اشتراک بگذارید", "به اشتراک بگذارید", "نسخه چاپی", "ارسال به دوستان"),
        *("تعداد بازدید: ٢٣٥١", "بازدید: ۱۲", "به کانال تلگرام ما بپیوندید", "ما را در کانال ایتا دنبال کنید"),
        *("17302", "۱۷۳۰۲", "(۲۳۲۳)", "/2758", "۵۴/", "۹۱۵۷**۳۰۶۳", "۱۴۸۳*۱۵۶۹**", "6155/6027", "۱۲۳۴ / ۵۶۷۸"),
        *(
            "۵۱۷۹/ج",
            ".ک/۷",
            "خبرنگار: ۱۲۳۴",
            "کد:17302",
            "۳ نظر",
            "نظر شما (۲)",
            "فرم ارسال نظر",
            "آدرس کوتاه",
            "@namune_ir",
        ),
        *("#پل #رودخانه", "برچسب‌ها | پل", "http://yjc.ir/00abc", "انتهای پیام؛", "آخرین اخبار", "چاپ خبر"),
        *("ک.م/40", "/ن", "ن/۲", "ف.ر/۳۲", "ا.ک", "س‌ن/ر‌ض", "/ن/"),
        "خبرنگار: علی نمونه ** انتشار دهنده: مریم نمونه",
    ],
)
def test_a_closing_line_of_the_house_goes(footer):
    assert is_footer(footer)
    assert strip_footer([*STORY, footer]) == strip_footer([*STORY, footer, footer][:3])
    assert strip_footer([*STORY, footer]).kept == STORY
    assert strip_footer([*STORY, footer]).cut == (footer,)


@pytest.mark.parametrize(
    "closing",
    [
        *("به نظر شما پرتغال چه کار کند؟", "نظر شما درباره این پل‌ها چیست و چرا مردم سال‌ها چشم‌به‌راه آن بودند؟"),
        *(
            "کد خبر این گزارش در سامانه ثبت شد.",
            "پایان پیام رئیس سازمان به کارکنان خواندنی بود.",
            "نظرات کارشناسان متفاوت است.",
        ),
        *("منبع: روزنامه نمونه", "نویسنده: مریم نمونه", "گزارش از مریم نمونه", "عکس: علی نمونه", "ادامه دارد..."),
        *("15/7/1383", "نتیجه نهایی: ۳ - ۱", "۱۲. مهرآباد", "۱۳ بهارستان ۲۵", "چارلتون ۱۰ امتیازی شد.", "-", "===="),
        *("بیشتر بخوانید تا بیشتر بدانید، این شعار نمایشگاه بود.", "برچسب قیمت روی همه کالاها زده می‌شود."),
        *("این خبر را وی در گفت‌وگو با ما داد.", "لینک کوتاه این سامانه را مردم پسندیدند.", "وی از کانال آب سخن گفت."),
        *("سال ۱۴۰۳", "۵۰ درصد", "علی نمونه، مدیر سامانه"),
    ],
)
def test_a_closing_paragraph_of_the_story_stays(closing):
    assert strip_footer([*STORY, closing]).kept == (*STORY, closing)


@pytest.mark.parametrize(
    "head", ["کد خبر: ۱۲۳۴۵", "تاریخ انتشار: ۱ مهر ۱۴۰۳", "گروه: اقتصاد", "نسخه چاپی", "اندازه متن", "سرویس خبری: جهان"]
)
def test_an_opening_line_of_the_house_goes(head):
    assert strip_footer([head, *STORY]).kept == STORY


@pytest.mark.parametrize(
    ("paragraphs", "kept"),
    [
        pytest.param([*STORY, "انتهای پیام/ب", "۱۲۳۴", "نظر شما"], STORY, id="all-of-a-row"),
        pytest.param([STORY[0], "نظر شما", STORY[1]], (STORY[0], "نظر شما", STORY[1]), id="inside-it-stays"),
        pytest.param([STORY[0], "17302", STORY[1]], (STORY[0], "17302", STORY[1]), id="a-number-inside-stays"),
        pytest.param(["انتهای پیام"], ("انتهای پیام",), id="a-story-is-never-emptied"),
        pytest.param([], (), id="nothing"),
    ],
)
def test_only_the_ends_are_cut(paragraphs, kept):
    assert strip_footer(paragraphs).kept == kept


def test_an_agencys_own_lines_go_too():
    assert strip_footer([*STORY, "اینجا تابستان است"], footers=["اینجا .*"]).kept == STORY
    assert strip_footer(["ویژه مشترکان", *STORY], heads=["ویژه مشترکان"]).kept == STORY


def test_a_long_paragraph_is_no_footer():
    assert not is_footer("برچسب‌ها: " + "پل، " * 150)


@given(st.lists(st.sampled_from([*STORY, "انتهای پیام/ی", "نظر شما", "17302", "کد خبر: ۱۲"]) | st.text(max_size=20)))
def test_nothing_is_lost_and_the_order_stays(paragraphs):
    found = strip_footer(paragraphs)
    assert sorted((*found.kept, *found.cut)) == sorted(paragraphs)
    assert bool(found.kept) == bool(paragraphs)
    assert strip_footer(found.kept).kept == found.kept


@pytest.mark.parametrize(
    ("paragraphs", "kept"),
    [
        pytest.param([("بیشتر بخوانید:", 0), ("پلی بسته شد", 1)], (), id="heading-and-link"),
        pytest.param(
            [("بیشتر بخوانید", 0), ("یک", 1), ("دو", 1), (STORY[0], 0)], (STORY[0],), id="until-the-links-end"
        ),
        pytest.param([("بیشتر بخوانید: پلی بسته شد", 0.6)], (), id="heading-and-link-in-one"),
        pytest.param([("★ بیشتر بخوانید؛ پلی بسته شد", 0.9)], (), id="with-a-star"),
        pytest.param([("خبرهای مرتبط", 0), ("بیشتر بخوانید", 0)], (), id="sure-headings-alone"),
        pytest.param(
            [("در همین زمینه:", 0), ("پلی بسته شد", 1), (STORY[0], 0)], (STORY[0],), id="other-headings-with-links"
        ),
        pytest.param([("همچنین:", 0), (STORY[0], 0)], ("همچنین:", STORY[0]), id="such-a-heading-of-the-story-stays"),
        pytest.param([("آخرین اخبار", 0), (STORY[0], 0)], ("آخرین اخبار", STORY[0]), id="so-does-a-round-up"),
        pytest.param([("پلی بسته شد", 1)], ("پلی بسته شد",), id="a-link-without-heading-stays"),
        pytest.param([("بیشتر بخوانید تا بدانید", 0)], ("بیشتر بخوانید تا بدانید",), id="a-sentence-stays"),
        pytest.param([("کد ویدیو", 0), ("دانلود فیلم اصلی", 1), ("۱۲ مگابایت", 0)], (), id="buttons-of-a-player"),
    ],
)
def test_lines_that_lead_to_other_stories_go(paragraphs, kept):
    assert strip_related(paragraphs).kept == kept


def test_lines_are_compared_folded():
    assert key("  انتهاي‌پيام / ١٢ ") == "انتهای پیام / 12"
