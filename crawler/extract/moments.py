"""Every date a page gives for its story, each with the place it stands in."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement

from archive.story import DateFound
from archive.text.dates import address_date, parse_date
from crawler.agency import Agency
from crawler.extract.head import Head
from crawler.extract.rule import Reader
from crawler.extract.tree import find_all, value

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "og:article:published_time",
    "nastooh:publishdate",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "publishdate",
    "pubdate",
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified")
# A day in the path of an address, /1403/07/01/, whoever's address it is.
_IN_PATH = re.compile(r"/(?P<year>1[34]\d\d|19\d\d|20\d\d)/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/|$)")
_LABELLED = etree.XPath("//*[text()[contains(., 'انتشار')]]")
_LABELS = 8  # elements looked at
_LONGEST = 200  # characters: a longer text is no date


def published(page: Reader, now: datetime) -> tuple[DateFound, ...]:
    """Return the dates of publication that a page and its address give, each once a place, in no order of trust.

    What is no possible date of a story stands among them with its raw text and without a value.
    """
    raw = [*_in_head(page.head), *_on_page(page)]
    found = [DateFound(source=source, raw=said[:_LONGEST], value=parse_date(said, now=now)) for source, said in raw]
    if not any(one.value for one in found):
        found += _labelled(page.tree, now)
    if day := day_in(page.url, page.agency, now):
        found.append(DateFound(source="address", raw=page.url[:_LONGEST], value=day))
    return tuple(dict.fromkeys(found))


def day_in(url: str, agency: Agency, now: datetime) -> datetime | None:
    """Return the day that an address of `agency` carries (midnight in Tehran, as UTC), or None."""
    patterns = filter(None, (agency.dated, _IN_PATH))
    return next((day for pattern in patterns if (day := address_date(url, pattern, now=now))), None)


def modified(head: Head, now: datetime) -> datetime | None:
    """Return when the page says that its story was changed last."""
    said = [head.says("dateModified"), *(head.meta(name) for name in _MODIFIED)]
    return next((moment for one in said if one and (moment := parse_date(one, now=now))), None)


def _in_head(head: Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated"):
        if said := head.says(key):
            yield "json-ld", said
            break
    for name in _PUBLISHED:
        for said in head.metas.get(name, ()):
            if said:
                yield "meta", said


def _on_page(page: Reader) -> Iterator[tuple[str, str]]:
    """Yield what the family's first element of a date says, near the story if it stands there: attribute and text."""
    selectors = page.rule.published
    for one in (find_all(page.around, selectors) or find_all(page.whole, selectors))[:1]:
        said, shown = value(one), " ".join("".join(one.itertext()).split())
        if said:
            yield ("time" if one.tag == "time" else "visible"), said
        if shown and shown != said and one.tag == "time":
            yield "visible", shown


def _labelled(tree: HtmlElement, now: datetime) -> Iterator[DateFound]:
    """Yield the date that stands beside «تاریخ انتشار»: for pages of no family, and for those that lost their rule."""
    for label in _LABELLED(tree)[:_LABELS]:
        for one in (label, label.getparent()):
            text = "" if one is None else " ".join("".join(one.itertext()).split())
            if len(text) < _LONGEST and (moment := parse_date(text, now=now)):
                yield DateFound(source="visible", raw=text, value=moment)
                return
