"""Let the family's rule and trafilatura look at one page, and say which of them is believed."""

import re
from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from archive.text.letters import HALF_SPACE, fold
from crawler.extract.paragraphs import Paragraph

_WORD = re.compile(r"[^\W_]+")
# trafilatura takes over only when it has a real text of which the rule has hardly anything.
_REAL_WORDS = 60
_SHARE_MISSED = 0.2
_LINKED_SHARE = 0.4


def words(text: str) -> list[str]:
    """Return the words of a text to compare by: folded, without half-spaces, which trafilatura loses."""
    return _WORD.findall(fold(text).replace(HALF_SPACE, ""))


def agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how much two texts are the same: F1 of their words, 0 to 1."""
    if not one or not other:
        return 0.0
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def overruled(rule: Sequence[Paragraph], generic: str, tree: HtmlElement) -> bool:
    """Whether trafilatura's text `generic` should replace what the rule found in `tree`.

    It should when the rule found next to nothing of a text that is a story by its length and no list of links;
    otherwise the rule knows the site better.
    """
    found, ours = words(generic), words(" ".join(one.text for one in rule))
    if len(found) < _REAL_WORDS or len(ours) > _SHARE_MISSED * len(found):
        return False
    return agreement(ours, found) < _SHARE_MISSED and not is_list(generic.split("\n"), tree)


def is_list(lines: Sequence[str], tree: HtmlElement) -> bool:
    """Whether the lines of a text are mostly those of links in `tree`: a list of stories, not a story."""
    links = {" ".join(words("".join(link.itertext()))) for link in tree.iter("a")}
    by_line = [words(line) for line in lines]
    linked = sum(len(line) for line in by_line if " ".join(line) in links)
    return linked > _LINKED_SHARE * sum(len(line) for line in by_line) > 0
