"""Fingerprints in memory, found by their value: those of all shelves in one table, so that each is looked for once."""

from collections.abc import Iterator
from struct import Struct

# Of a fingerprint's 8 bytes, 14 bits choose the bucket and 40 stand in the entry, before the number of the shelf and
# that of the story on it: among a million entries, about one story in four hundred million meets a stranger.
_PLACES = Struct(">H5sx")
_BUCKETS = 1 << 14
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

    def find(self, packed: bytes) -> Iterator[tuple[int, Iterator[tuple[int, int]]]]:
        """Yield, for each of the fingerprints that stands somewhere, which it is and where: shelf and story."""
        buckets = self._buckets
        for number, (bucket, value) in enumerate(_PLACES.iter_unpack(packed)):
            entries = buckets[bucket % _BUCKETS]
            # Most are nowhere. `value in entries` takes twice as long: it first tries whether that is a number.
            if entries.find(value) >= 0:
                yield number, _stories(entries, value)

    def keep(self, shelves: frozenset[int]) -> None:
        """Let go of what stands on other shelves."""
        kept = {shelf.to_bytes(_SHELF, "big") for shelf in shelves}
        for number, entries in enumerate(self._buckets):
            self._buckets[number] = bytearray().join(
                entries[at : at + _ENTRY]
                for at in range(0, len(entries), _ENTRY)
                if bytes(entries[at + _VALUE : at + _VALUE + _SHELF]) in kept
            )


def _stories(entries: bytearray, value: bytes) -> Iterator[tuple[int, int]]:
    for at in _aligned(entries, value):
        shelf, story = at + _VALUE, at + _VALUE + _SHELF
        yield int.from_bytes(entries[shelf:story], "big"), int.from_bytes(entries[story : at + _ENTRY], "big")


def _aligned(entries: bytearray, start: bytes) -> Iterator[int]:
    """Yield where an entry starts with `start`."""
    at = entries.find(start)
    while at >= 0:
        if at % _ENTRY == 0:
            yield at
        at = entries.find(start, at + 1)


def _end(shelf: int, story: int) -> bytes:
    return shelf.to_bytes(_SHELF, "big") + story.to_bytes(_STORY, "big")
