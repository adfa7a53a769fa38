"""Every date a page gives for its story, each with the place it stands in."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml.html import HtmlElement

from archive.story import DateFound
from archive.text.dates import parse_date
from crawler.extract.head import Head
from crawler.extract.tree import find, value

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "dc.date.issued",
    "publishdate",
    "pubdate",
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified")


def published(tree: HtmlElement, head: Head, selectors: Sequence[str], now: datetime) -> tuple[DateFound, ...]:
    """Return the dates of publication: JSON-LD, metas, what is visible (`selectors`), times; each once a place."""
    raw = [("json-ld", head.says("datePublished")), ("meta", head.meta(*_PUBLISHED)), *_visible(tree, selectors)]
    return tuple(DateFound(source=source, raw=said, value=parse_date(said, now=now)) for source, said in raw if said)


def modified(head: Head, now: datetime) -> datetime | None:
    """Return when the page says that its story was changed last."""
    said = [head.says("dateModified"), head.meta(*_MODIFIED)]
    return next((moment for one in said if one and (moment := parse_date(one, now=now))), None)


def _visible(tree: HtmlElement, selectors: Sequence[str]) -> Iterator[tuple[str, str]]:
    for element in find(tree, selectors)[:1]:
        yield ("time" if element.tag == "time" else "visible"), value(element)
