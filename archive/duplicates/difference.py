"""How one story differs from another in words: what it added, dropped and changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.duplicates.alignment import align
from archive.duplicates.judgement import Judgement, judge
from archive.duplicates.numbers import SIGN
from archive.duplicates.slots import SLOT

# A run of fewer words is no passage that was added or dropped.
_WORTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two stories side by side; texts are folded, as they were compared.

    `added` and `dropped` are the passages that only the second or the first has, `changed` the words that stand in the
    same place.
    """

    judgement: Judgement
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain values; shares are in per cent."""
        judged = self.judgement
        return {
            "kind": judged.kind,
            "shared_words": judged.shared,
            "of_first": round(100 * judged.of_first),
            "of_second": round(100 * judged.of_second),
            "numbers": judged.slots.numbers,
            "names": judged.slots.names,
            "added": list(self.added),
            "dropped": list(self.dropped),
            "changed": [list(one) for one in self.changed],
        }


def difference(first: Sequence[str], second: Sequence[str]) -> Difference:
    """Return how the words of `second` differ from those of `first`."""
    alignment = align(first, second)
    slots = [(one.a, one.b) for one in alignment.replaced if max(len(one.a), len(one.b)) <= SLOT]
    changed = {one for pair in slots for one in pair}
    in_first = {block.a + at for block in alignment.blocks for at in range(block.size)}
    in_second = {block.b + at for block in alignment.blocks for at in range(block.size)}
    return Difference(
        judgement=judge(first, second),
        added=tuple(_told(run) for run in _runs(second, in_second) if run not in changed),
        dropped=tuple(_told(run) for run in _runs(first, in_first) if run not in changed),
        changed=tuple((_told(one), _told(other)) for one, other in slots),
    )


def _runs(words: Sequence[str], shared: set[int]) -> Iterator[tuple[str, ...]]:
    """Yield the runs of words that are not shared."""
    start = 0
    for at in range(len(words) + 1):
        if at == len(words) or at in shared:
            if at - start >= _WORTH:
                yield tuple(words[start:at])
            start = at + 1


def _told(words: Iterable[str]) -> str:
    return " ".join(word.removeprefix(SIGN) for word in words)
