"""Cut what an agency prints under (and over) every story, and what it prints between: never a part of the story."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.text.letters import HALF_SPACE, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """The paragraphs that are the story, and those that were cut, in the page's order."""

    kept: tuple[str, ...]
    cut: tuple[str, ...]


# Whole closing paragraphs of any agency, matched on `key`: folded, half-spaces as blanks.
FOOTERS = (
    # Tasnim, ILNA, Fars, Mizan and IQNA close with «انتهای پیام», a slash and the codes of those who wrote it.
    r"(انتهای?|پایان) ?(پیام|خبر|گزارش|مطلب)( ?[/\\|.:*،ـ_+–—-].{0,40}| [^ /]{1,4}(/\S{0,8}){0,3})?",
    # The comment form is headed «نظر شما» by Nastooh, «ارسال نظر» by Iran Samaneh.
    r"[*•]? ?(نظر|نظرات|دیدگاه|دیدگاه های)( شما| کاربران| خود| مخاطبان)?( را)?( چیست| بنویسید| ثبت کنید)? ?[*؟?:]*",
    r"نظر (شما|خود را) درباره این (خبر|مطلب) (چیست|بنویسید|ثبت کنید) ?[؟?:]?",
    r"(ارسال|ثبت|درج|افزودن) (نظر|نظرات|دیدگاه)( جدید| شما)?",
    r"(کد|شناسه|شماره) (خبر|مطلب|خبرنگار)[ :.]*[\w/.-]{0,20}",
    r"(لینک|پیوند|نشانی|آدرس) کوتاه( خبر| مطلب)?[ :.]*\S*( کپی شد)?",
    r"(کپی|رونوشت)( لینک| شد)?",
    r"(https?://)?(www\.)?[\w-]+\.(ir|com|news|net|org)/(x\w{3,8}|\d{5,9}|(fa/)?(news|tiny|p)/[\w-]+)/?",
    r"(برچسب|کلید ?واژه|تگ|کلمات کلیدی)( ?ها| های خبر|های)? ?(:.*)?",
    r"(به )?(اشتراک|هم ?رسانی)( ?گذاری| بگذارید| خبر)?( این (خبر|مطلب).*)?",
    r"این (خبر|مطلب) را به اشتراک بگذارید.{0,30}",
    r"(ارسال به دوستان|نسخه چاپی|ذخیره|چاپ|پرینت|گزارش خطا|بازنشر|آخرین اخبار|پربازدیدترین ها)",
    # Reporters' and editors' codes: 17302, 9157/3063, 1483*1569, ک.م/40, ن/2, /ن/; a day such as 15/7/1383 is none.
    r"\(?\d{3,6}\)?|(?!\d+/\d+/\d+$)\d{2,6}( ?[/*|ـ]+ ?\d{1,6})+[/*]?",
    r"/? ?[ء-ی]{1,2}( ?[./ـ]+ ?([ء-ی]{1,2}|\d{1,6})){1,4}[/.]?|/ ?[ء-ی]{1,3} ?/?",
)
HEADS = (
    r"(کد|شناسه|شماره) (خبر|مطلب)[ :.]*[\w/.-]{0,20}",
    r"(تاریخ انتشار|زمان (انتشار|مطالعه)|انتشار) ?:.{0,40}",
    r"(گروه|سرویس|دسته بندی)( خبری?)? ?:.{0,40}",
    r"(نسخه چاپی|ارسال به دوستان|ذخیره|چاپ|اندازه (فونت|قلم|متن)|اشتراک گذاری|بزرگنمایی)",
)
# Headings of boxes that link to other stories; they go wherever they stand, with the links under them.
_RELATED = re.compile(
    r"[\W_]*("
    r"(بیشتر|همچنین|هم ?چنین|حتما|این را هم|اینجا)( را)? ?(بخوانید|بخوان|ببینید|بدانید|بشنوید)?|"
    r"(اخبار|خبرهای?|مطالب|مطلب|خبر|گزارش|گزارش های) (مرتبط|پیشنهادی|مشابه|بیشتر)|"
    r"در همین (رابطه|زمینه|باره)( بیشتر)?( بخوانید)?|مرتبط|بخوانید|از دست ندهید|"
    r"پیشنهاد (ما|سردبیر)|پیشنهاد می کنیم بخوانید"
    r")[\W_]*"
)
_PLAYER = re.compile(
    r"کد (ویدیو|ویدئو|فیلم|صوت|پخش)|(دانلود|دریافت)( (فیلم|ویدیو|ویدئو|صوت|فایل))?( اصلی| صوتی)?|فیلم اصلی|"
    r"کد (ویدیو|ویدئو) دانلود فیلم اصلی|مشاهده در آپارات|[\d.:,]+ ?(مگابایت|کیلوبایت|mb|kb)|"
    r"your browser does not support .{0,40}|video player is loading.*"
)
_LINKED_SHARE = 0.6
_LONGEST = 400  # letters: a longer paragraph is no footer
_LINE_LETTERS = 200


