"""What a crawl saw at a link, besides its story."""

from dataclasses import dataclass

from archive.raw.page import Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Which fields of a story were `found` on its page and which were `missing`, by name.

    What a page of its kind need not have, or nobody looked for, is in neither. `page` is the raw page, packed; None =
    raw pages are not kept, or this one is a wall or a "not found" that tells nothing.
    """

    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    page: Packed | None = None


NOTHING = Visit()
