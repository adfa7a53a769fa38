"""What the workers of a shared archive are asked for."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is to do for an agency: a crawl, a re-check, or a back-fill of the day `day` (ISO 8601).

    Or to read pages again (reprocess): of stories of the days `day` to `until` (empty = without end), as far as their
    raw pages lie in `folder`, whose worker alone can do it. `planned` is when it was due (UTC, ISO 8601; empty = a
    person asked for it).
    """

    kind: str
    agency: str
    day: str = ""
    planned: str = ""
    until: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """What tells it from other jobs: one of a name waits or is done at a time."""
        return f"{self.kind}:{self.agency}:{self.day}:{self.until}:{self.folder}"

    @property
    def told(self) -> str:
        """Agency and days, for people."""
        return f"{self.agency}, {self.day or 'the beginning'} to {self.until or 'today'}"

    @property
    def lock(self) -> str:
        """What it shares with jobs that must not be done beside it.

        One that waits for its folder's worker must not hold up crawls; what keeps it from these is the agency's turn.
        """
        return f"{self.agency} {self.folder}".rstrip()


class NotNowError(Exception):
    """A job cannot be done now; it is tried again."""


type Hand = Callable[[Job | None], Future[Any]]
