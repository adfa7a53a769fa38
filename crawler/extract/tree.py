"""Parse a page once, and find elements in it by CSS selectors."""

from collections.abc import Sequence
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.errors import AgencyError
from archive.text.letters import clean
from crawler.extract.paragraphs import paragraphs


def parse(text: str) -> HtmlElement | None:
    """Return the tree of a page's text, or None when there is nothing to parse.

    `huge_tree` because pages with unclosed tags nest deeper than the parser's 256 levels, below which everything
    would be lost without a word; size is bounded by what was fetched, time and memory by the worker.
    """
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # no element at all
        return None


def find(tree: HtmlElement, selectors: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of the first selector that matches any."""
    for selector in selectors:
        if found := _compiled(selector)(tree):
            return list(found)
    return []


def find_all(tree: HtmlElement, selectors: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of all selectors."""
    return [element for selector in selectors for element in _compiled(selector)(tree)]


def value(element: HtmlElement) -> str:
    """Return what an element says: the content of a meta, the value of a field, the moment of a time, else its text."""
    attribute = _SAYS_BY_ATTRIBUTE.get(str(element.tag))
    said = element.get(attribute, "") if attribute else ""
    if said or element.tag in _SAYS_BY_ATTRIBUTE_ONLY:
        return clean(said)
    return " ".join(one.text for one in paragraphs(element))


def first_value(tree: HtmlElement, selectors: Sequence[str]) -> str | None:
    """Return what the first element that says anything says, selector by selector; None when none of them matches."""
    matched = False
    for selector in selectors:
        for element in _compiled(selector)(tree):
            matched = True
            if said := value(element):
                return said
    return "" if matched else None


_SAYS_BY_ATTRIBUTE = {"meta": "content", "input": "value", "time": "datetime", "data": "value"}
_SAYS_BY_ATTRIBUTE_ONLY = frozenset({"meta", "input"})


@lru_cache(maxsize=2000)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except Exception as error:  # cssselect is not ours to import: its errors are known by what they say
        raise AgencyError("selector", selector, str(error)) from error
