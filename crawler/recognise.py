"""What a page tells of its site: the family it is built by, the feeds it announces, what the site calls itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lxml.html import HtmlElement

from archive.text.letters import clean
from crawler.agency import HERE, Family, load_family
from crawler.discover.feeds import absolute
from crawler.extract.decode import decode
from crawler.extract.head import read_head
from crawler.extract.tree import find, parse

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml"})
# Where a page that announces no feed links to it.
_FEED_WORDS = ("/rss", "/feed", "rss.xml", "atom.xml", "allnews")
_LINKS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a page tells: its site's `name` (or empty), feeds and links as absolute addresses, signatures by family."""

    name: str = ""
    feeds: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    signatures: Mapping[str, int] = field(default_factory=dict)


def sight(body: bytes, url: str, charset: str = "") -> Sight:
    """Return what a page fetched from `url` tells of its site; never raises for what a page holds."""
    tree = parse(decode(body, charset))
    if tree is None:
        return Sight()
    head = read_head(tree)
    links = _addresses(tree, url)
    announced = [
        link.get("href", "")
        for link in tree.iter("link")
        if "alternate" in link.get("rel", "").lower() and link.get("type", "").lower().strip() in _FEED_TYPES
    ]
    linked = [one for one in links if any(word in one.lower() for word in _FEED_WORDS)]
    feeds = [one for said in announced if (one := absolute(said, url)) is not None]
    return Sight(
        name=head.meta("og:site_name", "application-name") or _first_part(head.title),
        feeds=tuple(dict.fromkeys(feeds + linked)),
        links=links,
        signatures={name: count for name, family in families().items() if (count := _matched(tree, family.signature))},
    )


def family_of(sights: Sequence[Sight]) -> str | None:
    """Return the family that most of the pages are of, by how many of its signatures they bear; None = of none."""
    votes: dict[str, int] = {}
    for seen in sights:
        if seen.signatures:
            likely = max(seen.signatures, key=lambda name: seen.signatures[name])
            votes[likely] = votes.get(likely, 0) + 1
    likely = max(votes, key=lambda name: votes[name], default="")
    return likely if votes.get(likely, 0) * 2 > len(sights) else None


@cache
def families() -> Mapping[str, Family]:
    """Return the families that ship, by name."""
    return {path.stem: load_family(path) for path in sorted((HERE / "families").glob("*.toml"))}


def _matched(tree: HtmlElement, signature: Sequence[str]) -> int:
    return sum(bool(find(tree, [one])) for one in signature)


def _addresses(tree: HtmlElement, url: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for link in tree.iter("a"):
        if len(found) >= _LINKS:
            break
        if (said := link.get("href", "").strip()) and (address := absolute(said, url)) is not None:
            found[address.partition("#")[0]] = None
    return tuple(found)


def _first_part(title: str) -> str:
    """Return a title up to its first bar or dash: sites write «name | what we are»."""
    for mark in ("|", " - ", " – ", "::", "،"):
        title = title.partition(mark)[0]
    return clean(title)
