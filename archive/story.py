"""A story: the one thing that travels through the house."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture printed with a story; `url` is absolute."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """On whose word a story is told: «به گزارش `reporter` به نقل از `source`»; empty = not said.

    An agency of ours stands under its own name in `agencies`, whatever the page calls it.
    """

    reporter: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFound:
    """One date a page (or its feed, sitemap, address) gives for a story.

    `source` names the place («json-ld», «visible», «feed», ...), `raw` is what stands there, `value` is
    aware UTC, or None when `raw` is no possible date of a story. `disagrees`: it contradicts the date
    that was believed by more than a day.
    """

    source: str
    raw: str
    value: datetime | None
    disagrees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as its agency published it at one moment.

    Texts are as printed, half-spaces (U+200C) and all; paragraphs of `body` are joined by newlines.
    """

    agency: str
    url: str = ""  # canonical URL; empty = not known (imported stories only)
    story_id: str | None = None  # the agency's own; None = it gives none
    kind: str = "story"  # story or gallery
    kicker: str = ""  # روتیتر
    title: str = ""
    lead: str = ""
    body: str = ""
    published: datetime | None = None  # aware; None = the page does not say
    published_raw: str = ""
    modified: datetime | None = None
    dates: tuple[DateFound, ...] = ()
    byline: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    credit: Credit | None = None
    short_link: str = ""
    boilerplate: tuple[str, ...] = ()  # paragraphs cut from the head and foot of the body
    extractor: str = ""  # which rule spoke: a family's name, or trafilatura

    def __post_init__(self) -> None:
        """Refuse a story nobody could file: no agency, no text at all, a time without a zone."""
        if not self.agency:
            raise ValueError("a story without an agency")
        if not (self.title or self.lead or self.body):
            raise ValueError(f"{self.url}: a story without any text")
        for name in ("published", "modified"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{self.url}: {name} has no time zone")

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the body, in order."""
        return self.body.split("\n") if self.body else []

    def as_json(self) -> dict[str, Any]:
        """Return the story as plain values: times UTC ISO 8601 or None, tuples as lists."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def iso(moment: datetime) -> str:
    """Return an aware `moment` as the archive writes it: UTC, whole seconds, `2024-09-22T08:30:00Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _plain(value: object) -> object:
    match value:
        case datetime():
            return iso(value)
        case Image() | Credit() | DateFound():
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value
