"""Find where on a page a text stands, so that it can be read there to the letter."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from crawler.extract.judge import words
from crawler.extract.paragraphs import Paragraph, paragraphs

_NODE_LETTERS = 20  # a shorter text may stand anywhere
_LONG = 100
_MOST = 0.9  # of the letters or words: of a few the reader and trafilatura judge differently
_MORE, _FEW = 1.25, 20  # how many words a place may hold beyond the text that was looked for


def read_in_place(tree: HtmlElement, told: Sequence[Paragraph]) -> list[Paragraph]:
    """Return what the page `tree` shows where the text `told` stands, or `told` when that is another text.

    Whoever told it has left out short list items, figures or headings, and joined or split paragraphs; the smallest
    element that holds most of it has them all, between its first paragraph and its last. It is believed when it holds
    the text and little else.
    """
    text = "".join(_letters(one.text) for one in told)
    place = _place(tree, text)
    if place is None:
        return list(told)
    shown = _between(paragraphs(place), text)
    said, there = (Counter(words(" ".join(one.text for one in texts))) for texts in (told, shown))
    holds = (said & there).total() >= _MOST * said.total()
    return shown if holds and there.total() <= _MORE * said.total() + _FEW else list(told)


def _between(shown: list[Paragraph], text: str) -> list[Paragraph]:
    """Return the paragraphs from the first to the last that stand in `text`: around them are dates, leads and links.

    The first is a long one; headlines have dates and leads after them. Shorter ones before it count if they are told.
    """
    told = [n for n, one in enumerate(shown) if len(start := _letters(one.text)[:_NODE_LETTERS]) > 1 and start in text]
    first = next((n for n in told if len(shown[n].text) >= _LONG), len(shown))
    return [one for n, one in enumerate(shown) if n in told or first < n < told[-1]]


def _place(tree: HtmlElement, text: str) -> HtmlElement | None:
    """Return the innermost element that holds most of `text` (letters without blanks), if any of it is found."""
    weights: defaultdict[HtmlElement, int] = defaultdict(int)
    depths: dict[HtmlElement, int] = {}
    total = 0
    for element, size in _found(tree, text):
        total += size
        around = [element, *element.iterancestors()]
        for depth, one in enumerate(reversed(around)):
            weights[one] += size
            depths[one] = depth
    holding = (one for one, weight in weights.items() if weight >= _MOST * total)
    return max(holding, key=depths.__getitem__, default=None)


def _found(tree: HtmlElement, text: str) -> Iterator[tuple[HtmlElement, int]]:
    """Yield the elements whose own texts stand in `text`, with how many letters."""
    for element in tree.iter():
        for own in (element.text, *(child.tail for child in element)):
            letters = _letters(own or "")
            if len(letters) >= _NODE_LETTERS and letters in text:
                yield element, len(letters)


def _letters(text: str) -> str:
    return "".join(text.split())
