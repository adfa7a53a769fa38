"""House lines and formulas: what is printed under story after story makes no two of them alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

# A passage is a formula once it stood in so many stories of different days, or of one agency; copies are one story.
DAYS, STORIES = 3, 3
# No story has so many copies: what stands in as many stories is a formula without a look at them.
CERTAINLY = 200


class Seen(NamedTuple):
    """What is known of a story that shares a passage: its agency, day (yyyymmdd) and cluster."""

    agency: str
    day: int
    cluster: int


def formulas(places: Mapping[int, Sequence[int]], seen: Mapping[int, Seen]) -> frozenset[int]:
    """Return which fingerprints are formulas; `places` has the stories of each, `seen` what is known of these."""
    return frozenset(
        one
        for one, stories in places.items()
        if len(stories) >= CERTAINLY or _is_formula([seen[story] for story in stories if story in seen])
    )


def _is_formula(stories: Sequence[Seen]) -> bool:
    if len(stories) < min(DAYS, STORIES):  # as most often
        return False
    different = {one.cluster: one for one in reversed(stories)}.values()
    if len(different) < min(DAYS, STORIES):
        return False
    return (
        len({one.day for one in different}) >= DAYS or max(Counter(one.agency for one in different).values()) >= STORIES
    )
