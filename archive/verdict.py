"""What a story turned out to be, held against what the archive has of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.story import Story
from archive.text.said import slipped as has_slip


class Verdict(StrEnum):
    """What a story turned out to be."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REVISED = "revised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A story's number in the archive, and what it turned out to be."""

    id: int
    verdict: Verdict


def judge(known_hash: str | None, new_hash: str, *, slipped: bool = False) -> Verdict:
    """Say what a story is, given the content hash the archive has of it (None = it has none).

    `slipped`: the letters are the same, but a blank or half-space slipped (`archive.text.said`).
    """
    if known_hash is None:
        return Verdict.NEW
    return Verdict.UNCHANGED if known_hash == new_hash and not slipped else Verdict.REVISED


def has_slipped(known: Mapping[str, Any], new: Story) -> bool:
    """Whether a blank or half-space slipped by a letter in what otherwise says the same; `known` is a story's row."""
    pairs = ((known["title"], new.title), (known["lead"], new.lead), (known["body"], new.body))
    return any(has_slip(one, other) for one, other in pairs)
