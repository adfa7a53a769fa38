"""Cut what an agency prints under (and over) every story, and what it prints between: never a part of the story."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from archive.text.letters import HALF_SPACE, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """The paragraphs that are the story, and those that were cut, in the page's order."""

    kept: tuple[str, ...]
    cut: tuple[str, ...]


# Whole closing paragraphs of any agency, matched on `key`: folded, half-spaces as blanks.
FOOTERS = (
    # Tasnim, ILNA, Fars, Mizan and IQNA close with «انتهای پیام», a slash and the codes of those who wrote it.
    r"[\W_]{0,3}(انتهای?|پایان) ?(پیام|خبر|گزارش|مطلب)( ?([^\w\s]|_).{0,40}| [^ /]{1,4}(/\S{0,8}){0,3})?",
    # The comment form is headed «نظر شما» by Nastooh, «ارسال نظر» by Iran Samaneh.
    r"[*•]? ?(نظر|نظرات|نظرها|دیدگاه|دیدگاه ?های?)( شما| کاربران| خود| مخاطبان)?( ?\(\d+\))? ?[*؟?:]*",
    r"(لطفا )?(نظر|دیدگاه)( شما| خود)?( را)? (چیست|بنویسید|ثبت کنید|وارد کنید|ارسال کنید|ب?دهید) ?[؟?:]*",
    r"نظر (شما|خود را) درباره این (خبر|مطلب) (چیست|بنویسید|ثبت کنید) ?[؟?:]?|(\d{1,4}|بدون) (نظر|دیدگاه)",
    r"(فرم )?(ارسال|ثبت|درج|افزودن) (نظر|نظرات|دیدگاه)( جدید| شما)?|امتیاز (شما )?به این (خبر|مطلب)",
    r"(کد|شناسه|شماره) ?(خبر|مطلب|خبرنگار)[ :.]*[\w/.-]{0,20}[ |]*|کد ?: ?\d{3,9}|خبرنگار ?:? ?\d{2,6}",
    r"(لینک|پیوند|نشانی|آدرس) (کوتاه|خبر|مطلب)( خبر| مطلب)?[ :.]*\S*( کپی شد)?",
    r"(کپی|رونوشت)( لینک| شد)?",
    r"(https?://)?(www\.)?[\w-]+\.(ir|com|news|net|org)/(\w{1,9}|(fa/)?(news|tiny|p)/[\w-]+)/?|@[\w.]{3,30}",
    r"(برچسب|کلید ?واژه|تگ|کلمات کلیدی)( ?ها| های خبر|های)? ?([:|؛].*)?|(#\w+[ ،,]*)+",
    r"(به )?(اشتراک|هم ?رسانی)( ?گذاری| بگذارید| خبر)?( این (خبر|مطلب).*)?",
    r"این (خبر|مطلب) را به اشتراک بگذارید.{0,30}",
    r"(ارسال به دوستان|نسخه چاپی|ذخیره|چاپ( خبر)?|پرینت|گزارش خطا|بازنشر|آخرین اخبار|پربازدیدترین ها)",
    r"(تعداد )?(بازدید|نمایش)( ?ها| خبر)? ?: ?\d{1,9}( بار| نفر)?",
    r"(به|در|ما را در) کانال (تلگرامی?|ایتای?|بله|روبیکا|سروش|واتساپ)( .{0,30})? (بپیوندید|دنبال کنید|عضو شوید)[.!]?",
    r"((همچنین|هم ?چنین|بیشتر) (بخوانید|ببینید)|(اخبار|خبر|خبرهای|مطالب|مطلب) مرتبط) ?[:؛].{1,200}",
    # IRNA closes with «خبرنگار: ... ** انتشار دهنده: ...».
    r".{0,50}انتشار ?دهنده ?:.{0,40}",
    # Reporters' and editors' codes: 17302, 9157/3063, 1483*1569, ک.م/40, ن/2, /ن/; a day such as 15/7/1383 is none.
    r"[(/]? ?\d{3,6} ?[)/.*]?|\d{2}/|(?!\d+/\d+/\d+$)\d{2,6}( ?[/*|]+ ?\d{1,6})+[/*]{0,3}|\d{2,6} ?/ ?[ا-ی]{1,3}/?",
    r"[./]? ?[ا-ی]{1,2}( ?[./]+ ?([ا-ی]{1,2}|\d{1,6})){1,4}[/.]?|/ ?[ا-ی]{1,3} ?/?|[ا-ی] [ا-ی]( ?/ ?[ا-ی] [ا-ی]){1,2}",
)
HEADS = (
    r"(کد|شناسه|شماره) ?(خبر|مطلب)[ :.]*[\w/.-]{0,20}",
    r"(تاریخ انتشار|زمان (انتشار|مطالعه)|انتشار) ?:.{0,40}",
    r"(گروه|سرویس|دسته بندی)( خبری?)? ?:.{0,40}",
    r"(نسخه چاپی|ارسال به دوستان|ذخیره|چاپ|اندازه (فونت|قلم|متن)|اشتراک گذاری|بزرگنمایی)",
)
# Headings of boxes that link to other stories. The sure ones go wherever they stand, with the links under them; the
# others only with links, since stories have such headings too.
_SURELY = (
    r"(بیشتر|همچنین|هم ?چنین|حتما|این را هم|اینجا)( را)? ?(بخوانید|بخوان|ببینید|بدانید|بشنوید)|بخوانید( و ببینید)?|"
    r"(اخبار|خبر|خبرهای?|مطالب|مطلب|گزارش|گزارش ?های|لینک ?های|پیوند ?های|ویدیو|فیلم) (مرتبط|پیشنهادی|مشابه)|"
    r"در همین (رابطه|زمینه|باره) (بیشتر )?(بخوانید|ببینید)|پیشنهاد می کنیم بخوانید"
)
_PERHAPS = (
    r"بیشتر|همچنین|(اخبار|خبر|خبرهای?|مطالب|مطلب|گزارش ?های?) (بیشتر|برگزیده)|مرتبط|از دست ندهید|پیشنهاد (ما|سردبیر)|"
    r"(پربازدید|پربیننده|پربحث)( ?ترین)?( ?ها| ?های.{0,12})?|(آخرین|تازه ?ترین|مهم ?ترین) (اخبار|خبرها)|"
    r"(در|از) (همین|این) (رابطه|زمینه|باره|خصوص)( بیشتر)?"
)
_PLAYER = (
    r"کد (ویدیو|فیلم|صوت|پخش)|(دانلود|دریافت)( (فیلم|ویدیو|صوت|فایل))?( اصلی| صوتی)?|فیلم اصلی|"
    r"کد ویدیو دانلود فیلم اصلی|مشاهده در آپارات|[\d.:,]+ ?(مگابایت|کیلوبایت|mb|kb)|"
    r"your browser does not support .{0,40}|video player is loading.*"
)
_LINKED_SHARE = 0.6
_LONGEST = 400  # letters: a longer paragraph is no footer
LINE_LETTERS = 200  # and a longer line is no house line


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
    for (text, linked), (_, following) in pairwise((*paragraphs, ("", 1.0))):
        in_box = _leads_away(text, linked, following) or (in_box and linked >= _LINKED_SHARE)
        away = in_box or _matches((_PLAYER,), text)
        (cut if away else kept).append(text)
    return Trimmed(kept=tuple(kept), cut=tuple(cut))


