"""An invented agency as a web site: robots.txt, feed, news sitemap and story pages, all of known stories."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from importlib.resources import files
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from archive.text.dates import jalali
from scheduler.demo.pages import LAYOUTS, WireStory, day_list, feed, front, page, sitemap
from scheduler.demo.site import Asked, Reply, Site

# The two agencies of the demonstration: what they call themselves, and the family of their pages.
AGENCIES = {"namune": ("خبرگزاری نمونه", "nastooh"), "sepehr": ("خبرگزاری سپهر", "iran-samaneh")}
RELATED = 4
FRONT = 20
PER_PAGE = 30


class Wire(AbstractContextManager["Wire"]):
    """Serves `stories` in the layout of `family`; stories may be replaced while it runs. A context manager."""

    def __init__(self, key: str, name: str, family: str, stories: Sequence[WireStory]) -> None:
        """Invent the agency `key`; it is served, and has a home, once the context is entered."""
        self.key, self.name, self.layout = key, name, LAYOUTS[family]
        self.stories = list(stories)
        self.robots = "User-agent: *\nDisallow: /search\n"
        self.site = Site(self.answer)

    def __enter__(self) -> Self:
        self.site.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.site.__exit__(kind, error, trace)

    @property
    def home(self) -> str:
        """The agency's home address."""
        return self.site.home

    def url(self, story: WireStory) -> str:
        """Return the address of a story, percent-encoded as a browser would ask for it."""
        return self.home.rstrip("/") + quote(self.layout.path(story))

    def answer(self, asked: Asked) -> Reply:
        """Return what the site answers; feeds and sitemaps answer conditional requests (RFC 9110 section 13)."""
        path = unquote(asked.path.partition("?")[0])
        if path == "/robots.txt":
            return Reply(body=self.robots.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
        if path == "/":
            return _html(front(self.layout, self._listed()[:FRONT], name=self.name))
        if path in (self.layout.feed, self.layout.sitemap):
            write, listed = feed if path == self.layout.feed else sitemap, self._listed()
            return _conditional(asked, write(self.layout, listed, name=self.name, home=self.home), listed)
        if self.layout.archive.startswith(f"{path}?"):
            return _html(self._day(parse_qs(urlsplit(asked.path).query)))
        story = self._find(path)
        if story is None:
            return _html("<html><body>صفحه پیدا نشد</body></html>".encode(), status=404)
        others = [one for one in self.stories[: RELATED + 1] if one is not story][:RELATED]
        body = page(self.layout, story, others, name=self.name, home=self.home)
        return _conditional(asked, body, [story], "text/html; charset=utf-8")

    def _day(self, asked: Mapping[str, Sequence[str]]) -> bytes:
        """Return a page of the day archive; as on real sites a story of another day stands among them."""
        year, month, day, page = (int(asked.get(name, ["1"])[0]) for name in ("yr", "mn", "dy", "pi"))
        wanted = f"{year:04}/{month:02}/{day:02}"
        ours = [one for one in self._listed() if jalali(one.published) == wanted]
        others = [one for one in self._listed() if jalali(one.published) != wanted][:1]
        part = ours[(page - 1) * PER_PAGE : page * PER_PAGE]
        return day_list(self.layout, part, others, name=self.name)

    def _find(self, path: str) -> WireStory | None:
        """Return the story of a page; as real sites do, by its id alone, whatever slug comes after."""
        found = re.match(self.layout.story.format(id=r"(\d+)", slug=""), path.rstrip("/") + "/")
        return next((story for story in self.stories if found and story.id == int(found[1])), None)

    def _listed(self) -> list[WireStory]:
        """Return the stories as feeds list them: the newest first."""
        return sorted(self.stories, key=lambda story: story.published, reverse=True)


def demo_wires(now: datetime) -> list[Wire]:
    """Return the two agencies of the demonstration; their stories are dated back from `now`."""
    told = tomllib.loads(files(__package__).joinpath("stories.toml").read_text("utf-8"))
    return [
        Wire(key, name, family, [_story(row, now) for row in told[key]]) for key, (name, family) in AGENCIES.items()
    ]


def second_look(wires: Sequence[Wire], now: datetime) -> int:
    """Change the stories that their agency revised later, as of `now`; return how many.

    One more story of each agency is touched: announced as modified with the same words, as real agencies do.
    """
    told = tomllib.loads(files(__package__).joinpath("stories.toml").read_text("utf-8"))
    changes = {row["id"]: row["changes"] for rows in told.values() for row in rows if "changes" in row}
    for wire in wires:
        touched = replace(wire.stories[0], modified=now)
        wire.stories = [touched, *(_changed(story, changes.get(story.id), now) for story in wire.stories[1:])]
    return len(changes)


def _story(row: Mapping[str, Any], now: datetime) -> WireStory:
    published = (now - timedelta(hours=row["ago_h"])).replace(second=0, microsecond=0)
    texts: dict[str, Any] = {key: row[key] for key in ("id", "title", "lead", "section")}
    lists: dict[str, Any] = {key: tuple(row[key]) for key in ("paragraphs", "tags")}
    return WireStory(**texts, **lists, kicker=row.get("kicker", ""), published=published, modified=published)


def _changed(story: WireStory, change: Mapping[str, Any] | None, now: datetime) -> WireStory:
    if change is None:
        return story
    old, new = change["replace"]
    paragraphs = tuple(paragraph.replace(old, new) for paragraph in story.paragraphs)
    return replace(story, title=change["title"], paragraphs=(*paragraphs, change["add"]), modified=now)


def _conditional(
    asked: Asked, body: bytes, stories: Sequence[WireStory], content_type: str = "application/xml; charset=utf-8"
) -> Reply:
    """Return a feed or page, or 304 when the asker has it; If-None-Match is believed before If-Modified-Since."""
    newest = max((story.modified for story in stories), default=datetime(2000, 1, 1, tzinfo=UTC))
    headers = {
        "Content-Type": content_type,
        "ETag": f'"{sha256(body).hexdigest()[:16]}"',
        "Last-Modified": format_datetime(newest.astimezone(UTC), usegmt=True),
    }
    if "if-none-match" in asked.headers:
        known = asked.headers["if-none-match"] == headers["ETag"]
    else:
        known = asked.headers.get("if-modified-since") == headers["Last-Modified"]
    return Reply(status=304, headers=headers) if known else Reply(body=body, headers=headers)


def _html(body: bytes, status: int = 200) -> Reply:
    return Reply(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
