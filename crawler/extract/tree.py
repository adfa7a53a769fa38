"""Parse a page once, and find elements in it by CSS selectors."""

import re
from collections.abc import Sequence
from copy import copy
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.errors import AgencyError
from archive.text.letters import clean
from crawler.extract.paragraphs import paragraphs

# A selector that begins with a class, and goes on to elements below only: not beside, nor with other beginnings.
_BEGINS = re.compile(r"\.(-?[A-Za-z_][\w-]*)(?![\w\\-])[^,+~\\]*", re.ASCII)
_NAME = re.compile(r"[^ \t\r\n]+")  # as XPath divides a class: at no other blanks
_FEW = 50  # elements of a class, in each of which a search is begun; the boxes of a list may be thousands


def parse(text: str) -> HtmlElement | None:
    """Return the tree of a page's text, or None when there is nothing to parse.

    `huge_tree` because pages with unclosed tags nest deeper than the parser's 256 levels, below which everything
    would be lost without a word; size is bounded by what was fetched, time and memory by the worker.
    """
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # lxml.html asks a function in Python what each element is to be, for methods of forms that nobody calls here.
    parser.set_element_class_lookup(_ALIKE)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # no element at all
        return None


_CLASSED = etree.XPath("//@class/..")  # a quarter less time than //*[@class]
_ALIKE = etree.ElementDefaultClassLookup(element=HtmlElement)


class Part:
    """A page, or a part of it, that is asked for many selectors: which elements have a class is found out once for all.

    Most selectors begin with a class, and XPath, which knows no index, would go through the page every time.
    """

    def __init__(self, tree: HtmlElement) -> None:
        """Look through `tree`, a whole page, which must not be changed."""
        self.tree = self._page = tree
        self._classed: list[HtmlElement] = _CLASSED(tree)
        alike: dict[str, list[int]] = {}
        for number, one in enumerate(self._classed):
            alike.setdefault(one.get("class", ""), []).append(number)
        self._by_class: dict[str, list[int]] = {}
        for said, numbers in alike.items():
            for name in {*_NAME.findall(said)}:
                self._by_class.setdefault(name, []).extend(numbers)

    def within(self, element: HtmlElement) -> "Part":
        """Return the part of the page that is `element` and what is in it."""
        part = copy(self)
        part.tree = element
        return part

    def select(self, selector: str) -> list[HtmlElement]:
        """Return the elements that match, in the order of the page; what is outside of the part is not seen."""
        begins = _BEGINS.fullmatch(selector)
        if begins is None:
            return list(_compiled(selector)(self.tree))
        numbers, alone = self._by_class.get(begins[1], ()), selector == f".{begins[1]}"
        if len(numbers) > _FEW and not (alone and self.tree is self._page):
            return list(_compiled(selector)(self.tree))
        first = [one for number in sorted(numbers) if self._has(one := self._classed[number])]
        if alone:
            return first
        seen: set[HtmlElement] = set()
        return [
            found
            for one in first
            if seen.isdisjoint(one.iterancestors()) and not seen.add(one)  # type: ignore[func-returns-value]
            for found in _compiled(selector)(one)
        ]

    def _has(self, element: HtmlElement) -> bool:
        return self.tree is self._page or element is self.tree or self.tree in element.iterancestors()


type Place = HtmlElement | Part


def find(place: Place, selectors: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of the first selector that matches any."""
    return next(filter(None, (_select(place, one) for one in selectors)), [])


def find_all(place: Place, selectors: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of all selectors."""
    return [element for selector in selectors for element in _select(place, selector)]


def value(element: HtmlElement) -> str:
    """Return what an element says: the content of a meta, the value of a field, the moment of a time, else its text."""
    attribute = _SAYS_BY_ATTRIBUTE.get(str(element.tag))
    said = element.get(attribute, "") if attribute else ""
    if said or element.tag in _SAYS_BY_ATTRIBUTE_ONLY:
        return clean(said)
    return " ".join(one.text for one in paragraphs(element))


def first_value(place: Place, selectors: Sequence[str]) -> str | None:
    """Return what the first element that says anything says, selector by selector; None when none of them matches."""
    matched = False
    for selector in selectors:
        for element in _select(place, selector):
            matched = True
            if said := value(element):
                return said
    return "" if matched else None


_SAYS_BY_ATTRIBUTE = {"meta": "content", "input": "value", "time": "datetime", "data": "value"}
_SAYS_BY_ATTRIBUTE_ONLY = frozenset({"meta", "input"})


def _select(place: Place, selector: str) -> list[HtmlElement]:
    return place.select(selector) if isinstance(place, Part) else list(_compiled(selector)(place))


@lru_cache(maxsize=2000)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except Exception as error:  # cssselect is not ours to import: its errors are known by what they say
        raise AgencyError("selector", selector, str(error)) from error
