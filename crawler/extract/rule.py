"""Read a page by the rule of its family: CSS selectors from a TOML file, field by field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from lxml.html import HtmlElement

from archive.story import Image
from archive.text.letters import clean, fold
from crawler.agency import Agency, Family
from crawler.extract.head import Head
from crawler.extract.paragraphs import Paragraph, paragraphs
from crawler.extract.tree import Part, find, find_all, first_value, value
from crawler.footer import key

# Where any page says it, if its family has no rule or its rule finds nothing.
ANY = Family(
    name="any",
    title=("h1[itemprop=headline]", "article h1"),
    lead=("meta[property='og:description']", "meta[name=description]"),
    section=("meta[property='article:section']",),
    tags=("meta[property='article:tag']", "meta[name=keywords]"),
    images=("meta[property='og:image']",),
    published=("time[itemprop=datePublished]", "time[pubdate]", "article time[datetime]"),
    short_link=("link[rel=shortlink]",),
)
# No story has so many tags or pictures; a page of links may.
MANY = 500
_SEPARATORS = re.compile(r"[,،]")
_DIGITS = re.compile(r"\d{4,20}")
_NO_PICTURE = re.compile(r"^data:|blank\.|spacer|pixel|loading|/ads?/|/adv/|\.svg$|barcode|captcha", re.IGNORECASE)
_TAG_HEADINGS = frozenset({"برچسب ها", "برچسب ها:", "برچسب ها :", "برچسب:", "برچسب"})
_PICTURE_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A page and what reads it: its tree, head, address, the agency and the family's rule."""

    tree: HtmlElement
    head: Head
    url: str
    agency: Agency
    rule: Family

    @cached_property
    def whole(self) -> Part:
        """The page, ready to be asked for many selectors."""
        return Part(self.tree)

    @cached_property
    def body(self) -> HtmlElement | None:
        """The element of the story: of those that the rule finds, the one with the most text."""
        return max(find(self.whole, self.rule.body), key=lambda one: len(one.text_content()), default=None)

    @cached_property
    def shown(self) -> str:
        """All that the page shows, on one line."""
        return " ".join(one.text for one in paragraphs(self.tree))

    @cached_property
    def around(self) -> Part:
        """The part of the page that belongs to the story: around its body, up to where its title stands."""
        selectors = [one for one in self.rule.title if not one.startswith("meta")]
        around = {} if self.body is None else {one: depth for depth, one in enumerate(self.body.iterancestors())}
        shared = [around[up] for one in find_all(self.whole, selectors) for up in one.iterancestors() if up in around]
        return self.whole.within(list(around)[min(shared)]) if shared else self.whole

    def paragraphs(self) -> list[Paragraph]:
        """Return the paragraphs of the body, without what family and agency say is no story."""
        if self.body is None:
            return []
        dropped = find_all(self.whole.within(self.body), (*self.rule.drop, *self.agency.drop))
        return paragraphs(self.body, frozenset(dropped))

    def title(self) -> str:
        """Return the headline: the rule's, else what the head says, as the page's own h1 prints it where they agree."""
        if said := first_value(self.around, self.rule.title or ANY.title):
            return said
        told = self.head.meta("og:title", "twitter:title", "dc.title") or self.head.says("headline", "headLine")
        told = told or self.head.title
        printed = [
            text for one in self.tree.iter("h1") if len(text := value(one)) >= _HEADLINE and key(text) in key(told)
        ]
        return max(printed, key=len, default=told)

    def text(self, field: str) -> str:
        """Return what a field says near the story, else anywhere; other stories' kickers and leads are not asked."""
        selectors: Sequence[str] = getattr(self.rule, field)
        near = (first_value(self.whole if one.startswith("meta") else self.around, [one]) for one in selectors)
        far = () if field in _OF_THIS_STORY else selectors
        return next(filter(None, near), None) or first_value(self.whole, far) or ""

    def tags(self) -> tuple[str, ...]:
        """Return the tags as the page gives them: by the first selector that finds any element, even an empty one."""
        found = find(self.whole, self.rule.tags) or find(self.whole, ANY.tags)
        said = [clean(tag).lstrip("#") for one in found for tag in _split(one)]
        return tuple(tag for tag in said if tag and key(tag) not in _TAG_HEADINGS)[:MANY]

    def images(self) -> tuple[Image, ...]:
        """Return the pictures of the story with their captions; the page's chosen one when it shows none."""
        body = [] if self.body is None else list(self.body.iter("img"))
        pictures = self._images([*find_all(self.around, self.rule.images), *body])
        return pictures or self._images(find(self.whole, ANY.images)[:1])

    def story_id(self) -> str | None:
        """Return the story's code as the page prints it («کد خبر»), if it does."""
        found = _DIGITS.search(fold(self.text("story_id")))
        return found[0] if found else None

    def short_link(self) -> str:
        """Return the story's short address, absolute, if the page gives one."""
        for one in find(self.whole, (*self.rule.short_link, *ANY.short_link)):
            said = clean(one.get("href") or one.get("data-clipboard-text") or value(one))
            if "/" in said and " " not in said:
                return self.absolute(said)
        return ""

    def absolute(self, address: str) -> str:
        """Return `address` as the page means it; agencies print their own host without a scheme."""
        if self.agency.owns("//" + address):
            address = "https://" + address
        try:
            return urljoin(self.url or self.agency.home, address)
        except ValueError:  # "http://[" and the like
            return ""

    def _images(self, elements: Sequence[HtmlElement]) -> tuple[Image, ...]:
        found: dict[str, Image] = {}
        for one in elements:
            names = ("content",) if one.tag == "meta" else _PICTURE_SOURCES
            source = next((said for name in names if (said := clean(one.get(name, "")))), "")
            if source and not _NO_PICTURE.search(source):
                url = self.absolute(source)
                found.setdefault(url, Image(url=url, caption=self._caption(one)))
        return tuple(found.values())[:MANY]

    def _caption(self, picture: HtmlElement) -> str:
        figure = next(picture.iterancestors("figure"), None)
        captions = [] if figure is None else find(figure, ("figcaption", *self.rule.caption))
        return " ".join(one.text for one in paragraphs(captions[0])) if captions else ""


# Lists of other stories have these too, so that one found elsewhere on the page may be theirs.
_OF_THIS_STORY = frozenset({"kicker", "lead", "byline"})
_HEADLINE = 10  # letters: a shorter h1 is a site's name


def _split(one: HtmlElement) -> list[str]:
    return _SEPARATORS.split(value(one)) if one.tag == "meta" else [value(one)]
