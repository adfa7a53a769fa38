"""On whose word a story is told: «به گزارش ... به نقل از ...», «... نوشت:», «منبع: ...», parsed."""

import re
from collections.abc import Mapping, Sequence

from archive.story import Credit
from archive.text.letters import HALF_SPACE, fold

# A credit opens a story; later «به گزارش ...» speaks of documents.
_OPENING_LETTERS = 400
_SAYS = r"(?:نوشت(?:ه است)?|گزارش (?:داد|کرد)(?:ه است)?|اعلام کرد(?:ه است)?|آورده است|خبر داد(?:ه است)?|منتشر کرد)"
_END = (
    rf"(?=\s*(?:[،؛:.,;»(]|\s[-–—/|]\s|$)|\s+{_SAYS}|"
    r"\s+(?:به نقل از|بنقل از|نقل از|از قول|و به نقل|در گفت|با اشاره|با بیان|در این|که|گفت|افزود)\b|"
    r"\s+(?:از|در)\s)"
)
_REPORT = re.compile(rf"(?:به|بنا به|بنابر|بر اساس|طبق)\s*گزارش\s+(?P<name>«[^»]{{2,60}}»|.{{2,80}}?){_END}")
# «حمل و نقل از» is no quotation.
_QUOTE = re.compile(rf"(?:به\s*|ب|^|[،؛(]\s*)نقل\s+از\s+(?P<name>«[^»]{{2,60}}»|.{{2,80}}?){_END}")
_WROTE = re.compile(rf"^(?P<name>[^،:.]{{2,60}}?)(?:\s*(?:،|-|ـ))?\s+{_SAYS}\s*[:؛]")
_SOURCE = re.compile(r"^\(?منبع(?: خبر)?\s*:\s*(?P<name>[^:]{2,60}?)\s*[.)]?$")
_MEDIA = (
    "خبرگزاری|روزنامه|سایت|وب ?سایت|پایگاه خبری|پایگاه اطلاع ?رسانی|پایگاه|تارنمای|نشریه|هفته ?نامه|ماهنامه|مجله|"
    "فصلنامه|شبکه خبری|شبکه|رادیو|تلویزیون"
)
_A_MEDIUM = re.compile(rf"(?:{_MEDIA}) \S")
_DESK = r"گروه|سرویس|بخش|واحد|دفتر|حوزه|خبرنگار|خبرنگاران|گزارشگر"
_TITLES = re.compile(rf"^(?:(?:{_DESK}|{_MEDIA})\s+)+")
# «خبرنگار اجتماعی خبرگزاری تسنیم»: what stands before an agency's name is its desk.
_OF_A_DESK = re.compile(rf"(?:{_DESK})\s")


def find_credit(opening: Sequence[str], names: Mapping[str, str], closing: str = "") -> Credit | None:
    """Return whose report the opening paragraphs say it is, and on whose word; None when they say neither.

    A `closing` paragraph that is «منبع: ...» and no more names the source too.

    `names` maps what agencies are called (folded, half-spaces as blanks) to what they call themselves; a name of
    theirs is replaced by it, with the desk or reporter before it. Who «wrote:» counts only if it is a medium: people
    write letters too.
    """
    reporter = source = ""
    for paragraph in opening:
        text = " ".join(paragraph.split())[:_OPENING_LETTERS]
        reporter = reporter or _named(_REPORT.search(text), names)
        source = source or _named(_QUOTE.search(text), names) or _medium(_WROTE.search(text), names)
    source = source or _named(_SOURCE.match(closing), names)
    return Credit(reporter=reporter, source=source) if reporter or source else None


def _medium(found: re.Match[str] | None, names: Mapping[str, str]) -> str:
    name = _named(found, names)
    return name if name in names.values() or _A_MEDIUM.match(_folded(name)) else ""


def _named(found: re.Match[str] | None, names: Mapping[str, str]) -> str:
    """Return the name that was found: an agency's own if it is one of `names`, else as printed."""
    if found is None:
        return ""
    name = found["name"].strip(" «»\"'")
    folded = _folded(name)
    for known in (folded, _TITLES.sub("", folded)):
        if known in names:
            return names[known]
    return (_of_desk(folded, names) if _OF_A_DESK.match(folded) else "") or name


def _of_desk(folded: str, names: Mapping[str, str]) -> str:
    """Return the agency whose name closes `folded`, the longest one, or ""."""
    words = folded.split()
    closing = (" ".join(words[start:]) for start in range(1, len(words)))
    return next((names[one] for one in closing if one in names), "")


def _folded(name: str) -> str:
    return " ".join(fold(name).replace(HALF_SPACE, " ").split())
