"""A link: an address at which a story was announced, and what the announcement said of it."""

from dataclasses import dataclass
from datetime import datetime


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