def is_related_heading(text: str, *, surely: bool = False) -> bool:
    """Whether a text heads links to other stories: «بیشتر بخوانید», «اخبار مرتبط»; `surely`, even if none follow."""
    return _matches((_heading(_SURELY),) if surely else (_heading(_SURELY), _heading(_PERHAPS)), text)


def _leads_away(text: str, linked: float, following: float) -> bool:
    """Whether a paragraph heads a box of links, or is heading and link in one («بیشتر بخوانید: ...»)."""
    if is_related_heading(text):
        return following >= _LINKED_SHARE or is_related_heading(text, surely=True)
    head, *rest = _COLON.split(text, maxsplit=1)
    return bool(rest) and linked * len(text) >= _LINKED_SHARE * len(rest[0]) > 0 and is_related_heading(head)


_COLON = re.compile(r"[:؛|/]")


def _heading(words: str) -> str:
    return rf"[\W_]*({words})[\W_]*"


def key(paragraph: str) -> str:
    """Return a paragraph as footers are matched: folded, half-spaces as blanks, single blanks."""
    return " ".join(fold(paragraph).replace(HALF_SPACE, " ").split())


def under_stories(stories: Sequence[Sequence[str]], *, at_least: int = 3, depth: int = 3) -> list[str]:
    """Return the closing paragraphs that stand under `at_least` different stories, the most frequent first.

    `stories` are the paragraphs of stories of one agency. Only what closes them is looked at, `depth` paragraphs at
    most. Stories are different when, two by two, they share less than a fifth of their runs of four words (the lesser
    story's): of 20,000 pairs of real stories 1 in 1,000 shares more than an eighth, reports on one form share a
    quarter and more, and with it whole paragraphs that are theirs. Lines come as `key` gives them.
    """
    tails = [[_line(one) for one in paragraphs[max(1, len(paragraphs) - depth) :]] for paragraphs in stories]
    counts = Counter(line for tail in tails for line in set(tail) - {""})
    seen: dict[str, list[int]] = defaultdict(list)
    for number, tail in enumerate(tails):
        for line in reversed(tail):  # only what closes a story: a heading over its last paragraph is the story's
            if not line or (counts[line] < at_least and len(line) > _SHORT):
                break
            if counts[line] >= at_least and not is_footer(line):
                seen[line].append(number)
    often = sorted((line for line in seen if len(seen[line]) >= at_least), key=lambda line: (-len(seen[line]), line))
    told = [frozenset(often) & set(tail) for tail in tails]
    return [line for line in often if _differ(((stories[n], told[n]) for n in seen[line]), at_least)]


