"""Read an element as a reader does: the paragraphs it shows, in order, without what only stands between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.etree import _Element as Element

from archive.text.letters import clean
from crawler.footer import is_related_heading

_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hgroup hr li main ol p pre section summary table tbody td tfoot th thead tr ul
    cell head item lb list quote row
    """.split()  # the last line: trafilatura's own names
)
_CELLS = frozenset({"td", "th", "cell"})
_ROWS = frozenset({"tr", "row"})
_NOT_TEXT = frozenset(
    """
    applet audio base button canvas datalist dialog embed form frameset iframe input link map math menu meta
    meter nav noscript object optgroup option output progress script select source style svg template textarea title
    track video
    """.split()
)
# Boxes inside a story that are no story, by the words of their class or id: seen in Nastooh, Iran Samaneh and Asam
# pages. A box that holds most of the text is no box.
_BOX = re.compile(
    r"(?:^|[-_\s])(?:rel[ae]ted?(?:s|news|items?)?|more-?news|read-?(?:also|more)|see-?also|suggest(?:ion|ed)?s?|"
    r"recommend(?:ed|ation)?s?|similar|adv?|ads|advert\w*|promo|sponsor\w*|share|sharing|social|tags?|keywords?|"
    r"comments?|breadcrumbs?|short-?links?|tinyurl|newsletter|rating|toolbar)(?:$|[-_\s])|^hid(?:den|e)$",
    re.IGNORECASE,
)
_BOX_TAGS = frozenset({"aside", "div", "dl", "ol", "p", "section", "table", "ul", "blockquote", "center"})
# What belongs to a picture or a film: its words go even where they stand inline.
_OF_MEDIA = re.compile(
    r"(?:^|[-_\s])(?:captions?|img-?desc|image-?(?:desc|title)|photo-?desc|player|video-?js|jw-?player|plyr|mejs|aparat|"
    r"code_?video)(?:$|[-_\s])|^video$",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"(?:^|[-_\s])(?:img|images?|pic(?:ture)?s?|photos?|thumb(?:nail)?s?)(?:$|[-_\s])", re.IGNORECASE)
_FRAME_LETTERS = 200
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADING_LETTERS = 60
_HEADING_STEPS = 40  # tags up to a box's heading; a page may nest thousands
_CELL_LETTERS = 400  # longer cells hold the layout, not a table's figures
# A paragraph of these alone shows nothing.
_INVISIBLE = (
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}"
    "\N{RIGHT-TO-LEFT MARK}\N{LEFT-TO-RIGHT MARK} "
)
# Twice escaped in the agency's own editor; the reader was meant to see a half-space.
_TWICE = (("&zwnj;", "\N{ZERO WIDTH NON-JOINER}"), ("&nbsp;", " "), ("&amp;zwnj;", "\N{ZERO WIDTH NON-JOINER}"))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as printed; `linked` is the share of its letters that stand in links."""

    text: str
    linked: float = 0.0


def paragraphs(element: Element, drop: frozenset[Element] = frozenset()) -> list[Paragraph]:
    """Return the paragraphs of `element`, without those of `drop`, of boxes, captions, players and forms.

    Blocks and line breaks end a paragraph, list items and headings are paragraphs, a table row is one with its cells
    apart by blanks; inline elements join without one, so that no letter is added to or lost from a word.
    """
    page = _Page()
    length = _size(element)
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        if event == "end":
            page.leave(one)
            page.write("" if one is element else one.tail)
        elif one is not element and (one in drop or _is_not_text(one) or _is_box(one, length)):
            page.skipped.add(one)
            walk.skip_subtree()
        else:
            page.enter(one)
            page.write(one.text)
    page.end_paragraph()
    return page.found


@dataclass(slots=True)
class _Page:
    """What has been read so far, and where we stand."""

    found: list[Paragraph] = field(default_factory=list)
    skipped: set[Element] = field(default_factory=set)
    _parts: list[str] = field(default_factory=list)
    _linked: int = 0
    _links: int = 0
    _rows: list[Element] = field(default_factory=list)

    def enter(self, one: Element) -> None:
        if one.tag in _BLOCKS:
            self._apart()
        if one.tag == "a":
            self._links += 1
        elif one.tag in _ROWS and _is_row(one):
            self._rows.append(one)

    def leave(self, one: Element) -> None:
        if one in self.skipped:
            if one.tag in _BLOCKS:
                self._apart()
            return
        if one.tag == "a":
            self._links -= 1
        elif self._rows and one is self._rows[-1]:
            self._rows.pop()
        if one.tag in _BLOCKS:
            self._apart()

    def write(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            if self._links:
                self._linked += len(text.strip())

    def _apart(self) -> None:
        """Keep blocks apart: by a blank inside a table's row, else by ending the paragraph."""
        if self._rows:
            self._parts.append(" ")
        else:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        text = "".join(self._parts)
        for written, meant in _TWICE if "&" in text else ():
            text = text.replace(written, meant)
        if (text := clean(text)).strip(_INVISIBLE):
            self.found.append(Paragraph(text, min(1.0, self._linked / len(text))))
        self._parts.clear()
        self._linked = 0


def _is_row(row: Element) -> bool:
    """Whether a table's row holds figures side by side, and is not the layout of a page."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    return len(cells) > 1 and all(len("".join(cell.itertext())) < _CELL_LETTERS for cell in cells)


def _is_not_text(one: Element) -> bool:
    if not isinstance(one.tag, str) or one.tag in _NOT_TEXT:
        return True
    if one.tag == "figcaption" or (one.tag == "figure" and one.find(".//table") is None):
        return one.find(".//blockquote") is None
    return one.get("hidden") is not None or bool(_UNSEEN.search(one.get("style", "")))


def _is_box(one: Element, length: int) -> bool:
    """Whether an element is a box beside the story of `length` letters: by its name, its heading, or as links only."""
    if one.tag == "aside" and _linked(one, _size(one)):
        return True
    if one.tag in _BOX_TAGS and (_is_named(one, _BOX) or _headed_as_box(one)):
        size = _size(one)
        return size * 2 <= length or (size < length and _linked(one, size))
    if _is_named(one, _OF_MEDIA):
        return _size(one) * 2 <= length
    return _is_named(one, _PICTURE) and _is_frame(one) and _size(one) * 2 <= length


def _size(one: Element) -> int:
    """Return how many letters an element holds."""
    return len(" ".join(one.itertext()))


def _headed_as_box(one: Element) -> bool:
    """Whether an element begins with «بیشتر بخوانید» or the like, and leads elsewhere."""
    steps = islice(etree.iterwalk(one, events=("start", "end")), _HEADING_STEPS)
    texts = (step.text if event == "start" else step.tail for event, step in steps)
    first = next((text for text in texts if text and text.strip()), "")
    if len(first) >= _HEADING_LETTERS or not is_related_heading(first) or next(one.iter("a"), None) is None:
        return False
    return (one.tag != "p" and is_related_heading(first, surely=True)) or _linked(one, _size(one) - len(first))


def _is_named(one: Element, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for name in _names(one))


def _names(one: Element) -> Iterator[str]:
    yield from one.get("class", "").split()
    yield one.get("id", "")


def _is_frame(one: Element) -> bool:
    """Whether an element is a frame around a picture: what little it says is the picture's."""
    return next(one.iter("img"), None) is not None and _size(one) < _FRAME_LETTERS


def _linked(one: Element, size: int) -> bool:
    """Whether most of an element's letters stand in links."""
    return sum(len("".join(link.itertext())) for link in one.iter("a")) * 2 > size
