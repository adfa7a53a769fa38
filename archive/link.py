"""A link: an address at which a story was announced, where it stands, and what is known of its page."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One address of the frontier.

    `published` and `modified` are what the feed or sitemap said (aware, or None); `found_in` is its address.
    """

    url: str
    found_in: str = ""
    title: str = ""
    published: datetime | None = None
    modified: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a time without a zone."""
        for name in ("published", "modified"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{self.url}: {name} has no time zone")


class LinkState(StrEnum):
    """Where a link stands; only those with a next look are ever leased again."""

    DISCOVERED = "discovered"
    LEASED = "leased"
    DONE = "done"
    EMPTY = "empty"
    BLOCKED = "blocked"
    MISSING = "missing"
    FAILED = "failed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """The validators a feed, sitemap or page was last served with (RFC 9110 section 8.8); empty = none.

    Of a feed also: the hash of its content, when it was last read whole, whether its validators were caught lying, how
    long it asks to be left alone (0 = it does not say), and when it was last asked (None = never).
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""
    read_whole: datetime | None = None
    lies: bool = False
    ttl_s: float = 0.0
    fetched: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A link handed to a crawl: its number in the frontier, and what was announced of it.

    `story` is the number of the story it gave before, `memory` the validators its page was served with; `aged` = it is
    looked at again only for its age.
    """

    id: int
    link: Link
    story: int | None = None
    memory: FeedMemory | None = None
    aged: bool = False
