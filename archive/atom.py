"""Atom feeds (RFC 4287) as text: a head, entries, an end; the one place that writes them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

TYPE = "application/atom+xml; charset=utf-8"
END = "</feed>\n"
# What XML 1.0 has no way to write (section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story in a feed; moments are UTC, ISO 8601; `summary` is plain text, or safe HTML if `is_html`."""

    story: int
    title: str
    author: str
    updated: str
    published: str | None = None
    url: str = ""
    categories: Sequence[str] = ()
    summary: str = ""
    is_html: bool = False
    content: str = ""


def story_id(story: int) -> str:
    """Return by which name (RFC 4151) feed readers know a story again, in whichever of our feeds they meet it."""
    return f"tag:bayegan,2024:story:{story}"


def head(*, name: str, title: str, updated: str, subtitle: str = "", url: str = "") -> str:
    """Return the beginning of the feed that is known by `name` for ever; `url` is the page it follows."""
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa">',
        _text("id", name),
        _text("title", title),
        *([_text("subtitle", subtitle)] if subtitle else []),
        *([_link(url)] if url else []),
        _text("updated", updated),
        "<generator>Bayegan</generator>",
    ]
    return "\n".join(parts) + "\n"


def entry(one: Entry) -> str:
    """Return an entry; an empty title is a dash, because one must be there."""
    parts = [
        _text("id", story_id(one.story)),
        _text("title", one.title or "–"),
        _text("updated", one.updated),
        *([_text("published", one.published)] if one.published else []),
        f"<author>{_text('name', one.author)}</author>",
        *([_link(one.url)] if one.url else []),
        *(f"<category term={quoteattr(_writable(term))}/>" for term in one.categories),
        *([_text("summary", one.summary, kind="html" if one.is_html else "text")] if one.summary else []),
        *([_text("content", one.content, kind="text")] if one.content else []),
    ]
    return f"<entry>\n{'\n'.join(parts)}\n</entry>\n"


def feed(beginning: str, entries: Iterable[Entry]) -> str:
    """Return a whole feed."""
    return "".join((beginning, *map(entry, entries), END))


def _text(name: str, text: str, kind: str = "") -> str:
    return f"<{name}{f' type="{kind}"' if kind else ''}>{escape(_writable(text))}</{name}>"


def _link(url: str) -> str:
    return f'<link rel="alternate" href={quoteattr(_writable(url))}/>'


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)
