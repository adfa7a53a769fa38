"""Stories as an Atom feed (RFC 4287), oldest first as everything is exported; without end, written as it is read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from archive.story import iso

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa">\n'


def write_atom(stories: Iterable[Mapping[str, Any]], now: datetime | None = None) -> Iterator[bytes]:
    """Yield a feed whose entries are the stories; it says that it was made `now`."""
    updated = iso(now or datetime.now(UTC))
    head = [_text("title", "Bayegan"), _text("id", "tag:bayegan,2024:archive"), _text("updated", updated)]
    yield (_HEAD + "\n".join(head) + "\n").encode()
    for story in stories:
        yield _entry(story).encode()
    yield b"</feed>\n"


def _entry(story: Mapping[str, Any]) -> str:
    author = story["agency_name"] or story["agency"]
    parts = [
        _text("id", f"tag:bayegan,2024:{story['agency']}:{story['id']}"),
        _text("title", story["title"] or story["lead"] or "—"),
        _text("updated", story["revised"] or story["first_seen"]),
        _text("published", story["published"] or story["first_seen"]),
        f"<author><name>{_plain(author)}</name></author>",
        *([f'<link rel="alternate" href={quoteattr(_clean(story["url"]))}/>'] if story["url"] else []),
        *(f"<category term={quoteattr(_clean(one))}/>" for one in (story["section"], *story["tags"]) if one),
        *([_text("summary", story["lead"])] if story["lead"] else []),
        f'<content type="text">{_plain(story["body"])}</content>',
    ]
    return f"<entry>\n{'\n'.join(parts)}\n</entry>\n"


def _text(name: str, text: str) -> str:
    return f"<{name}>{_plain(text)}</{name}>"


def _plain(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    """Return `text` without what XML 1.0 has no way to write (section 2.2); the archive holds none of it."""
    return "".join(
        one for one in text if one in "\t\n\r" or " " <= one < "\ud800" or "\ue000" <= one < "\ufffe" or one > "\uffff"
    )