def strip_footer(paragraphs: Sequence[str], *, footers: Sequence[str] = (), heads: Sequence[str] = ()) -> Trimmed:
    """Return `paragraphs` without the closing and opening ones that an agency prints under and over every story.

    `footers` and `heads` are an agency's own, beside those of all. Only whole paragraphs at the ends go:
    «به نظر شما ...» inside a story is a question to the reader, not the comment form. A story is never emptied: one
    paragraph stays.
    """
    first, last = 0, len(paragraphs)
    while last - first > 1 and _matches((*FOOTERS, *footers), paragraphs[last - 1]):
        last -= 1
    while last - first > 1 and _matches((*HEADS, *heads), paragraphs[first]):
        first += 1
    return Trimmed(kept=tuple(paragraphs[first:last]), cut=(*paragraphs[:first], *paragraphs[last:]))


def is_footer(paragraph: str, footers: Sequence[str] = ()) -> bool:
    """Whether a paragraph alone is what agencies print under stories."""
    return _matches((*FOOTERS, *footers), paragraph)


def strip_related(paragraphs: Sequence[tuple[str, float]]) -> Trimmed:
    """Return the texts of `paragraphs` without the lines that lead to other stories, and players' buttons.

    Each paragraph comes with the share of its letters that stand in links. A heading such as «بیشتر بخوانید» goes with
    the links that follow it; a link that stands in a paragraph of its own elsewhere stays.
    """
    kept: list[str] = []
    cut: list[str] = []
    in_box = False
    for text, linked in paragraphs:
        in_box = _heading(text, linked) or (in_box and linked >= _LINKED_SHARE)
        away = in_box or _PLAYER.fullmatch(key(text)) is not None
        (cut if away else kept).append(text)
    return Trimmed(kept=tuple(kept), cut=tuple(cut))


def is_related_heading(text: str) -> bool:
    """Whether a text heads links to other stories: «بیشتر بخوانید», «اخبار مرتبط»."""
    return _RELATED.fullmatch(key(text)) is not None


def _heading(text: str, linked: float) -> bool:
    """Whether a paragraph heads a box of links, or is heading and link in one («بیشتر بخوانید: ...»)."""
    if is_related_heading(text):
        return True
    head, colon, rest = text.partition(":")
    return bool(colon) and linked * len(text) >= _LINKED_SHARE * len(rest) > 0 and is_related_heading(head)


def key(paragraph: str) -> str:
    """Return a paragraph as footers are matched: folded, half-spaces as blanks, single blanks."""
    return " ".join(fold(paragraph).replace(HALF_SPACE, " ").split())


def house_lines(stories: Iterable[Sequence[str]], *, at_least: int = 3, depth: int = 3) -> list[str]:
    """Return the closing paragraphs that an agency prints under `at_least` different stories, most frequent first.

    `stories` are the paragraphs of stories of one agency, one version of each. Only the last `depth` paragraphs are
    looked at, and stories that differ only there (a copy, an update) count as one. Lines come as `key` gives them.
    """
    seen: dict[str, set[str]] = defaultdict(set)
    for paragraphs in stories:
        keys = [key(one) for one in paragraphs]
        text = " ".join(keys[:-depth] or keys[:1])
        for line in keys[max(1, len(keys) - depth) :]:
            if 0 < len(line) <= _LINE_LETTERS:
                seen[line].add(text)
    return sorted((one for one in seen if len(seen[one]) >= at_least), key=lambda one: (-len(seen[one]), one))


def as_footer(line: str) -> str:
    """Return the regular expression of a house line, as `strip_footer` takes it."""
    return re.escape(line)


def _matches(patterns: tuple[str, ...], paragraph: str) -> bool:
    return len(paragraph) < _LONGEST and _together(patterns).fullmatch(key(paragraph)) is not None


@lru_cache(maxsize=100)
def _together(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
