"""What of a story is compared: its own words, without the credit it opens with and the lines it is closed with."""

import re
from dataclasses import dataclass

from archive.duplicates.numbers import fold_numbers
from archive.text.closing import without_closing
from archive.text.letters import HALF_SPACE, fold

# Raised whenever a story's wording or fingerprints come out differently, so that sketches are made anew.
SKETCH_VERSION = 1

# Letters at a text's end in which a sign-off is looked for.
_END = 80
# Letters of a story that has hardly any text but its title.
_HARDLY = 40
# Letters of a text that are compared; the longest of 5,000 real stories has a fifth of that.
_MOST = 500_000
_WORD = re.compile(r"[0-9]+(?:[.,/:][0-9]+)*|[^\W\d_]+")
_NOT_LETTERS = re.compile(r"[\W_]+")
# «به گزارش خبرنگار ورزشی ...، به نقل از ...، ... نوشت:»; a credit is short and ends with a mark.
_CREDIT = re.compile(
    r"\s*(?:خبرگزاری [^\n،؛:.]{2,40}[:؛]\s*"
    r"|(?:[^\n،؛:.]{0,40}[-–ـ:؛]\s*)?"
    r"(?:(?:به|بنا به|بنابر|بر اساس|طبق)\s*گزارش|(?:به\s*|ب)?نقل\s*از|گروه\s|سرویس\s)"
    r"[^\n،؛:,;.]{1,110}[،؛:,;]\s*"
    r"(?:(?:و\s*)?به\s*نقل\s*از[^\n،؛:,;.]{1,60}[،؛:,;]\s*)?(?:[^\n،؛:,;.]{2,40}\sنوشت\s*[،؛:,;]\s*)?)"
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
    """Return what of a story is compared: its lead and body, without credit and closing lines.

    The title is left out, since whoever takes a story over writes one of their own; but under a picture or a film,
    where there is hardly any other text, it counts.
    """
    printed = [one for one in (*lead.split("\n"), *body[:_MOST].split("\n")) if one]
    paragraphs = [_bare(one) for one in without_closing(printed)]
    if paragraphs:
        paragraphs[0] = _without_credit(paragraphs[0])
        paragraphs[-1] = paragraphs[-1][:-_END] + _SIGN_OFF.sub("", paragraphs[-1][-_END:])
    # A lead is often printed again as the first paragraph.
    own = [one for one in dict.fromkeys(paragraphs) if one]
    if sum(map(len, own)) < _HARDLY:
        own = [one for one in dict.fromkeys((_bare(title), *own)) if one]
    return Wording(
        letters=tuple(_NOT_LETTERS.sub("", one) for one in own),
        words=tuple(tuple(fold_numbers(_WORD.findall(one))) for one in own),
    )


def _bare(text: str) -> str:
    return fold(text).replace(HALF_SPACE, " ").strip()


def _without_credit(paragraph: str) -> str:
    found = _CREDIT.match(paragraph)
    return paragraph[found.end() :] if found else paragraph
