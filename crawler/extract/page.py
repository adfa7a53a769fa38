"""Bytes of a page in, its story out: the one way through the rooms of extraction. Pure: no clock, file or network."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.duplicates.credit import find_credit
from archive.story import DateFound, Story
from archive.text.dates import best
from crawler.agency import Agency, agency_names
from crawler.extract import generic, moments
from crawler.extract.decode import decode
from crawler.extract.head import Head, read_head
from crawler.extract.judge import is_list, overruled, words
from crawler.extract.paragraphs import Paragraph
from crawler.extract.rule import ANY, Reader
from crawler.extract.tree import parse
from crawler.extract.verdict import Extract, Verdict, is_gone, mojibake, wall
from crawler.footer import is_footer, key, strip_footer, strip_related

_FEW_WORDS = 30  # a page with fewer may be a wall or a "not found"; a story with more may speak of captchas
_SHORT_PAGE = 1500  # letters that a wall shows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """The story as one of the two told it: whose, its element (None for trafilatura), its paragraphs."""

    speaker: str
    element: HtmlElement | None
    paragraphs: list[Paragraph]


def extract(
    body: bytes,
    agency: Agency,
    url: str = "",
    *,
    now: datetime,
    charset: str = "",
    announced: tuple[DateFound, ...] = (),
) -> Extract:
    """Return what a page is and its story, half-spaces and all; never raises for what a page holds.

    `body` are its decompressed bytes, `url` the address it was fetched from (empty: its canonical link), `charset` what
    the server declared, `announced` what feeds and sitemaps said of its dates.
    """
    text = decode(body, charset)
    tree = parse(text)
    if tree is None:
        return Extract(verdict=Verdict.EMPTY, reason="no markup")
    head = read_head(tree)
    page = Reader(tree=tree, head=head, url=address(agency, head, url), agency=agency, rule=agency.family or ANY)
    telling = _tell(page, text)
    if refused := _refuse(page, telling, url, text):
        return refused
    story = _story(page, telling, now, announced)
    return Extract(verdict=Verdict.EMPTY, reason="no text") if story is None else _judge(page, telling, story)


def address(agency: Agency, head: Head, url: str) -> str:
    """Return the address of a page: its canonical link if that is a story of the agency, else where it was fetched."""
    canonical = head.links.get("canonical", "")
    if agency.is_story(canonical):
        return canonical
    if url:
        return url
    said = (canonical, head.meta("og:url", "twitter:url"), head.says("url", "@id", "mainEntityOfPage"))
    owned = [one for one in said if one and agency.owns(one)]
    return next((one for one in owned if agency.is_story(one)), owned[0] if owned else "")


def _tell(page: Reader, text: str) -> _Telling:
    """Let the family's rule tell the story; trafilatura looks on, and tells it when the rule has nothing of it."""
    if not page.rule.body:
        return _Telling(speaker="trafilatura", element=None, paragraphs=generic.story_of(text))
    element, told = page.body()
    if overruled(told, generic.words_of(page.tree), page.tree):
        return _Telling(speaker="trafilatura", element=None, paragraphs=generic.story_of(text))
    return _Telling(speaker=page.rule.name, element=element, paragraphs=told)


def _refuse(page: Reader, telling: _Telling, url: str, text: str) -> Extract | None:
    """Return why there is no story to look for, or None; pages that show a story by their family's rule are believed."""
    told = len(words(" ".join(one.text for one in telling.paragraphs)))
    if told >= _FEW_WORDS and telling.element is not None:
        return None
    heading = f"{page.head.title} {page.text('title')}"
    if is_gone(heading):
        return Extract(verdict=Verdict.MISSING, reason=f"says: {heading.strip()[:80]}")
    canonical = page.head.links.get("canonical", "")
    if url and page.agency.is_story(url) and page.agency.owns(canonical) and _is_home(canonical):
        return Extract(verdict=Verdict.MISSING, reason="its canonical link is the home page")
    shown = " ".join(page.tree.text_content().split()) if told < _FEW_WORDS else ""
    if reason := wall(heading) or (shown and wall(text if len(shown) < _SHORT_PAGE else "")):
        return Extract(verdict=Verdict.BLOCKED, reason=reason)
    if shown and len(shown) < _SHORT_PAGE and is_gone(shown):
        return Extract(verdict=Verdict.MISSING, reason="says that there is no such story")
    if telling.element is None and is_list([one.text for one in telling.paragraphs], page.tree):
        return Extract(verdict=Verdict.EMPTY, reason="a list of links")
    return None


