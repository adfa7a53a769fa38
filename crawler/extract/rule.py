"""Read a page by the rule of its family: CSS selectors from a TOML file, field by field."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.html import HtmlElement

from archive.story import Image
from archive.text.letters import clean, fold
from crawler.agency import Agency, Family
from crawler.extract.head import Head
from crawler.extract.paragraphs import Paragraph, paragraphs
from crawler.extract.tree import find, find_all, first_value, value

# Where any page says it, if its family has no rule or its rule finds nothing.
ANY = Family(
    name="any",
    title=("h1[itemprop=headline]", "meta[property='og:title']", "h1"),
    lead=("meta[property='og:description']", "meta[name=description]"),
    section=("meta[property='article:section']",),
    tags=("meta[property='article:tag']", "meta[name=keywords]"),
    images=("meta[property='og:image']",),
    published=("time[itemprop=datePublished]", "time[pubdate]", "article time[datetime]"),
    short_link=("link[rel=shortlink]",),
)
_SEPARATORS = re.compile(r"[,،;؛|]")
_DIGITS = re.compile(r"\d{4,20}")
_NO_PICTURE = re.compile(r"^data:|blank\.|spacer|pixel|loading|/ads?/|/adv/|\.svg$|barcode|captcha", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A page and what reads it: its tree, head, address, the agency and the family's rule."""

    tree: HtmlElement
    head: Head
    url: str
    agency: Agency
    rule: Family

    def text(self, field: str) -> str:
        """Return what a field says; a rule that finds its element, even an empty one, is believed."""
        selectors = getattr(self.rule, field)
        if find(self.tree, selectors):
            return first_value(self.tree, selectors)
        return first_value(self.tree, getattr(ANY, field)) if self.rule is ANY or field in _ALWAYS else ""

    def body(self) -> tuple[HtmlElement | None, list[Paragraph]]:
        """Return the element of the story and its paragraphs: the fullest one that the rule finds."""
        drop = frozenset(find_all(self.tree, (*self.rule.drop, *self.agency.drop)))
        read = [(one, paragraphs(one, drop)) for one in find(self.tree, self.rule.body)]
        return max(read, key=lambda pair: sum(len(one.text) for one in pair[1]), default=(None, []))

    def tags(self) -> tuple[str, ...]:
        """Return the tags as the page gives them, in its order."""
        found = find(self.tree, self.rule.tags) or find(self.tree, ANY.tags)
        said = [clean(tag).lstrip("#") for one in found for tag in _split(one)]
        return tuple(tag for tag in said if tag and tag not in _TAG_HEADINGS)

    def images(self, body: HtmlElement | None) -> tuple[Image, ...]:
        """Return the pictures of the story with their captions; the page's chosen one when it shows none."""
        shown = [*find_all(self.tree, self.rule.images), *([] if body is None else body.iter("img"))]
        pictures = [self._image(one) for one in shown] or [self._image(one) for one in find(self.tree, ANY.images)[:1]]
        return tuple({one.url: one for one in reversed(pictures) if one}.values())[::-1]

    def story_id(self) -> str | None:
        """Return the story's code as the page prints it («کد خبر»), if it does."""
        found = _DIGITS.search(fold(first_value(self.tree, self.rule.story_id)))
        return found[0] if found else None

    def link(self, field: str) -> str:
        """Return the address that a field gives, absolute."""
        for one in find(self.tree, getattr(self.rule, field)) or find(self.tree, getattr(ANY, field)):
            if said := (one.get("href") or one.get("data-clipboard-text") or one.get("value") or value(one)).strip():
                return self.absolute(said if "/" in said and " " not in said else "")
        return ""

    def absolute(self, address: str) -> str:
        """Return `address` as the page means it; agencies print their own host without a scheme."""
        if not address:
            return ""
        if self.agency.owns("//" + address):
            address = "https://" + address
        try:
            return urljoin(self.url or self.agency.home, address)
        except ValueError:  # "http://[" and the like
            return ""

    def _image(self, one: HtmlElement) -> Image | None:
        names = ("content",) if one.tag == "meta" else ("data-src", "data-original", "data-lazy-src", "src", "href")
        source = next((said for name in names if (said := one.get(name, "").strip())), "")
        if not source or _NO_PICTURE.search(source):
            return None
        return Image(url=self.absolute(source), caption=self._caption(one))

    def _caption(self, picture: HtmlElement) -> str:
        figure = next(picture.iterancestors("figure"), None)
        found = find(figure, ("figcaption", *self.rule.caption)) if figure is not None else []
        return value(found[0]) if found else ""


_ALWAYS = frozenset({"title", "section"})
_TAG_HEADINGS = frozenset({"برچسب‌ها", "برچسب ها", "برچسب‌ها:", "برچسب ها:", "برچسب:"})


def _split(one: HtmlElement) -> list[str]:
    return _SEPARATORS.split(value(one)) if one.tag == "meta" else [value(one)]
