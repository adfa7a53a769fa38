"""Sitemaps, news sitemaps and their indexes (sitemaps.org protocol 0.9): bytes -> links."""

import heapq
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from archive.errors import DiscoveryError
from archive.link import Link
from archive.text.letters import clean
from crawler.discover import feeds
from crawler.discover.feeds import absolute, moment
from crawler.discover.unpack import gunzip, read_text, root

# The protocol's own bound for one sitemap, unpacked (sitemaps.org/protocol.html).
MAX_BYTES = 50 * 1024 * 1024
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
# Bare ampersands stand in many addresses; a parser that recovers would drop them and invent another address.
# What lies in CDATA is text already, and a CDATA that nobody closes ends with the file.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)", re.DOTALL
)
_ENTRY_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:url|sitemap)\s*>")

type Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap lists: links of stories, and other sitemaps with the moment they last changed (or None)."""

    links: tuple[Link, ...] = ()
    sitemaps: tuple[tuple[str, datetime | None], ...] = ()


def read_sitemap(body: bytes, url: str, *, now: datetime, limit: int, max_bytes: int = MAX_BYTES) -> Sitemap:
    """Return what a sitemap fetched from `url` lists: at most `limit` of each kind, the newest, in its own order.

    The newest, because some agencies list a month from its first day on. Read are sitemaps, news sitemaps and
    indexes (also gzipped), feeds, lists of addresses, and the JSON day sitemaps of older Nastooh sites
    (`{"urls": [{"loc", "lastmode"}]}`). A torn file gives what can be read of it. Raises DiscoveryError for what is
    no sitemap, declares entities, or unpacks to more than `max_bytes`.
    """
    text = read_text(gunzip(body, url, max_bytes), url)
    if root(text) in feeds.ROOTS:
        return Sitemap(links=tuple(feeds.read_feed(body, url, now=now, limit=limit, max_bytes=max_bytes)))
    links: dict[str, Link] = {}
    sitemaps: dict[str, datetime | None] = {}
    for row in _rows(text, url):
        address = absolute(row.get("loc", ""), url) if row.get("loc") else None
        if address is None:
            continue
        if row["kind"] == "sitemap":
            sitemaps.setdefault(address, moment(row.get("lastmod", ""), now))
        else:
            links.setdefault(address, _link(row, address, url, now))
    newest = _newest(((link, link.modified or link.published) for link in links.values()), limit)
    return Sitemap(links=newest, sitemaps=_newest(((one, one[1]) for one in sitemaps.items()), limit))


def _newest[T](dated: Iterable[tuple[T, datetime | None]], limit: int) -> tuple[T, ...]:
    """Return the `limit` things of the latest date in the order they came; of equal or no date, the earlier ones."""
    ranked = heapq.nlargest(limit, enumerate(dated), key=lambda one: (one[1][1] or _LONG_AGO, -one[0]))
    return tuple(thing for _, (thing, _) in sorted(ranked, key=lambda one: one[0]))


def _link(row: Row, address: str, url: str, now: datetime) -> Link:
    return Link(
        url=address,
        found_in=url,
        title=" ".join(clean(row.get("title", "")).split()),
        published=moment(row.get("publication_date", ""), now),
        modified=moment(row.get("lastmod", ""), now),
    )


def _rows(text: str, url: str) -> Iterator[Row]:
    if text.startswith("{"):
        return _json_rows(text, url)
    if text.startswith(("http://", "https://")):
        return _text_rows(text)
    if root(text) in ("urlset", "sitemapindex"):
        return _xml_rows(text)
    why = f"its root is <{root(text)}>" if root(text) else "neither XML, JSON nor a list of addresses"
    raise DiscoveryError(url, "no sitemap", why if text.strip() else "it is empty")


def _whole(text: str) -> str:
    """Return `text` up to its last whole entry: the parser closes what is torn off, and half an address is another."""
    ends = [found.end() for found in _ENTRY_END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def _xml_rows(text: str) -> Iterator[Row]:
    """Yield a row for each <url> and <sitemap> of the root's own namespace, freeing each as it goes."""
    whole = _AMPERSAND.sub(lambda found: "&amp;" if found[0] == "&" else found[0], _whole(text))
    events = etree.iterparse(
        io.BytesIO(whole.encode("utf-8", "replace")),
        tag=("{*}url", "{*}sitemap"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for _, element in events:
            if _namespace(element) != _namespace(element.getroottree().getroot()):
                continue  # video:url and its like
            yield {"kind": _name(element), **_texts(element)}
            element.clear()
            while (before := element.getprevious()) is not None:
                element.getparent().remove(before)  # type: ignore[union-attr]  # who has a neighbour has a parent
    except etree.XMLSyntaxError:
        return  # torn: what stood before has been read


def _texts(element: etree._Element) -> Row:
    """Return the texts of an entry by local name: its own children's, and those of its <news:news>."""
    row: Row = {}
    for child in element.iterchildren(etree.Element):
        if _name(child) == "news":
            row |= {_name(one): one.text or "" for one in child.iterchildren(etree.Element)}
        else:
            row[_name(child)] = child.text or ""
    row.pop("kind", None)
    return row


def _name(element: etree._Element) -> str:
    """Return the local name of an element; a parser that recovers gives names that `etree.QName` would refuse."""
    return str(element.tag).rpartition("}")[2]


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0]


def _json_rows(text: str, url: str) -> Iterator[Row]:
    try:
        listed: Any = json.loads(text)["urls"]
        rows = [one for one in listed if isinstance(one, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DiscoveryError(url, "no sitemap", f"JSON without urls: {type(error).__name__}") from error
    for one in rows:
        yield {
            "kind": "url",
            "loc": str(one.get("loc") or ""),
            "lastmod": str(one.get("lastmode") or one.get("lastmod") or ""),
        }


def _text_rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        yield {"kind": "url", "loc": line.strip()}
