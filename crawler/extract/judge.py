"""Let the family's rule and trafilatura look at one page, and say which of them is believed."""

import re
from collections.abc import Callable

from lxml import etree
from lxml.html import HtmlElement

from archive.text.letters import HALF_SPACE, fold

_WORD = re.compile(r"[^\W_]+")
# trafilatura takes over only with a text as long as a story, of which the rule has a small part; a few words will do
# where the rule has none.
_REAL_WORDS, _FEW_WORDS = 60, 25
_SMALL_PART = 0.3
# A text of which half the headline's words are found in it is about the headline.
_ABOUT = 0.5
_LINKED_SHARE = 0.4


def words(text: str) -> list[str]:
    """Return the words of a text to compare by: folded, without half-spaces, which trafilatura loses."""
    return _WORD.findall(fold(text).replace(HALF_SPACE, ""))


def about(text: str, title: str) -> float:
    """Return how many of the headline's words stand in `text`, 0 to 1; words of one or two letters do not count."""
    said = {word for word in words(title) if len(word) > 2}  # noqa: PLR2004 - و, از, به, در, که are in every text
    return len(said & set(words(text))) / len(said) if said else 0.0


def overruled(told: str, title: str, generic: Callable[[], str], tree: HtmlElement) -> bool:
    """Whether the text of `generic` should replace the one that a family's rule `told` of the page `tree`.

    It should when it is about the headline and the rule's is not: the site has changed its layout. A rule whose text
    is about the headline vouches for itself, and so does one beside which the page has not enough text for another;
    then `generic` is not asked: that would cost more than all the rest.
    """
    if (ours := about(told, title)) >= _ABOUT or _letters(told) > _SMALL_PART * _most(tree):
        return False
    found = " ".join(words(generic())).replace(" ".join(words(title)), "")  # the headline itself proves nothing
    count = len(found.split())
    if count < (_REAL_WORDS if told else _FEW_WORDS) or len(words(told)) > _SMALL_PART * count:
        return False
    return about(found, title) >= max(_ABOUT, 2 * ours) and not is_list(found, tree)


def _most(tree: HtmlElement) -> float:
    """Return how many letters a text of the page `tree` can have that is not mostly made of its links."""
    rest = _letters(str(_TEXT(tree))) - _letters("".join(_ASIDE(tree)))
    return rest / (1 - _LINKED_SHARE - _MARGIN)


# Text that is no story's: scripts, and links. What a list leads to has short headlines; a longer link was never closed.
_TEXT = etree.XPath("string(.)", smart_strings=False)
_ASIDE = etree.XPath("(//script | //style | //a[string-length() < 300])//text()", smart_strings=False)
_MARGIN = 0.1  # of what is linked: words are of different lengths


def _letters(text: str) -> int:
    """Return how many letters a text has, blanks left out."""
    return len("".join(text.split()))


def is_list(text: str, tree: HtmlElement) -> bool:
    """Whether a text is mostly made of the longer links of `tree`: a list of stories, not a story."""
    found = " ".join(words(text))
    links = {" ".join(words("".join(link.itertext()))) for link in tree.iter("a")}
    linked = sum(len(link) for link in links if link.count(" ") >= _LINK_BLANKS and link in found)
    return linked > _LINKED_SHARE * len(found) > 0


_LINK_BLANKS = 3  # headlines have four words and more
