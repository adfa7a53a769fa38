"""What a crawl saw at a link, besides its story."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Which fields of a story were `found` on its page and which were `missing`, by name.

    What a page of its kind need not have, or nobody looked for, is in neither.
    """

    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


NOTHING = Visit()
