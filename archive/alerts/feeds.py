"""The feeds of a saved search: Atom (RFC 4287) and JSON Feed 1.1, the newest hits first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

HITS = 50  # in a feed; older ones stay in the archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story in a feed; `found` is when it matched, times are UTC ISO 8601, `passage` is safe HTML."""

    id: int
    agency: str
    url: str
    title: str
    published: str | None
    found: str
    passage: str


def atom(name: str, query: str, items: Sequence[Item]) -> str:
    """Return the Atom feed of a saved search."""
    updated = items[0].found if items else "1970-01-01T00:00:00Z"
    entries = "".join(map(_entry, items))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa">\n'
        f"<id>urn:bayegan:alert:{escape(name)}</id>\n<title>{escape(name)}</title>\n<subtitle>{escape(query)}</subtitle>\n"
        f"<updated>{updated}</updated>\n<generator>Bayegan</generator>\n{entries}</feed>\n"
    )


def json_feed(name: str, query: str, items: Sequence[Item]) -> str:
    """Return the JSON feed of a saved search (https://www.jsonfeed.org/version/1.1/)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": name,
        "description": query,
        "language": "fa",
        "items": [_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _entry(item: Item) -> str:
    link = f'<link href="{escape(item.url)}"/>\n' if item.url else ""
    published = f"<published>{item.published}</published>\n" if item.published else ""
    return (
        f"<entry>\n<id>urn:bayegan:story:{item.id}</id>\n<title>{escape(item.title)}</title>\n{link}"
        f"<author><name>{escape(item.agency)}</name></author>\n{published}<updated>{item.found}</updated>\n"
        f'<summary type="html">{escape(item.passage)}</summary>\n</entry>\n'
    )


def _item(item: Item) -> dict[str, object]:
    known = {"url": item.url, "date_published": item.published}
    return {
        "id": f"urn:bayegan:story:{item.id}",
        "title": item.title,
        "content_html": item.passage,
        "date_modified": item.found,
        "authors": [{"name": item.agency}],
        **{key: value for key, value in known.items() if value},
    }
