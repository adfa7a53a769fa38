"""Know the lines that agencies print under a story: they change with every visit and are no part of what it says.

For comparison only: nothing is cut from what is kept. So this may be freer than the cutting of footers, which must
never take a story's own words.
"""

import re
from collections.abc import Sequence

from archive.text.letters import HALF_SPACE, fold

# A longer paragraph is no such line.
_LONGEST = 250
# What a label stands before: numbers, names, headlines, addresses. The label alone is a closing line too.
_LABELS = (
    r"(کد|شناسه|شماره) ?(خبر|مطلب|خبرنگار|صفحه|یادداشت|گزارش)",
    r"(لینک|پیوند|نشانی|آدرس) ?(کوتاه|خبر|مطلب|کوتاه (خبر|مطلب|این خبر))",
    r"(برچسب|کلید ?واژه|کلمه|تگ|هشتگ) ?(ها|های (خبر|کلیدی|مرتبط|این خبر)|های)?|کلمات کلیدی|کلید واژگان",
    r"(بیشتر|همچنین|هم چنین|حتما|این را هم|این خبر را هم)( را)? ?(بخوانید|ببینید|بدانید|بشنوید)",
    r"(اخبار|خبر|خبرهای|مطالب|مطلب|گزارش|گزارش های|نوشته های|عناوین) (مرتبط|مشابه|پیشنهادی|بیشتر|دیگر)",
    r"(در همین (رابطه|زمینه|باره)|مرتبط|پیشنهاد ما|پیشنهاد سردبیر|از دست ندهید|بخوانید)( بخوانید)?",
    r"(تعداد|میزان|شمار) ?(بازدید|نظر|نظرات|دیدگاه|دیدگاه ها|مشاهده|کلیک)( (خبر|کاربران|ها))?|بازدید( ها| خبر)?",
    r"(تاریخ|زمان|ساعت) ?(انتشار|درج|ثبت|به ?روز ?رسانی|بروز ?رسانی|مخابره|مطالعه)|آخرین (به ?روز ?رسانی|ویرایش|تغییر)",
    r"(منبع|منابع|مرجع|ماخذ)( (خبر|مطلب|عکس))?",
    r"(گروه|سرویس|دسته بندی|حوزه)( (خبر|خبری|مطلب))?",
    r"(خبرنگار|نویسنده|مترجم|عکاس|عکس|ویراستار|دبیر|تنظیم|گزارشگر|تهیه و تنظیم|تهیه کننده)",
    r"امتیاز( (شما|خبر|به خبر))?|اشتراک ?گذاری|به اشتراک بگذارید|share|tags|source|print",
)
_LINES = (
    rf"({'|'.join(_LABELS)}) ?:.*",
    rf"({'|'.join(_LABELS[:8])})( ?[\d/.,-]+)?",
    # «انتهای پیام», a slash, and the codes of those who wrote it
    r"(انتهای?|پایان) ?(پیام|خبر|گزارش|مطلب)( ?[/\\|.:*،ـ_+–—-].{0,40}| [^ /]{1,4}(/\S{0,8}){0,3})?",
    # the comment form
    r"(نظر|نظرات|دیدگاه|دیدگاه ?های?)( شما| کاربران| خود| مخاطبان| خوانندگان)?( را)?( چیست| بنویسید| ثبت کنید)?",
    r"(نظر|دیدگاه) (شما|خود را) (درباره|در مورد) این (خبر|مطلب|گزارش).{0,30}",
    r"(ارسال|ثبت|درج|افزودن|نوشتن) ?(نظر|نظرات|دیدگاه|پیام)( جدید| شما| خود)?",
    # invitations
    r".{0,40}(کانال|صفحه|گروه|پیج)( .{1,60})?(بپیوندید|شوید|دنبال کنید|عضو|ببینید)",
    r"ما را در .{1,80}(دنبال کنید|بخوانید|ببینید)",
    r"(این )?(خبر|مطلب|گزارش|صفحه)( را)? ?(به|با|برای)? .{0,30}(اشتراک|هم ?رسانی|بفرستید|ارسال کنید).{0,20}",
    r"ارسال (به|برای) (دوستان|دیگران)",
    r"(نسخه (چاپی|قابل چاپ)|ذخیره|چاپ|پرینت|گزارش خطا|بازنشر|کپی( لینک| شد)?)( (خبر|مطلب|صفحه))?",
    r"(تمام|همه|کلیه|تمامی) حقوق .{0,100}(محفوظ|متعلق).{0,40}",
    r"(آخرین|پربازدیدترین|پربیننده ترین|جدیدترین|مهم ترین) ?(اخبار|خبرها|ها|مطالب|عناوین)?",
    # addresses and the codes of reporters and editors: 17302, 9157/3063, ک.م/40, ن/2
    r"(https?://)?([\w-]+\.)+(ir|com|news|net|org|me)(/\S*)?",
    r"[(\[]?\d{2,9}[)\]]?|(?!\d+/\d+/\d+$)\d{2,6}( ?[/*|ـ]+ ?\d{1,6})+[/*]?",
    r"/? ?[ء-ی]{1,2}( ?[./ـ]+ ?([ء-ی]{1,2}|\d{1,6})){1,4}[/.]?|/ ?[ء-ی]{1,3} ?/?",
)
_CLOSING = re.compile("|".join(f"(?:{line})" for line in _LINES))
_EDGES = re.compile(r"^[\s*•▪■◾_#«\"'➖🔸🔹🔴📌-]+|[\s*•؟?!.:…»\"'_-]+$")


def without_closing(paragraphs: Sequence[str]) -> Sequence[str]:
    """Return `paragraphs` without the closing lines at their end; the first paragraph always stays."""
    last = len(paragraphs)
    while last > 1 and is_closing(paragraphs[last - 1]):
        last -= 1
    return paragraphs[:last]


def is_closing(paragraph: str) -> bool:
    """Whether a whole paragraph is what agencies print under a story, or nothing but blanks and marks."""
    if len(paragraph) > _LONGEST:
        return False
    key = " ".join(fold(paragraph).replace(HALF_SPACE, " ").split())
    bare = _EDGES.sub("", key)
    return not bare or any(_CLOSING.fullmatch(form) for form in (bare, key, f"{bare}:"))
