"""What one story is to another: a copy, an update of the same form, a user of the same passage, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.duplicates.alignment import Alignment, align
from archive.duplicates.slots import Slots, compare_slots

# Raised whenever two stories may be judged differently, so that edges tell which rules made them.
RULES_VERSION = 1

# Shares of a text: a copy has most of the shorter text in common, or half of it and much of the longer as well.
MOST, HALF, MUCH = 0.70, 0.50, 0.38
# Places that disagree in 100 shared words: more, and one form was filled twice.
NUMBERS, NAMES = 1.0, 1.2
# One other name may be an editor's doing; a form has more.
NAMES_AT_LEAST = 2
# Words of a shared passage worth telling of.
REUSE = 20


class Kind(StrEnum):
    """What a story is to an earlier one."""

    COPY = "copy"
    UPDATE = "update_of"
    REUSE = "reuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict on two stories with its reasons.

    `shared` words, which are the parts `of_first` and `of_second` (0 to 1) of their texts; `slots` that disagree.
    """

    kind: Kind | None
    shared: int
    of_first: float
    of_second: float
    slots: Slots


def judge(first: Sequence[str], second: Sequence[str]) -> Judgement:
    """Say what two stories with these words are to each other; those that differ only in blanks are copies."""
    if first and "".join(first) == "".join(second):
        shared, no_slots = min(len(first), len(second)), Slots(numbers=0, names=0)
        return Judgement(kind=Kind.COPY, shared=shared, of_first=1.0, of_second=1.0, slots=no_slots)
    alignment = align(first, second)
    slots = compare_slots(alignment.replaced)
    of_first = alignment.shared / max(len(first), 1)
    of_second = alignment.shared / max(len(second), 1)
    return Judgement(
        kind=_kind(alignment, slots, max(of_first, of_second), min(of_first, of_second)),
        shared=alignment.shared,
        of_first=of_first,
        of_second=of_second,
        slots=slots,
    )


def _kind(alignment: Alignment, slots: Slots, of_shorter: float, of_longer: float) -> Kind | None:
    if of_shorter >= MOST or (of_shorter >= HALF and of_longer >= MUCH):
        return Kind.UPDATE if _same_form(alignment, slots) else Kind.COPY
    return Kind.REUSE if alignment.passage >= REUSE else None


def _same_form(alignment: Alignment, slots: Slots) -> bool:
    hundreds = max(alignment.shared, 1) / 100
    return slots.numbers > NUMBERS * hundreds or slots.names >= max(NAMES_AT_LEAST, NAMES * hundreds)
