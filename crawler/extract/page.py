"""Bytes of a page in, its story out: the one way through the rooms of extraction. Pure: no clock, file or network."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.duplicates.credit import find_credit
from archive.story import DateFound, Story
from archive.text.provenance import best, marked
from crawler.agency import Agency, agency_names
from crawler.extract import generic, moments
from crawler.extract.decode import decode
from crawler.extract.head import Head, read_head
from crawler.extract.judge import is_list, overruled, words
from crawler.extract.paragraphs import Paragraph
from crawler.extract.rule import ANY, Reader
from crawler.extract.tree import parse
from crawler.extract.verdict import Extract, Verdict, is_gone, mojibake, wall
from crawler.footer import Trimmed, is_footer, key, strip_footer, strip_related

# The longest of 5,000 real stories has a quarter of this; what is compared and indexed must have an end.
MAX_LETTERS = 400_000
TRAFILATURA = "trafilatura"
_FEW_WORDS = 30  # a page with fewer may be a wall or a "not found"; a story with more may speak of captchas
_MANY_WORDS = 80  # more than a wall has to say, whoever tells them
_SHORT_PAGE = 1500  # letters that a wall shows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """The story as one of the two told it: the family's rule or trafilatura."""

    speaker: str
    paragraphs: list[Paragraph]
    title: str

    @property
    def by_rule(self) -> bool:
        return self.speaker != TRAFILATURA


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
    """Let the family's rule tell the story; trafilatura judges, and tells it where the rule has nothing of it."""
    title, told = page.title(), page.paragraphs()
    shown = "\n".join(one.text for one in told)
    if page.rule is ANY or overruled(shown, title, lambda: generic.words_of(page.tree), page.tree):
        return _Telling(speaker=TRAFILATURA, paragraphs=generic.story_of(text), title=title)
    return _Telling(speaker=page.rule.name, paragraphs=told, title=title)


def _refuse(page: Reader, telling: _Telling, url: str, text: str) -> Extract | None:
    """Return why there is no story to look for, or None; a page that shows a story by its family's rule is believed."""
    told = len(words(" ".join(one.text for one in telling.paragraphs)))
    if told >= _FEW_WORDS and telling.by_rule:
        return None
    heading = f"{page.head.title} {telling.title}"
    if gone := _gone(page, telling, url):
        return Extract(verdict=Verdict.MISSING, reason=gone)
    shown = page.shown if told < _FEW_WORDS else ""
    headed = wall(heading) if told < _MANY_WORDS else ""
    if reason := headed or (wall(text) if 0 < len(shown) < _SHORT_PAGE else ""):
        return Extract(verdict=Verdict.BLOCKED, reason=reason)
    if 0 < len(shown) < _SHORT_PAGE and is_gone(shown):
        return Extract(verdict=Verdict.MISSING, reason="says that there is no such story")
    if not telling.by_rule and is_list(" ".join(one.text for one in telling.paragraphs), page.tree):
        return Extract(verdict=Verdict.EMPTY, reason="a list of links")
    return None


def _gone(page: Reader, telling: _Telling, url: str) -> str:
    """Return how a page says that its story is not there, or "": in its headline, or by being the home page."""
    if is_gone(f"{page.head.title} {telling.title}"):
        return f"says: {(telling.title or page.head.title)[:80]}"
    canonical = page.head.links.get("canonical", "")
    if page.agency.is_story(url) and page.agency.owns(canonical) and urlsplit(canonical).path.strip("/") in _HOMES:
        return "its canonical link is the home page"
    return ""


_HOMES = frozenset({"", "fa", "index", "home", "fa/index"})


def _story(page: Reader, telling: _Telling, now: datetime, announced: tuple[DateFound, ...]) -> Story | None:
    """Return the story of a page, or None when it has no text at all."""
    lead = page.text("lead")
    body = _trim(page, telling, lead)
    if not (telling.title or lead or body.kept):
        return None
    dates = (*moments.published(page, now), *announced)
    chosen = best(dates)
    return Story(
        agency=page.agency.key,
        url=page.url,
        story_id=page.agency.story_id(page.url) or page.story_id(),
        kicker=page.text("kicker"),
        title=telling.title,
        lead=lead,
        body="\n".join(body.kept),
        published=chosen.value if chosen else None,
        published_raw=(chosen or dates[0]).raw if dates else "",
        modified=moments.modified(page.head, now),
        dates=marked(dates, chosen),
        byline=page.text("byline") or page.head.author(),
        section=page.text("section"),
        tags=page.tags(),
        images=page.images(),
        credit=find_credit([lead, *body.kept[:2]], agency_names(), closing=body.kept[-1] if body.kept else ""),
        short_link=page.short_link(),
        boilerplate=body.cut,
        extractor=telling.speaker,
    )


def _trim(page: Reader, telling: _Telling, lead: str) -> Trimmed:
    """Return the body's paragraphs without links to other stories, heads and footers; alone, a footer is no story."""
    footers, heads = (*page.rule.footers, *page.agency.footers), (*page.rule.heads, *page.agency.heads)
    related = strip_related([(one.text, one.linked) for one in telling.paragraphs])
    opening = 0 if telling.by_rule else _repeats(related.kept, {key(telling.title), key(lead)})
    ends = strip_footer(related.kept[opening:], footers=footers, heads=heads)
    alone = len(ends.kept) == 1 and is_footer(ends.kept[0], footers)
    cut = (*related.kept[:opening], *related.cut, *ends.cut)
    return Trimmed(kept=(), cut=(*ends.kept, *cut)) if alone else Trimmed(kept=ends.kept, cut=cut)


def _repeats(paragraphs: tuple[str, ...], said: set[str]) -> int:
    """Return how many opening paragraphs repeat what is `said` elsewhere: trafilatura keeps the headline."""
    return next((n for n, one in enumerate(paragraphs[:-1]) if key(one) not in said), max(0, len(paragraphs) - 1))


def _judge(page: Reader, telling: _Telling, story: Story) -> Extract:
    """Return the verdict on a story that was made."""
    if len(story.title) + len(story.lead) + len(story.body) > MAX_LETTERS:
        return Extract(verdict=Verdict.EMPTY, reason=f"longer than {MAX_LETTERS} letters: no story of an agency")
    if spoiled := mojibake(f"{story.title}\n{story.lead}\n{story.body}"):
        return Extract(verdict=Verdict.MOJIBAKE, reason=spoiled)
    if story.body:
        return Extract(verdict=Verdict.STORY, reason=f"told by {telling.speaker}", story=story)
    if reason := _pictures(page, story):
        return Extract(verdict=Verdict.GALLERY, reason=reason, story=replace(story, kind="gallery"))
    if page.rule is not ANY and story.lead:
        return Extract(verdict=Verdict.STORY, reason="a lead and no more", story=story)
    return Extract(verdict=Verdict.EMPTY, reason="a headline and no text" if story.title else "no text")


def _pictures(page: Reader, story: Story) -> str:
    """Return why a page without text is one of pictures or films, or "" when it is not."""
    kind = page.head.meta("nastooh:newstype", "nastooh:pagetype", "og:type").lower()
    if any(word in kind for word in ("photo", "gallery", "video", "film", "audio", "multimedia", "graphic")):
        return f"the page calls itself {kind}"
    if any(word in urlsplit(page.url).path for word in ("/photo", "/video", "/film", "/gallery", "/multimedia")):
        return "its address says pictures"
    if page.body is not None and next(page.body.iter("video", "audio", "iframe", "embed"), None) is not None:
        return "a player and no text"
    return f"{len(story.images)} pictures and no text" if len(story.images) > 1 else ""
