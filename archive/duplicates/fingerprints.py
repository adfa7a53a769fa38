"""Winnowed fingerprints of a text: any passage long enough that two texts share gives them one in common.

Schleimer, Wilkerson and Aiken: Winnowing: local algorithms for document fingerprinting, SIGMOD 2003.
"""

from hashlib import blake2b
from zlib import crc32

# Letters in one fingerprint, and fingerprints of which the least is taken.
GRAM = 20
WINDOW = 48
# Whatever run of letters two texts share, from this length on they share a fingerprint of it.
GUARANTEE = GRAM + WINDOW - 1

_BYTES = 2  # of a letter in UTF-16


def fingerprints(letters: str) -> dict[int, int]:
    """Return the fingerprints of `letters` (folded, without blanks), each with the place where it first stands.

    They are whole numbers below 2**63, the same in every process and on every machine. A text shorter than one
    window has the least of all its grams, one shorter than a gram has itself.
    """
    data = letters.encode("utf-16-le", "surrogatepass")
    size = GRAM * _BYTES
    # The checksum only orders the grams; what is kept of the chosen few is a real hash.
    order = [crc32(data[at : at + size]) for at in range(0, max(len(data) - size, 0) + 1, _BYTES)]
    found: dict[int, int] = {}
    for at in _least(order):
        gram = data[at * _BYTES : at * _BYTES + size]
        found.setdefault(int.from_bytes(blake2b(gram, digest_size=8).digest(), "big") >> 1, at)
    return found if letters else {}


def _least(order: list[int]) -> list[int]:
    """Return where the least of each window stands, the rightmost of equals, each place once."""
    last = _rightmost_least(order, 0, min(WINDOW, len(order)))
    least = order[last]
    chosen = [last]
    for at in range(WINDOW, len(order)):
        if order[at] <= least:
            last = at
        elif last <= at - WINDOW:
            last = _rightmost_least(order, at - WINDOW + 1, at + 1)
        else:
            continue
        least = order[last]
        chosen.append(last)
    return chosen


def _rightmost_least(order: list[int], start: int, end: int) -> int:
    window = order[start:end]
    window.reverse()
    return end - 1 - window.index(min(window))
