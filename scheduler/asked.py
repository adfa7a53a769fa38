"""What the workers of a shared archive are asked for."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is to do for an agency: a crawl, a re-check, or a back-fill of the day `day` (ISO 8601).

    `planned` is when it was due (UTC, ISO 8601; empty = a person asked for it).
    """

    kind: str
    agency: str
    day: str = ""
    planned: str = ""

    @property
    def name(self) -> str:
        """What tells it from other jobs: one of a name waits or is done at a time."""
        return f"{self.kind}:{self.agency}:{self.day}"


class NotNowError(Exception):
    """A job cannot be done now; it is tried again."""


type Hand = Callable[[Job | None], Future[Any]]
