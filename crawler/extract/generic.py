"""The story of any page, by trafilatura: the only module that knows it.

It deletes every half-space (`str.isprintable` is its test of a letter), so they travel through it disguised as
letters that the page does not have.
"""

import re

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.paragraphs import Paragraph, paragraphs
from crawler.extract.place import read_in_place
from crawler.extract.tree import parse

# What it would delete and readers see or need: half-spaces, joiners, direction marks, soft hyphens.
_INVISIBLE = (
    ("\N{ZERO WIDTH NON-JOINER}", "zwnj"),
    ("\N{ZERO WIDTH JOINER}", "zwj"),
    ("\N{LEFT-TO-RIGHT MARK}", "lrm"),
    ("\N{RIGHT-TO-LEFT MARK}", "rlm"),
    ("\N{SOFT HYPHEN}", "shy"),
    ("\N{ZERO WIDTH SPACE}", "ZeroWidthSpace"),
)
# Letters of scripts no news page is written in; the first ones that a page does not have are taken.
_DISGUISES = [chr(code) for code in (*range(0xA4D0, 0xA4F8), *range(0x1401, 0x1440))]


def words_of(tree: HtmlElement) -> str:
    """Return what trafilatura is sure of, half-spaces lost: enough to judge by.

    In its precision mode, since the others fall back on all the text of a page rather than find nothing.
    """
    found = _extract(tree, sure=True)
    return "" if found is None else "\n".join(found.itertext())


def story_of(text: str) -> list[Paragraph]:
    """Return the paragraphs trafilatura finds in a page's `text` (as `decode` gives it), half-spaces and all."""
    absent = [letter for letter in _DISGUISES if letter not in text][: len(_INVISIBLE)]
    if len(absent) < len(_INVISIBLE):
        return []
    back = {}
    for (invisible, name), disguise in zip(_INVISIBLE, absent, strict=True):
        code = ord(invisible)
        text = re.sub(rf"&(#0*{code}|#x0*{code:x}|{name});", disguise, text, flags=re.IGNORECASE)
        text, back[ord(disguise)] = text.replace(invisible, disguise), invisible
    tree = parse(text)
    found = None if tree is None else _extract(tree, sure=False)
    if tree is None or found is None:
        return []
    told = read_in_place(tree, paragraphs(found))
    return [Paragraph(one.text.translate(back), one.linked) for one in told]


def _extract(tree: HtmlElement, *, sure: bool) -> etree._Element | None:
    """Return the story's element in trafilatura's own tags; it works on a copy of `tree`."""
    import trafilatura  # noqa: PLC0415 - most crawls never need it, nor its 15 MiB

    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, fast=sure, favor_precision=sure)
    except (RecursionError, AssertionError, AttributeError, IndexError, KeyError):
        return None  # seen on trees no browser would show either
    body: etree._Element | None = getattr(found, "body", None)
    return body