def _line(paragraph: str) -> str:
    """Return a paragraph as lines are compared; empty when it is too long to be one."""
    return key(paragraph) if len(paragraph) <= LINE_LETTERS else ""


def _differ(stories: Iterable[tuple[Sequence[str], Collection[str]]], count: int) -> bool:
    """Whether `count` of `stories`, given with the lines that are not theirs, differ two by two."""
    different: list[frozenset[str]] = []
    for paragraphs, lines in stories:
        words = " ".join(text for one in paragraphs if (text := key(one)) not in lines).split()
        runs = frozenset(" ".join(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1))
        if len(runs) >= _TELLING and all(_shared(runs, one) < _ALIKE for one in different):
            different.append(runs)
        if len(different) == count:
            return True
    return False


def _shared(runs: frozenset[str], others: frozenset[str]) -> float:
    return len(runs & others) / min(len(runs), len(others))


_SHORT = 80  # letters: what stands under a house line and changes, such as «منبع: ...»
_RUN = 4  # words
_TELLING = 8  # runs; a story with fewer cannot be told from another
_ALIKE = 0.2


def as_footer(line: str) -> str:
    """Return the regular expression of a house line, as `strip_footer` takes it."""
    return re.escape(line)


def _matches(patterns: tuple[str, ...], paragraph: str) -> bool:
    return len(paragraph) < _LONGEST and _together(patterns).fullmatch(_short_key(paragraph)) is not None


# Each paragraph is held against several lists. Only here, where none is long: what strangers send must not pile up.
_short_key = lru_cache(maxsize=64)(key)


@lru_cache(maxsize=100)
def _together(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_folded(pattern)})" for pattern in patterns))


def _folded(pattern: str) -> str:
    """Return a regular expression with its Persian letters folded, as the paragraphs are that it is matched on."""
    return _PERSIAN.sub(lambda letter: fold(letter[0]) or letter[0], pattern)


_PERSIAN = re.compile("[\u0621-\u06ff]")
