"""Invented stories: as many as are asked for, the same for the same seed, with all that Persian typing brings."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from archive.text.jalali import PERSIAN_DIGITS
from scheduler.demo.pages import WireStory

NOW = datetime(2024, 9, 23, 12, tzinfo=UTC)

WHO = (
    "رئیس‌جمهور", "شهردار کرمانشاه", "مدیر کتابخانه‌ها", "سخن‌گوی آتش‌نشانی", "نماینده کشاورزان", "پژوهشگر دانشگاه",
    "سرمربی تیم", "هنرآموز قالی‌بافی", "راننده قطار", "کوه‌نورد همدانی", "گیاه‌شناس", "ماهی‌گیران بندر", "نویسنده کتاب",
    "مسئول راه‌داری", "دبیر جشنواره", "معلم‌های عشایر", "هواشناس", "باغ‌داران", "نانوای محله", "ستاره‌شناس جوان",
)  # fmt: skip
WHAT = (
    "کتاب‌های تازه", "گفت‌وگوی تلفنی", "پل تاریخی", "میوه‌های پاییزی", "خط آهن", "آب‌انبار قدیمی", "نسخه‌های خطی",
    "سنگ‌نوشته", "دوچرخه‌های همگانی", "زعفران‌کاران", "چراغ‌های خورشیدی", "موزه آب", "باران‌های بهاری", "جنگل‌های بلوط",
    "ماهواره کوچک", "سامانه نوبت‌دهی", "پیاده‌راه", "خانه‌های روستایی", "نمایشگاه عکس", "دریاچه", "هشدار زمین‌لرزه",
    "برف‌روبی", "خرمای جنوب", "آوازهای محلی", "کارگاه‌های خانگی", "رصدخانه", "نهال‌ها", "قطارهای شهری", "تبلت‌ها",
)  # fmt: skip
WHERE = (
    "در تبریز", "در بندر انزلی", "در کوه‌پایه‌های زاگرس", "در سی‌وسه شهر", "در یزد", "در چهارمحال و بختیاری", "در بم",
    "در دانشکده", "در روستاهای کویری", "در نشست امروز", "در هفته آینده", "در نیمه‌شب", "در پایتخت", "در خراسان جنوبی",
)  # fmt: skip
HOW = (
    "به‌آرامی", "با خوش‌حالی", "بی‌سروصدا", "پس از سال‌ها", "با کمک هم‌سایه‌ها", "برای نخستین‌بار", "به‌طور رایگان", "هم‌زمان",
    "با دقت", "بدون وقفه", "دوباره", "به یاری داوطلبان", "پیش از موعد", "بر پایه آمارها", "بی‌درنگ", "روزبه‌روز",
)  # fmt: skip
DOES = (
    "را بازسازی می‌کند", "را می‌خواند", "را گزارش داد", "را نمی‌پذیرد", "را به‌خوبی می‌شناسد", "را آزموده است", "را می‌سازد",
    "را دیده‌اند", "را نگه‌داری کرد", "را برنامه‌ریزی کرده‌اند", "را به نمایش می‌گذارد", "را اندازه می‌گیرد", "را نجات داد",
)  # fmt: skip
SECTIONS = ("فرهنگ", "اقتصاد", "جامعه", "ورزش", "علم", "استان‌ها")
# What has been mistaken for a footer or an entity, and is the story's own.
ODD = (
    "به نظر شما چه کسی {what} {does}؟",
    "«{what}» را از ۱۰۰ تا 250 <واحد> می‌شمارند & نمی‌شمارند.",
    "انتهای پیام او این بود: {what} {where} {does}.",
    "کد خبر را از او پرسیدیم؛ گفت: {n}.",
)
ARABIC_TYPING = str.maketrans({
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
})  # fmt: skip


def invent(count: int, *, seed: int = 1, now: datetime = NOW, first_id: int = 5_000_001) -> list[WireStory]:
    """Return `count` stories, no two alike, newest first, 15 minutes apart; every fifth is typed in Arabic letters."""
    dice = random.Random(seed)
    return [_story(dice, first_id + n, now - timedelta(minutes=15 * (n + 1)), arabic=n % 5 == 0) for n in range(count)]


def _story(dice: random.Random, number: int, published: datetime, *, arabic: bool) -> WireStory:
    def printed(text: str) -> str:
        return text.translate(ARABIC_TYPING) if arabic else text

    paragraphs = [_paragraph(dice) for _ in range(dice.randint(3, 8))]
    paragraphs.insert(dice.randint(1, len(paragraphs) - 1), _fill(dice, dice.choice(ODD)))
    return WireStory(
        id=number,
        kicker=printed(_fill(dice, "{who} خبر داد")) if dice.random() < 0.5 else "",
        title=printed(_fill(dice, "{who} {what} {where} {does}؛ شماره {n}")),
        lead=printed(_fill(dice, "{who} گفت: {how} {what} {does} و {n} نفر {where} آمده‌اند.")),
        paragraphs=tuple(map(printed, paragraphs)),
        published=published,
        modified=published,
        section=dice.choice(SECTIONS),
        tags=tuple(printed(one) for one in _several(dice, WHAT, 3)),
    )


def _paragraph(dice: random.Random) -> str:
    forms = ("{who} {how} {what} {where} {does}.", "{where} {n} بار {what} و {what} {does}.", "«{what}» {how} {does}.")
    return " ".join(_fill(dice, dice.choice(forms)) for _ in range(dice.randint(2, 5)))


def _fill(dice: random.Random, form: str) -> str:
    for slot, words in (("who", WHO), ("what", WHAT), ("where", WHERE), ("how", HOW), ("does", DOES)):
        while f"{{{slot}}}" in form:
            form = form.replace(f"{{{slot}}}", dice.choice(words), 1)
    number = str(dice.randint(1000, 9_999_999))
    return form.replace("{n}", number.translate(PERSIAN_DIGITS) if dice.random() < 0.7 else number)


def _several(dice: random.Random, words: Sequence[str], most: int) -> list[str]:
    return dice.sample(words, dice.randint(1, most))
