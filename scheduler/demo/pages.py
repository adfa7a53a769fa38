"""Pages, feeds and sitemaps of an invented agency, in the layout of a family that real agencies use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from string import Template

from archive.story import iso
from archive.text.dates import TEHRAN, jalali, jalali_long
from archive.text.jalali import PERSIAN_DIGITS
from archive.text.letters import HALF_SPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class WireStory:
    """A story as the wire has it: what a crawl should bring home, to the letter."""

    id: int
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    published: datetime
    modified: datetime
    kicker: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a family's agencies lay out their site; `{id}` and `{slug}` stand in `story`.

    `half_space` is how their editor writes one inside a body: the letter itself, or an entity.
    """

    template: str
    story: str
    feed: str
    sitemap: str
    archive: str = ""
    half_space: str = HALF_SPACE

    def path(self, story: WireStory) -> str:
        """Return the path of a story's page."""
        return self.story.format(id=story.id, slug="-".join(story.title.replace(HALF_SPACE, "-").split()))


LAYOUTS = {
    "nastooh": Layout(
        template="nastooh.html",
        story="/news/{id}/{slug}",
        feed="/rss",
        sitemap="/sitemap/news/sitemap.xml",
        archive="/archive?pi={page}&ms=0&dy={day}&mn={month}&yr={year}",
    ),
    "iran-samaneh": Layout(
        template="iran-samaneh.html",
        story="/fa/news/{id}/{slug}",
        feed="/fa/rss/allnews",
        sitemap="/fa-sitemap-news",
        archive="/fa/archive?pi={page}&dy={day}&mn={month}&yr={year}",
        half_space="&zwnj;",
    ),
}


def page(layout: Layout, story: WireStory, others: Sequence[WireStory], *, name: str, home: str) -> bytes:
    """Return the page of a story, with menus, `others` as related stories, and the comment form around it."""
    address = home.rstrip("/") + layout.path(story)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published.astimezone(TEHRAN).isoformat(),
        "dateModified": story.modified.astimezone(TEHRAN).isoformat(),
    }
    numeric = f"{jalali(story.published)} - {story.published.astimezone(TEHRAN):%H:%M}".translate(PERSIAN_DIGITS)
    values = {
        "name": name,
        "address": address,
        "id": str(story.id),
        "kicker": story.kicker,
        "title": story.title,
        "lead": story.lead,
        "section": story.section,
        "keywords": ",".join(story.tags),
        "published": iso(story.published),
        "modified": iso(story.modified),
        "when": jalali_long(story.published),
        "when_numeric": numeric,
        "id_persian": str(story.id).translate(PERSIAN_DIGITS),
    }
    markup = {
        "body": "\n".join(f"<p>{escape(one).replace(HALF_SPACE, layout.half_space)}</p>" for one in story.paragraphs),
        "tags": "\n".join(f'<li><a class="tags_item" href="/tag">{escape(tag)}</a></li>' for tag in story.tags),
        "related": "\n".join(
            f'<li><a href="{escape(layout.path(one))}">{escape(one.title)}</a></li>' for one in others
        ),
        "data": json.dumps(data, ensure_ascii=False).replace("</", "<\\/"),
    }
    template = Template(files(__package__).joinpath(layout.template).read_text("utf-8"))
    return template.substitute({key: escape(value) for key, value in values.items()} | markup).encode()


def front(layout: Layout, stories: Sequence[WireStory], *, name: str) -> bytes:
    """Return the home page: titles and leads of the newest stories, and no story itself."""
    rows = "".join(
        f'<li><h3><a href="{escape(layout.path(story))}">{escape(story.title)}</a></h3><p>{escape(story.lead)}</p></li>'
        for story in stories
    )
    return (
        f'<!DOCTYPE html><html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta property="og:type" content="website"></head><body><h1>{escape(name)}</h1><ul>{rows}</ul></body></html>'
    ).encode()


def day_list(layout: Layout, stories: Sequence[WireStory], others: Sequence[WireStory], *, name: str) -> bytes:
    """Return a page of the day archive: `stories` with their dates, and `others` of other days among them."""
    rows = "".join(
        f'<li class="news"><h3><a href="{escape(layout.path(story))}">{escape(story.title)}</a></h3>'
        f'<time datetime="{iso(story.published)}">{jalali_long(story.published)}</time></li>'
        for story in (*others, *stories)
    )
    return (
        f'<!DOCTYPE html><html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>بایگانی {escape(name)}</title>'
        f"</head><body><h1>بایگانی</h1><ul>{rows}</ul></body></html>"
    ).encode()


def feed(layout: Layout, stories: Sequence[WireStory], *, name: str, home: str) -> bytes:
    """Return an RSS 2.0 feed of `stories`."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(home.rstrip('/') + layout.path(story))}</link>"
        f"<description>{escape(story.lead)}</description><guid isPermaLink='false'>{story.id}</guid>"
        f"<pubDate>{format_datetime(story.published.astimezone(UTC), usegmt=True)}</pubDate></item>"
        for story in stories
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(name)}</title>'
        f"<link>{home}</link><description>{escape(name)}</description>{items}</channel></rss>"
    ).encode()


def sitemap(layout: Layout, stories: Sequence[WireStory], *, name: str, home: str) -> bytes:
    """Return a news sitemap of `stories`."""
    rows = "".join(
        f"<url><loc>{escape(home.rstrip('/') + layout.path(story))}</loc><lastmod>{iso(story.modified)}</lastmod>"
        f"<news:news><news:publication><news:name>{escape(name)}</news:name><news:language>fa</news:language>"
        f"</news:publication><news:publication_date>{iso(story.published)}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    ).encode()
