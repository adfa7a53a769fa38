"""Fingerprints in memory, found by their value: those of all shelves in one table, so that each is looked for once."""

from collections.abc import Iterator, Mapping
from struct import Struct

# Of a fingerprint's 8 bytes, 15 bits choose the bucket and 40 stand in the entry, before the number of the shelf and
# that of the story on it: among a million entries, about one story in four hundred million meets a stranger.
_PLACES = Struct(">H5sx")
_BUCKETS = 1 << 15
_VALUE, _SHELF, _STORY = 5, 3, 3
_ENTRY = _VALUE + _SHELF + _STORY


class Places:
    """Where fingerprints stand: shelves by a number, stories by a number below 2^24 on their shelf."""

    def __init__(self) -> None:
        """Begin empty."""
        self._buckets = [bytearray() for _ in range(_BUCKETS)]
        self._numbers = 0

    def shelf(self) -> int:
        """Return the number of a new shelf."""
        self._numbers += 1
        return self._numbers

    def add(self, shelf: int, story: int, packed: bytes) -> None:
        """Put the fingerprints of a story on a shelf."""
        end = _end(shelf, story)
        for bucket, value in _PLACES.iter_unpack(packed):
            self._buckets[bucket % _BUCKETS] += value + end

    def take(self, shelf: int, story: int, packed: bytes) -> None:
        """Take the fingerprints of a story from a shelf."""
        end = _end(shelf, story)
        for bucket, value in _PLACES.iter_unpack(packed):
            entries = self._buckets[bucket % _BUCKETS]
            at = next(_aligned(entries, value + end))
            del entries[at : at + _ENTRY]

    def find(self, packed: bytes, firsts: Mapping[int, int], most: int) -> Iterator[tuple[int, list[int]]]:
        """Yield, for each of the fingerprints that stands on some shelves, which it is and `most` of the stories.

        `firsts` has, for each of these shelves, what is added to the numbers of its stories.
        """
        buckets = self._buckets
        for number, (bucket, value) in enumerate(_PLACES.iter_unpack(packed)):
            entries = buckets[bucket % _BUCKETS]
            # Most are nowhere. `value in entries` takes twice as long: it first tries whether that is a number.
            stories: list[int] = []
            at = entries.find(value)
            while at >= 0 and len(stories) < most:
                if at % _ENTRY == 0:
                    first = firsts.get(int.from_bytes(entries[at + _VALUE : at + _VALUE + _SHELF], "big"))
                    if first is not None:
                        stories.append(first + int.from_bytes(entries[at + _VALUE + _SHELF : at + _ENTRY], "big"))
                at = entries.find(value, at + 1)
            if stories:
                yield number, stories

    def keep(self, shelves: frozenset[int]) -> None:
        """Let go of what stands on other shelves; where their numbers end in the same byte, some other time."""
        ends = {shelf % 256 for shelf in shelves}
        stays = bytes(last in ends for last in range(256))
        for number, entries in enumerate(self._buckets):
            # One byte of each entry, at the pace of C: a loop over the entries takes several times as long.
            stay = entries[_VALUE + _SHELF - 1 :: _ENTRY].translate(stays)
            # Shelves are let go of as they came, so that what goes stands in front, most often.
            gone = stay.find(1) if 1 in stay else len(stay)
            del entries[: gone * _ENTRY]
            if 0 in stay[gone:]:
                self._buckets[number] = bytearray().join(
                    entries[at * _ENTRY : (at + 1) * _ENTRY] for at, one in enumerate(stay[gone:]) if one
                )


def _aligned(entries: bytearray, start: bytes) -> Iterator[int]:
    """Yield where an entry starts with `start`."""
    at = entries.find(start)
    while at >= 0:
        if at % _ENTRY == 0:
            yield at
        at = entries.find(start, at + 1)


def _end(shelf: int, story: int) -> bytes:
    return shelf.to_bytes(_SHELF, "big") + story.to_bytes(_STORY, "big")
