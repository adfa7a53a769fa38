"""What of a story is compared: its own words, without the credit it opens with and the lines it is closed with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.duplicates.numbers import fold_numbers
from archive.text.letters import HALF_SPACE, fold

# Raised whenever a story's wording or fingerprints come out differently, so that sketches are made anew.
SKETCH_VERSION = 1

# Letters of a paragraph that can be a closing line, and of a text's end in which a sign-off is looked for.
_LINE = 160
_WORD = re.compile(r"[0-9]+(?:[.,/:][0-9]+)*|[^\W\d_]+")
_NOT_LETTERS = re.compile(r"[\W_]+")
# «به گزارش خبرنگار ورزشی ...، به نقل از ...، ... نوشت:»; a credit is short and ends with a mark.
_CREDIT = re.compile(
    r"\s*(?:[^\n،؛:.]{0,40}[-–ـ:؛]\s*)?"
    r"(?:(?:به|بنا به|بنابر|بر اساس|طبق)\s*گزارش|(?:به\s*|ب)?نقل\s*از|گروه\s|سرویس\s)"
    r"[^\n،؛:,;.]{1,110}[،؛:,;]\s*"
    r"(?:(?:و\s*)?به\s*نقل\s*از[^\n،؛:,;.]{1,60}[،؛:,;]\s*)?(?:[^\n،؛:,;.]{2,40}\sنوشت\s*[،؛:,;]\s*)?"
)
# Folded, half-spaces as blanks, whole paragraphs only.
_CLOSING = re.compile(
    r"\W*(?:(?:(?:انتهای|پایان)\s*(?:پیام|متن|خبر)|(?:ارسال\s*)?نظر\s*شما|ارسال نظر|کد\s*(?:خبر|مطلب)|"
    r"شناسه\s*خبر|منبع\s*:|برچسب\s*ها|کلید\s*واژه|اخبار مرتبط|مطالب مرتبط|(?:لینک|پیوند)\s*کوتاه|تعداد بازدید|"
    r"بازگشت به|گزارش خطا|عکس|ادامه دارد|"
    r"این (?:خبر|مطلب) را |برای (?:دریافت|مشاهده) |خبرنگار\s*:|https?:|www\.)[^\n]{0,100}|"
    r"به کانال[^\n]{0,60}بپیوندید|ما را در [^\n]{0,60}دنبال کنید|[\d\W]{1,20}|.{0,2})\W*"
)
_SIGN_OFF = re.compile(r"\s*[*/\\|.]*\s*(?:انتهای|پایان)\s*پیام\s*[/.*]?\s*\w{0,4}[/.*]*\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A story's own text for comparison, paragraph by paragraph.

    `letters` are folded and without blanks; `words` have each number as one word (`archive.duplicates.numbers`).
    """

    letters: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


def wording(title: str, lead: str, body: str) -> Wording:
    """Return what of a story is compared; of a story without lead and body that is its title.

    The title is left out otherwise: whoever takes a story over writes a title of their own.
    """
    paragraphs = _without_closing([bare for one in (*lead.split("\n"), *body.split("\n")) if (bare := _bare(one))])
    if paragraphs:
        paragraphs[0] = _without_credit(paragraphs[0])
        paragraphs[-1] = paragraphs[-1][:-_LINE] + _SIGN_OFF.sub("", paragraphs[-1][-_LINE:])
    # A lead is often printed again as the first paragraph.
    own = [one for one in dict.fromkeys(paragraphs) if one] or [_bare(title)]
    return Wording(
        letters=tuple(_NOT_LETTERS.sub("", one) for one in own),
        words=tuple(tuple(fold_numbers(_WORD.findall(one))) for one in own),
    )


def _bare(text: str) -> str:
    return fold(text).replace(HALF_SPACE, " ").strip()


def _without_credit(paragraph: str) -> str:
    found = _CREDIT.match(paragraph)
    return paragraph[found.end() :] if found else paragraph


def _without_closing(paragraphs: Sequence[str]) -> list[str]:
    """Return `paragraphs` without the closing lines; the first one always stays."""
    end = len(paragraphs)
    while end > 1 and len(paragraphs[end - 1]) <= _LINE and _CLOSING.fullmatch(paragraphs[end - 1]):
        end -= 1
    return list(paragraphs[:end])