def _is_home(link: str) -> bool:
    return urlsplit(link).path.strip("/") in {"", "fa", "index", "home"}


def _story(page: Reader, telling: _Telling, now: datetime, announced: tuple[DateFound, ...]) -> Story | None:
    title, lead = page.text("title") or page.head.title, page.text("lead")
    related = strip_related([(one.text, one.linked) for one in telling.paragraphs])
    footers, heads = (*page.rule.footers, *page.agency.footers), (*page.rule.heads, *page.agency.heads)
    opening = () if telling.element is not None else _repeated(related.kept, title, lead)
    trimmed = strip_footer(related.kept[len(opening) :], footers=footers, heads=heads)
    kept = () if len(trimmed.kept) == 1 and is_footer(trimmed.kept[0], footers) else trimmed.kept
    if not (title or lead or kept):
        return None
    dates = (
        *moments.published(page.tree, page.head, page.rule.published, now),
        *announced,
    )
    chosen = best(dates)
    return Story(
        agency=page.agency.key,
        url=page.url,
        story_id=page.agency.story_id(page.url) or page.story_id(),
        kicker=page.text("kicker"),
        title=title,
        lead=lead,
        body="\n".join(kept),
        published=chosen.value if chosen else None,
        published_raw=(chosen or dates[0]).raw if dates else "",
        modified=moments.modified(page.head, now),
        dates=dates,
        byline=page.text("byline") or page.head.author(),
        section=page.text("section"),
        tags=page.tags(),
        images=page.images(telling.element),
        credit=find_credit([lead, *kept[:2]], agency_names()),
        short_link=page.link("short_link"),
        boilerplate=(*opening, *related.cut, *trimmed.cut, *(trimmed.kept if not kept else ())),
        extractor=telling.speaker,
    )


def _repeated(paragraphs: tuple[str, ...], title: str, lead: str) -> tuple[str, ...]:
    """Return the opening paragraphs that repeat title and lead, as trafilatura's do where it keeps the headline."""
    said = {key(title), key(lead)} - {""}
    count = 0
    while count < len(paragraphs) - 1 and key(paragraphs[count]) in said:
        count += 1
    return paragraphs[:count]


def _judge(page: Reader, telling: _Telling, story: Story) -> Extract:
    """Return the verdict on a story that was made."""
    if spoiled := mojibake(f"{story.title}\n{story.lead}\n{story.body}"):
        return Extract(verdict=Verdict.MOJIBAKE, reason=spoiled)
    if story.body:
        return Extract(verdict=Verdict.STORY, reason=f"told by {telling.speaker}", story=story)
    if reason := _pictures(page, telling, story):
        gallery = replace(story, kind="gallery")
        return Extract(verdict=Verdict.GALLERY, reason=reason, story=gallery)
    if telling.element is not None and story.lead:
        return Extract(verdict=Verdict.STORY, reason="a lead and no more", story=story)
    return Extract(verdict=Verdict.EMPTY, reason="a headline and no text" if story.title else "no text")


def _pictures(page: Reader, telling: _Telling, story: Story) -> str:
    """Return why a page without text is one of pictures or films, or "" when it is not."""
    kind = page.head.meta("nastooh:newstype", "nastooh:pagetype", "og:type").lower()
    if any(word in kind for word in ("photo", "gallery", "video", "film", "audio", "multimedia", "graphic")):
        return f"the page calls itself {kind}"
    if any(word in urlsplit(page.url).path for word in ("/photo", "/video", "/film", "/gallery", "/multimedia")):
        return "its address says pictures"
    if (
        telling.element is not None
        and next(telling.element.iter("video", "audio", "iframe", "embed"), None) is not None
    ):
        return "a player and no text"
    return f"{len(story.images)} pictures and no text" if len(story.images) > 1 else ""
