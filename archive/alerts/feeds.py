"""The feeds of a saved search: Atom and JSON Feed 1.1, the newest hits first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from archive.atom import Entry, feed, head, story_id

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
    beginning = head(name=f"tag:bayegan,2024:alert:{quote(name)}", title=name, updated=updated, subtitle=query)
    return feed(beginning, map(_entry, items))


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


def _entry(item: Item) -> Entry:
    return Entry(
        story=item.id,
        title=item.title,
        author=item.agency,
        updated=item.found,
        published=item.published,
        url=item.url,
        summary=item.passage,
        is_html=True,
    )


def _item(item: Item) -> dict[str, object]:
    known = {"url": item.url, "date_published": item.published}
    return {
        "id": story_id(item.id),
        "title": item.title,
        "content_html": item.passage,
        "date_modified": item.found,
        "authors": [{"name": item.agency}],
        **{key: value for key, value in known.items() if value},
    }
