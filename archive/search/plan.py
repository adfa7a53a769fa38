"""How a search is carried out within bounds that do not grow with the archive: decided from word frequencies, pure.

Counting how often each word of a ranking occurs reads its whole list, and ranking reads every hit. So at most `NEWEST`
hits are ranked, and only by words whose lists together are shorter than `POSTINGS`. What is commoner still must match.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from archive.search.expression import AllOf, AnyOf, But, Fts, Has, leaves
from archive.search.note import Note

# The newest hits that are ranked. Those of common words alone are ranked by where these stand: `TITLED` of them, among
# the newest `PLACED` stories. Hits that are not ranked are only counted, as far as `COUNTED`.
NEWEST, TITLED, PLACED, COUNTED = 5_000, 500, 50_000, 100
# Entries of word lists that one ranking reads at most; and those of the rare words that stand in for all of them.
POSTINGS, RARE = 100_000, 20_000
# Hits of any of those rare words that are looked at when no story has all: as many as there can be, since the one that
# is meant may be any of them. Ranked are those that hold the most of them.
SOME, PROMISING = RARE, 1_000
# Where fewer stories than `FEW` have all of `SEVERAL` words or more, at most `AFTER` that have some of them follow.
FEW, SEVERAL, AFTER = 10, 3, 50
# Of so many stories that hold two words, one holds them side by side by chance.
BESIDE = 50
# A prefix whose words occur more often in all is spelt out as the commonest of them.
PREFIX_POSTINGS, PREFIX_WORDS = 20_000, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The words that begin with a prefix: how often they occur in all, and the commonest of them."""

    postings: int
    words: int
    commonest: tuple[str, ...]


type Beginnings = Callable[[str], Beginning]


def spelt_out(node: Fts, beginnings: Beginnings, notes: list[Note]) -> Fts:
    """Return `node` with each common prefix as the commonest words that begin so; FTS5 would merge the lists of all."""
    match node:
        case Has(columns, phrase, prefix=True):
            found = beginnings(phrase[-1])
            if found.postings <= PREFIX_POSTINGS:
                return node
            if found.words > len(found.commonest):
                notes.append(Note("beginnings", text=phrase[-1], n=len(found.commonest), of=found.words))
            return AnyOf(tuple(Has(columns, (*phrase[:-1], word)) for word in found.commonest))
        case AllOf(nodes):
            return AllOf(tuple(spelt_out(one, beginnings, notes) for one in nodes))
        case AnyOf(nodes):
            return AnyOf(tuple(spelt_out(one, beginnings, notes) for one in nodes))
        case But(wanted, without):
            return But(spelt_out(wanted, beginnings, notes), spelt_out(without, beginnings, notes))
        case _:
            return node


def affordable(words: Sequence[Fts], frequencies: Mapping[str, int], postings: int = POSTINGS) -> tuple[Fts, ...]:
    """Return those of `words` that a ranking can count within so many postings, the rarest first."""
    chosen, spent = [], 0
    for postings_of, _, node in sorted((cost(node, frequencies), at, node) for at, node in enumerate(words)):
        spent += postings_of
        if spent > postings:
            break
        chosen.append(node)
    return tuple(chosen)


def rarest(words: Sequence[Fts], frequencies: Mapping[str, int]) -> tuple[Fts, ...]:
    """Return those of `words` that are looked for when no story has all: the rare ones, at least the rarest."""
    return affordable(words, frequencies, RARE) or (min(words, key=lambda node: cost(node, frequencies)),)


def cost(node: Fts, frequencies: Mapping[str, int]) -> int:
    """Return how many postings counting the phrases of `node` reads at most; words nobody counted are rare."""
    return sum(frequencies.get(term, 0) for leaf in leaves(node) for term in leaf.phrase)


def is_short(words: Sequence[Fts], frequencies: Mapping[str, int], stories: int, limit: int) -> bool:
    """Say whether all stories that hold `words` may be asked for at once: hardly more than `limit`, from a short list.

    FTS5 walks its lists oldest first in two thirds of the time, which pays where it has to walk them to their end.
    """
    parts = [_expected(node, frequencies, stories) for node in words]
    if not parts or min(read for read, _ in parts) > RARE:
        return False
    return stories * prod(min(1.0, held / max(1, stories)) for _, held in parts) <= limit


def _expected(node: Fts, frequencies: Mapping[str, int], stories: int) -> tuple[int, float]:
    """Return how many entries `node` reads of the shortest lists, and in how many stories it stands by chance."""
    read, held = 0, 0.0
    for phrase, prefix in {(leaf.phrase, leaf.prefix) for leaf in leaves(node)}:
        counts = [frequencies.get(term, 0) for term in phrase]
        read += RARE + 1 if prefix else min(counts)
        by_chance = prod(count / max(1, stories) for count in counts[1:]) / BESIDE ** (len(counts) - 1)
        held += counts[0] * by_chance
    return read, held


def rarest_first(words: Sequence[Fts], frequencies: Mapping[str, int]) -> tuple[Fts, ...]:
    """Return `words` in the order in which FTS5 finds what all of them share soonest."""
    return tuple(sorted(words, key=lambda node: cost(node, frequencies)))


def titled(node: Fts, column: str) -> Fts | None:
    """Return `node` asked of one column only; None when it does not speak of texts."""
    found = [Has(column, test.phrase, test.prefix) for test in leaves(node) if column in test.columns.split()]
    return AnyOf(tuple(found)) if found else None
