"""How to cite a story: a sentence in the manner of APA 7, and a BibTeX entry."""

import re
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from archive.text.jalali import TEHRAN, jalali_long
from archive.tongue import tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a citation needs; moments are aware, `archived` is this archive's permanent address of the revision."""

    key: str
    author: str
    title: str
    publisher: str
    published: datetime | None
    url: str
    archived: str
    seen: datetime


def apa(cited: Citation) -> str:
    """Return the reference as APA 7 writes news on the web (Publication Manual, 10.1 example 16), Jalali day first."""
    if cited.published is None:
        when = "بی‌تا"
    else:
        day = tongue("fa").gregorian(cited.published.astimezone(TEHRAN).date())
        when = f"{jalali_long(cited.published, clock=False)} [{day}]"
    publisher = "" if cited.publisher == cited.author else f" {cited.publisher}."
    address = f" {cited.url}" if cited.url else ""
    return f"{cited.author}. ({when}). {cited.title}.{publisher}{address} (بایگانی‌شده: {cited.archived})"


def bibtex_entry(cited: Citation) -> str:
    """Return an entry for biblatex or BibTeX with UTF-8; whatever TeX would take for a command is made harmless."""
    local = None if cited.published is None else cited.published.astimezone(TEHRAN)
    fields = {
        "author": f"{{{_tex(cited.author)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "publisher": _tex(cited.publisher),
        "date": "" if local is None else f"{local:%Y-%m-%d}",
        "year": "" if local is None else f"{local:%Y}",
        "url": _plain(cited.url),
        "urldate": f"{cited.seen.astimezone(TEHRAN):%Y-%m-%d}",
        "note": "" if cited.published is None else jalali_long(cited.published, clock=False),
        "howpublished": _plain(cited.archived),
        "language": "persian",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{re.sub(r'[^A-Za-z0-9_-]', '', cited.key)},\n{lines}}}\n"


def readable(entry: str) -> Markup:
    """Return an entry as HTML whose values stand apart, so that Persian ones leave the braces in their places."""
    return Markup(re.sub(r"(?<= = )(.*)(?=,$)", r"<bdi>\1</bdi>", str(escape(entry)), flags=re.MULTILINE))  # noqa: S704


_SPECIAL = re.compile(r"([#$%&_])")


def _tex(text: str) -> str:
    plain = " ".join(text.replace("\\", "/").replace("{", "(").replace("}", ")").split())
    return _SPECIAL.sub(r"\\\1", plain).replace("~", "-").replace("^", "")


def _plain(url: str) -> str:
    return re.sub(r"[\s{}\\]", "", url)
