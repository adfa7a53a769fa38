"""Day archives: an agency's own list of what it published on a day. Bytes -> links; a day -> the list's address."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.errors import DiscoveryError
from archive.link import Link
from archive.text.dates import parse_date
from archive.text.jalali import jalali_day
from archive.text.letters import clean
from crawler.discover.feeds import absolute

# An item of a list is not nested deeper than this around its headline.
_LEVELS = 6
_LONGEST_DATE = 80
_PLACES = "descendant::time | descendant::*[contains(@class, 'date') or contains(@class, 'time')]"


def day_address(pattern: str, day: date, page: int) -> str:
    """Return the address of a page of a day archive: {year}, {month}, {day} of `pattern` are Jalali."""
    year, month, number = jalali_day(day)
    return pattern.format(year=year, month=month, day=number, page=page)


def read_day(body: bytes, url: str, *, now: datetime, limit: int, is_story: Callable[[str], bool]) -> list[Link]:
    """Return the first `limit` stories that a page of a day archive lists, in its order, each address once.

    `published` is what the item itself prints (a `time`, or an element classed date or time); such pages mix in
    stories of other days, so that the caller must look. Raises DiscoveryError for what is no HTML.
    """
    tree = _parse(body, url)
    anchors = [(anchor, address) for anchor, address in _anchors(tree, url) if is_story(address)]
    titles: dict[str, str] = {}
    places: dict[str, HtmlElement] = {}
    for anchor, address in anchors:
        title = " ".join(clean(anchor.text_content()).split())
        if len(title) >= len(titles.get(address, "")):
            titles[address] = title
        places.setdefault(address, anchor)
    own = dict(anchors)
    return [
        Link(url=address, found_in=url, title=titles[address], published=_date(_item(place, address, own), now))
        for address, place in islice(places.items(), limit)
    ]


def _parse(body: bytes, url: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(body, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise DiscoveryError(url, "no day archive", str(error)) from error


def _anchors(tree: HtmlElement, url: str) -> Iterator[tuple[HtmlElement, str]]:
    for anchor in tree.iter("a"):
        address = absolute(anchor.get("href") or "", url) if anchor.get("href") else None
        if address is not None:
            yield anchor, address.partition("#")[0]


def _item(anchor: HtmlElement, address: str, own: dict[HtmlElement, str]) -> HtmlElement:
    """Return the largest element around `anchor` that holds no other story: its item of the list."""
    item = anchor
    for _ in range(_LEVELS):
        parent = item.getparent()
        if parent is None or any(own.get(other, address) != address for other in parent.iter("a")):
            break
        item = parent
    return item


def _date(item: HtmlElement, now: datetime) -> datetime | None:
    """Return the date an item prints; a headline may name one too, so only places for dates are read."""
    places = item.xpath(_PLACES)
    for place in places if isinstance(places, list) else ():
        if not isinstance(place, HtmlElement):
            continue
        for text in (place.get("datetime") or "", place.get("title") or "", place.text_content()):
            if text.strip() and len(text) <= _LONGEST_DATE and (when := parse_date(text, now=now)) is not None:
                return when
    return None
