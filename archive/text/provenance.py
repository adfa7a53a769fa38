"""Which of the dates found for a story to believe, and which of them contradict it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.story import DateFound
from archive.text.jalali import TEHRAN

# Whom to believe first: what machines are told, then what readers see, then what others say of the page.
TRUST = ("json-ld", "meta", "time", "visible", "feed", "address", "sitemap")
# When a page was changed or first seen is never before it was published; later it may be, and proves nothing.
_LATEST = frozenset({"sitemap", "seen"})
_DAY = timedelta(days=1)


def best(found: Sequence[DateFound]) -> DateFound | None:
    """Return the date to believe, or None when no source gives a possible one.

    The most trusted source counts, unless nobody agrees with it to a day and others agree with each other: templates
    print the moment a page is served, or the year of the copyright. When a story was first seen is no publication.
    """
    possible = [one for one in found if one.value is not None and one.source in TRUST]
    possible.sort(key=lambda one: TRUST.index(one.source))
    witnesses = [one for one in possible if one.source not in _LATEST]
    seconded = (one for one in witnesses if any(_agree(one, two) for two in witnesses if two.source != one.source))
    return next(seconded, possible[0] if possible else None)


def marked(found: Sequence[DateFound], chosen: DateFound | None) -> tuple[DateFound, ...]:
    """Return `found` with those marked that contradict the `chosen` one by more than a day."""
    if chosen is None:
        return tuple(found)
    return tuple(replace(one, disagrees=not _agree(chosen, one)) for one in found)


def _agree(chosen: DateFound, other: DateFound) -> bool:
    """Whether two dates can be meant of one publication: not more than a day apart, a bare day meaning all of it."""
    if chosen.value is None or other.value is None:
        return True
    if other.source in _LATEST and other.value > chosen.value:
        return True
    first, second = sorted((chosen.value, other.value))
    return second - (first + _DAY if _is_bare(first) else first) <= _DAY


def _is_bare(moment: datetime) -> bool:
    """Whether a moment is a day without a clock: Tehran's midnight."""
    local = moment.astimezone(TEHRAN)
    return not (local.hour or local.minute or local.second)
