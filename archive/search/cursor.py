"""Where the next page begins: a text that comes with a page and is given back for the one after it."""

import re
from dataclasses import dataclass
from typing import Literal

from archive.errors import QueryError

_CURSOR = re.compile(r"([nob])(\d{1,15})(?:-(\d{1,9}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page ended.

    By age, `story` is the last one shown. By rank it is the newest there was when paging began, so that stories that
    come in meanwhile move nothing, and `shown` says how many hits were shown since.
    """

    order: Literal["n", "o", "b"]
    story: int
    shown: int = 0

    def __str__(self) -> str:
        return f"{self.order}{self.story}" + (f"-{self.shown}" if self.order == "b" else "")


def read(text: str, sort: str) -> Cursor | None:
    """Return the cursor that `text` is; None for none. QueryError for what no search with this sort order gave."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if (
        found is None
        or (found[1] == "b") != (found[3] is not None)
        or found[1] not in (sort[0], "n" * (sort == "best"))
    ):
        raise QueryError("cursor", text, f"comes from no search with --sort {sort}")
    return Cursor(order=found[1], story=int(found[2]), shown=int(found[3] or 0))  # type: ignore[arg-type]
