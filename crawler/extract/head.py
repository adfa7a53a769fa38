"""What a page says of itself in its head: metas, links, JSON-LD."""

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from archive.text.letters import clean

_ARTICLES = frozenset({"NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "OpinionNewsArticle",
                       "LiveBlogPosting", "AnalysisNewsArticle", "Report"})  # fmt: skip
_DEPTH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The metas by their name or property (lower case), links by their rel, and the article of the JSON-LD."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    article: dict[str, Any] = field(default_factory=dict)
    title: str = ""

    def meta(self, *names: str) -> str:
        """Return the first meta of these names that says anything."""
        return next((said for name in names for said in self.metas.get(name, ()) if said), "")

    def says(self, *keys: str) -> str:
        """Return the text that the JSON-LD article gives for the first of `keys` that it knows."""
        return next((said for one in keys if (said := _text(self.article.get(one)))), "")

    def author(self) -> str:
        """Return who wrote the article, when it is a person: agencies name themselves there."""
        said = self.article.get("author")
        people = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
        return _text([one for one in people if one.get("@type") == "Person"])


def read_head(tree: HtmlElement) -> Head:
    """Return what the head of a page says."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        for name in {meta.get("property"), meta.get("name"), meta.get("itemprop")} - {None}:
            metas.setdefault(str(name).lower(), []).append(clean(meta.get("content", "")))
    links: dict[str, str] = {}
    for link in tree.iter("link"):
        for rel in link.get("rel", "").lower().split():
            links.setdefault(rel, clean(link.get("href", "")))
    title = tree.find(".//title")
    return Head(
        metas=metas, links=links, article=_article(tree), title=clean(title.text_content()) if title is not None else ""
    )


def _article(tree: HtmlElement) -> dict[str, Any]:
    """Return the first article of the page's JSON-LD blocks."""
    for script in _SCRIPTS(tree):
        try:
            found = json.loads(script.strip().removeprefix("<![CDATA[").removesuffix("]]>"), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found, _DEPTH):
            kinds = node.get("@type")
            if _ARTICLES & set(kinds if isinstance(kinds, list) else [str(kinds)]):
                return node
    return {}


_SCRIPTS = etree.XPath("//script[contains(@type, 'ld+json')]/text()")


def _nodes(found: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield found
        found = found.get("@graph", [])
    if isinstance(found, list) and depth:
        for one in found:
            yield from _nodes(one, depth - 1)


def _text(said: object) -> str:
    match said:
        case str():
            return clean(html.unescape(said))
        case dict():
            return _text(said.get("name") or said.get("@id") or said.get("url"))
        case list():
            return ", ".join(filter(None, map(_text, said)))
        case _:
            return ""
