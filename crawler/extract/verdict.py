"""What a page is: a story, pictures, a wall in front of it, nothing, or letters read in the wrong charset."""

import re
from dataclasses import dataclass
from enum import StrEnum

from archive.story import Story
from archive.text.letters import HALF_SPACE, fold


class Verdict(StrEnum):
    """What a page turned out to be."""

    STORY = "story"
    GALLERY = "gallery"  # pictures or a film, hardly any text
    BLOCKED = "blocked"  # a challenge, a log-in, a captcha, a filter
    MISSING = "missing"  # "not found" in words, or the home page
    EMPTY = "empty"
    MOJIBAKE = "mojibake"  # double encoding, lost letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a page is and why; `story` for a story and a gallery."""

    verdict: Verdict
    reason: str
    story: Story | None = None


# Walls as their owners print them: ArvanCloud, Cloudflare, DDoS-Guard, Akamai, the Iranian filter, log-in pages.
_WALLS = {
    "browser challenge": re.compile(
        r"در حال بررسی مرورگر|پیش از انتقال به سایت|__arcsjs|arvan ?cloud|just a moment|checking your browser|"
        r"ddos-guard|cf-browser-verification|challenge-platform|attention required"
    ),
    "captcha": re.compile(r"you are (a )?human|captcha|من ربات نیستم|کد امنیتی|کپچا"),
    "access denied": re.compile(
        r"access (is )?denied|you have been blocked|request (was )?blocked|403 forbidden|error 1020|"
        r"دسترسی (شما )?(به این \w+ )?(غیر ?مجاز|محدود|مسدود)|شما مسدود شده"
    ),
    "filtered address": re.compile(r"10\.10\.34\.3\d|peyvandha|internet\.ir"),
    "log-in page": re.compile(r"ورود به (سیستم|سامانه|حساب|پنل)|لطفا وارد شوید|رمز عبور|sign in|log ?in"),
    "maintenance": re.compile(r"در دست (تعمیر|بروزرسانی|به روز رسانی)|under maintenance|به زودی باز می گردیم"),
}
_GONE = re.compile(
    r"(صفحه|خبر|مطلب|محتوا|آدرس|نشانی|گزارش)[^.]{0,40}"
    r"(یافت نشد|پیدا نشد|وجود ندارد|موجود نیست|حذف شده|در دسترس نیست|منتشر نشده)|"
    r"not found|404 error|error 404|^404\W*$|page (does not|doesn't) exist|خطای 404"
)


def wall(text: str) -> str:
    """Return which wall stands in front of a story, by a page's headline or by all of a short page; else ""."""
    folded = fold(text).replace(HALF_SPACE, " ")
    return next((reason for reason, pattern in _WALLS.items() if pattern.search(folded)), "")


def is_gone(text: str) -> bool:
    """Whether a title or a short text says that there is no such story."""
    return bool(_GONE.search(fold(text).replace(HALF_SPACE, " ")))


_ARABIC = re.compile("[\u0621-\u06d3]")
_LOST_SHARE, _READ_SHARE = 0.02, 0.3


def mojibake(text: str) -> str:
    """Return how the letters of `text` were spoiled before they came to us, or "" when they were not.

    Double encoding is found by undoing it: UTF-8 that was once read as windows-1252 or windows-1256 becomes Persian
    again, which real text never does.
    """
    if not text or text.count("\N{REPLACEMENT CHARACTER}") > _LOST_SHARE * len(text):
        return "letters lost" if text else ""
    if text.count("?") > _READ_SHARE * len(text.replace(" ", "")):
        return "letters lost: question marks"
    sample = text[:_SAMPLE]
    for charset, traces in _TRACES.items():
        if sum(map(sample.count, traces)) * 6 < len(sample):
            continue
        again = _as_bytes(sample, charset).decode("utf-8", "ignore")
        if len(_ARABIC.findall(again)) > _READ_SHARE * sum(map(str.isalpha, sample)):
            return f"double encoding: UTF-8 read as {charset}"
    return ""


_SAMPLE = 2000
# The first bytes of Persian letters in UTF-8 (D8, D9, DA, DB), as these charsets read them.
_TRACES = {"windows-1252": "ØÙÚÛ", "windows-1256": "طظعغ"}


def _as_bytes(text: str, charset: str) -> bytes:
    return b"".join(
        letter.encode(charset, "ignore") or (letter.encode("latin-1") if letter < "\u0100" else b"") for letter in text
    )
