"""On whose word a story is told: «به گزارش ... به نقل از ...», «... نوشت:», parsed."""

import re
from collections.abc import Mapping, Sequence

from archive.story import Credit
from archive.text.letters import HALF_SPACE, fold

# A credit opens a story; later «به گزارش ...» speaks of documents.
_OPENING_LETTERS = 400
_END = (
    r"(?=\s*(?:[،؛:.,;»(]|\s[-–—/|]\s|$)|"
    r"\s+(?:به نقل از|بنقل از|نقل از|از قول|و به نقل|در گفت|با اشاره|با بیان|در این|که )|"
    r"\s+(?:از|در)\s)"
)
_REPORT = re.compile(rf"(?:به|بنا به|بنابر|بر اساس|طبق)\s*گزارش\s+(?P<name>.{{2,80}}?){_END}")
_QUOTE = re.compile(rf"(?:به|ب)?\s*نقل\s+از\s+(?P<name>.{{2,80}}?){_END}")
_WROTE = re.compile(
    r"^(?P<name>[^،:.]{2,60}?)(?:\s*(?:،|-|ـ))?\s+(?:نوشت|نوشته است|گزارش داد|گزارش کرد|اعلام کرد|آورده است)\s*[:؛]"
)
_TITLES = re.compile(
    r"^(?:(?:گروه|سرویس|بخش|واحد|دفتر|حوزه|پایگاه خبری|پایگاه اطلاع ?رسانی|سایت|وب ?سایت|روزنامه|خبرگزاری|خبرنگار|"
    r"خبرنگاران|نشریه|هفته ?نامه|تارنمای|شبکه|مجله|ماهنامه)\s+)+"
)


def find_credit(opening: Sequence[str], names: Mapping[str, str]) -> Credit | None:
    """Return whose report the opening paragraphs say it is, and on whose word; None when they say neither.

    `names` maps what agencies are called (folded) to what they call themselves; a name of theirs is replaced by it.
    """
    reporter = source = ""
    for paragraph in opening:
        text = _plain(paragraph)[:_OPENING_LETTERS]
        reporter = reporter or _named(_REPORT.search(text), names)
        source = source or _named(_QUOTE.search(text), names) or _named(_WROTE.search(text), names)
    return Credit(reporter=reporter, source=source) if reporter or source else None


def _plain(text: str) -> str:
    return " ".join(text.split())


def _named(found: re.Match[str] | None, names: Mapping[str, str]) -> str:
    if found is None:
        return ""
    name = found["name"].strip(" «»\"'")
    folded = " ".join(fold(name).replace(HALF_SPACE, " ").split())
    for known in (folded, _TITLES.sub("", folded)):
        if known in names:
            return names[known]
    return name
