"""Lay two texts side by side: the passages they share, wherever they stand, and the few words that differ between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import count, pairwise
from typing import NamedTuple

# Words in a row that two texts must share for a passage to begin there.
SEED = 4
# Two passages belong together when at most so many words stand between them on either side.
GAP = 40
# A run of passages that belong together counts from so many shared words on: less is a turn of speech.
PASSAGE = 8
# Two stretches between passages are of one form when they share a word in so many; else a word shared is chance.
ONE_IN = 4
# A word group that stands at more places than this in a text is a refrain and begins no passage.
_PLACES = 8


@dataclass(frozen=True, slots=True)
class Block:
    """`size` words that stand at `a` in the one text and at `b` in the other."""

    a: int
    b: int
    size: int


class Replaced(NamedTuple):
    """Words of the one text and words of the other in the same place, the sooner of the two places being `at`."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How two texts lie on each other.

    `shared` counts the words they share, `passage` those of the longest passage, single words left out; `blocks` are
    in the order of `b`. `replaced` are the runs of words that stand between two neighbouring blocks in both texts and
    differ.
    """

    shared: int
    passage: int
    blocks: tuple[Block, ...]
    replaced: tuple[Replaced, ...]


def align(a: Sequence[str], b: Sequence[str]) -> Alignment:
    """Return the alignment of the words `a` and `b`; passages may have moved, no word is used twice.

    Greedy tiling from shared groups of `SEED` words, then the gaps between neighbouring passages word by word; the
    cost grows with the length of the texts, not with its square.
    """
    texts = _Texts(a, b, bytearray(len(a)))
    chains = [_filled(chain, texts) for chain in _chains(_tiles(texts), len(a), len(b))]
    kept = [chain for chain in chains if sum(block.size for block in chain) >= PASSAGE]
    return Alignment(
        shared=sum(block.size for chain in kept for block in chain),
        passage=max((sum(block.size for block in chain if block.size >= SEED) for chain in kept), default=0),
        blocks=tuple(block for chain in kept for block in chain if block.size),
        replaced=tuple(pair for chain in kept for pair in _replaced(chain, texts)),
    )


class _Texts(NamedTuple):
    """The words of two texts, and which words of `a` are already matched."""

    a: Sequence[str]
    b: Sequence[str]
    used: bytearray


def _tiles(texts: _Texts) -> list[Block]:
    """Return runs of at least `SEED` words that both texts share, in the order of `b`."""
    last, several = _places_of(list(_groups(texts.a)))
    groups = list(_groups(texts.b))
    tiles: list[Block] = []
    at, after = 0, 0
    while at < len(groups):
        group = groups[at]
        found = several.get(group) or ((last[group],) if group in last else ())
        tile = _longest(texts, found, at, after) if 0 < len(found) <= _PLACES else None
        if tile is None:
            at += 1
            continue
        _use(texts, tile)
        tiles.append(tile)
        at, after = at + tile.size, tile.a + tile.size
    return tiles


def _places_of(groups: list[tuple[str, ...]]) -> tuple[dict[tuple[str, ...], int], dict[tuple[str, ...], list[int]]]:
    """Return where each group stands last, and all places of those that stand at several."""
    last = dict(zip(groups, count(), strict=False))
    places: dict[tuple[str, ...], list[int]] = {}
    if len(last) < len(groups):  # Most stand at one place: only the others are looked at one by one.
        again = {group for at, group in enumerate(groups) if last[group] != at}
        for at, group in enumerate(groups):
            if group in again:
                places.setdefault(group, []).append(at)
    return last, places


def _groups(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[shift:] for shift in range(SEED)), strict=False)


def _use(texts: _Texts, block: Block) -> None:
    texts.used[block.a : block.a + block.size] = b"\1" * block.size


def _longest(texts: _Texts, places: Sequence[int], at: int, after: int) -> Block | None:
    """Return the longest run shared from `at` on, at one of `places`; among equals the one next `after`."""
    a, b, used = texts
    best = (SEED - 1, 0, 0)
    for place in places:
        size, most = 0, min(len(a) - place, len(b) - at)
        while size < most and a[place + size] == b[at + size] and not used[place + size]:
            size += 1
        if size >= SEED:
            best = max(best, (size, -abs(place - after), place))
    return Block(best[2], at, best[0]) if best[0] >= SEED else None


def _chains(tiles: list[Block], of_a: int, of_b: int) -> Iterator[list[Block]]:
    """Yield together the tiles that follow each other closely in both texts; both ends of the texts count as tiles."""
    chain = [Block(0, 0, 0)]
    for tile in (*tiles, Block(of_a, of_b, 0)):
        last = chain[-1]
        if not (0 <= tile.a - last.a - last.size <= GAP and 0 <= tile.b - last.b - last.size <= GAP):
            yield chain
            chain = []
        chain.append(tile)
    yield chain


def _filled(chain: list[Block], texts: _Texts) -> list[Block]:
    """Return `chain` with the single words that its gaps share."""
    filled = chain[:1]
    for last, block in pairwise(chain):
        start, start_b = last.a + last.size, last.b + last.size
        # Words used elsewhere have moved there: they match nothing here.
        of_a = [None if texts.used[at] else texts.a[at] for at in range(start, block.a)]
        for one in _shared(of_a, texts.b[start_b : block.b]):
            found = Block(start + one.a, start_b + one.b, one.size)
            _use(texts, found)
            filled.append(found)
        filled.append(block)
    return filled


def _shared(a: Sequence[str | None], b: Sequence[str]) -> list[Match]:
    """Return the runs of words that two short stretches share in order; none when they share too little."""
    if not a or not b:
        return []
    found = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()[:-1]
    return found if sum(one.size for one in found) * ONE_IN >= min(len(a), len(b)) else []


def _replaced(chain: list[Block], texts: _Texts) -> Iterator[Replaced]:
    """Yield what stands between neighbouring blocks in both texts."""
    for one, other in pairwise(chain):
        of_a = tuple(texts.a[at] for at in range(one.a + one.size, other.a) if not texts.used[at])
        of_b = tuple(texts.b[one.b + one.size : other.b])
        if of_a and of_b:
            yield Replaced(of_a, of_b, min(one.a, one.b) + one.size)
