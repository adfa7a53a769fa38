"""Stories as an Atom feed, oldest first as everything is exported; without end, written as it is read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from archive.atom import END, Entry, entry, head
from archive.story import iso


def write_atom(stories: Iterable[Mapping[str, Any]], now: datetime | None = None) -> Iterator[bytes]:
    """Yield a feed whose entries are the stories; it says that it was made `now`."""
    yield head(name="tag:bayegan,2024:archive", title="Bayegan", updated=iso(now or datetime.now(UTC))).encode()
    for story in stories:
        yield entry(_entry(story)).encode()
    yield END.encode()


def _entry(story: Mapping[str, Any]) -> Entry:
    return Entry(
        story=story["id"],
        title=story["title"] or story["lead"],
        author=story["agency_name"] or story["agency"],
        updated=story["revised"] or story["first_seen"],
        published=story["published"] or story["first_seen"],
        url=story["url"],
        categories=[one for one in (story["section"], *story["tags"]) if one],
        summary=story["lead"],
        content=story["body"],
    )
