"""RSS and Atom feeds: bytes -> links. The only module that knows feedparser."""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from archive.errors import DiscoveryError
from archive.link import Link
from archive.text.dates import parse_date
from archive.text.letters import clean
from crawler.discover.unpack import gunzip, read_text, root

# What a feed may be, unpacked; the fetch has its own bound for what goes over the wire.
MAX_BYTES = 16 * 1024 * 1024
ROOTS = ("rss", "feed", "RDF")
# No agency published on the web before; a date in the future is a slip of the pen, a day of grace for wrong zones.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_GRACE = timedelta(days=1)
_RFC_822 = re.compile(r"\s*(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s")
_ROOT_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|RDF)\s*>", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_HEAD = 4096  # characters: a feed speaks of itself before its items
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(r"<sy:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(r"<sy:updateFrequency>\s*(\d{1,4})\s*<", re.IGNORECASE)
_PERIODS_S = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def read_feed(body: bytes, url: str, *, now: datetime, limit: int, max_bytes: int = MAX_BYTES) -> list[Link]:
    """Return the first `limit` links of an RSS 0.9-2.0 or Atom feed that was fetched from `url`, in its order.

    Relative addresses are resolved; items without an address of the web and repeated ones are left out. A date
    without an offset is Tehran's, an impossible one None. A torn feed gives what can be read of it. Raises
    DiscoveryError for what is no feed at all, declares entities, or unpacks to more than `max_bytes`.
    """
    text = read_text(gunzip(body, url, max_bytes), url)
    if root(text) not in ROOTS:
        raise DiscoveryError(url, "no feed", _why(text))
    parsed = _parse(_whole(text), url)
    found = (_link(entry, url, now, atom=parsed.version.startswith("atom")) for entry in parsed.entries)
    return first(found, limit)


def read_ttl_s(body: bytes, url: str) -> float:
    """Return how long a feed asks not to be asked again, in seconds; 0 = it does not say.

    `<ttl>` of RSS 2.0 in minutes, or `sy:updatePeriod` and `sy:updateFrequency` of the Syndication module.
    """
    head = read_text(gunzip(body, url, MAX_BYTES), url)[:_HEAD]
    if found := _TTL.search(head):
        return 60.0 * int(found[1])
    period = _PERIOD.search(head)
    if period is None:
        return 0.0
    frequency = _FREQUENCY.search(head)
    return _PERIODS_S[period[1].lower()] / max(1, int(frequency[1]) if frequency else 1)


def first(links: Iterable[Link | None], limit: int) -> list[Link]:
    """Return the first `limit` of `links`, each address once, as it came first."""
    kept: dict[str, Link] = {}
    for link in links:
        if len(kept) >= limit:
            break
        if link is not None:
            kept.setdefault(link.url, link)
    return list(kept.values())


def absolute(address: str, url: str) -> str | None:
    """Return `address` as `url` means it; None when that is no address of the web."""
    try:
        found = urljoin(url, "".join(address.split()))
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.hostname else None


def moment(raw: str, now: datetime) -> datetime | None:
    """Return the moment a feed's date means, in UTC; None when there is none or it is impossible.

    RFC 822 dates (RSS 2.0) are read here, all others by `archive.text.dates`. feedparser's own dates are not used:
    to them Jalali years are Gregorian, and a time without an offset is Greenwich's.
    """
    if not _RFC_822.match(raw):
        return parse_date(raw, now=now) if raw.strip() else None
    try:
        when = parsedate_to_datetime(raw)
        if when.tzinfo is None:  # no zone, or one that RFC 5322 does not know (section 4.3)
            return parse_date(when.isoformat(), now=now)
        when = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when if _EARLIEST <= when <= now + _GRACE else None


def _whole(text: str) -> str:
    """Return `text` up to its last whole item if its end is torn off: half an address is another address."""
    if _ROOT_END.search(text):
        return text
    ends = [found.end() for found in _ITEM_END.finditer(text)]
    return text[: ends[-1]] if ends else text


def _parse(text: str, url: str) -> Any:  # noqa: ANN401 - feedparser has no types
    """Return what feedparser makes of `text`: no fetching (bytes go in), no second guess at the charset."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(  # type: ignore[attr-defined, no-untyped-call]
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        # feedparser promises not to raise and does, in a dozen ways, on bytes that are not meant well.
        raise DiscoveryError(url, "no feed", f"{type(error).__name__}: {error}") from error


def _link(entry: Mapping[str, Any], url: str, now: datetime, *, atom: bool) -> Link | None:
    address = absolute(str(entry.get("link") or ""), url) if entry.get("link") else None
    if address is None:
        return None
    published = moment(str(entry.get("published") or ""), now)
    # Asked by `in` first, since feedparser would answer with `published` (and a warning) where there is no `updated`.
    modified = moment(str(entry["updated"] or ""), now) if "updated" in entry else None
    if published is None and not atom:  # RSS 1.0 has but dc:date, and means the publication
        published, modified = modified, None
    return Link(url=address, found_in=url, title=_title(entry), published=published, modified=modified)


def _title(entry: Mapping[str, Any]) -> str:
    return " ".join(clean(_TAG.sub("", str(entry.get("title") or ""))).split())


def _why(text: str) -> str:
    if not text.strip():
        return "it is empty"
    return f"its root is <{root(text)}>" if root(text) else "it is no XML"
