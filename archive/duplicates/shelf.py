"""The fingerprints of the last days' stories, on one shelf a day: found by their value, dropped by the day."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import batched

# A story's id is its day (yyyymmdd) times this, and a number of that day.
NUMBERS_A_DAY = 1_000_000
# Days that are kept, and stories that are kept however many days they take: what was touched last stays longest.
DAYS, STORIES = 14, 20_000

# The first 12 bits of a fingerprint choose the bucket, the next 40 stand in the entry: of a fortnight's six million
# entries, about one story in fifty million is aligned with a stranger for it.
_BUCKET_BITS, _VALUE = 12, 5
_BUCKETS = 1 << _BUCKET_BITS
_AFTER_BUCKET, _AFTER_VALUE = 63 - _BUCKET_BITS, 63 - _BUCKET_BITS - 8 * _VALUE
_ENTRY = _VALUE + 3

# Buckets that are read by one statement, and the steps in which their number grows.
_AT_ONCE, _STEP = 512, 64


def look_up(conn: sqlite3.Connection, days: tuple[int, int], prints: Iterable[int]) -> dict[int, list[int]]:
    """Return, for each of `prints` that is on the shelves from the first to the last day, the stories that have it."""
    rows = conn.execute("SELECT day FROM fingerprint_days WHERE day BETWEEN ? AND ? ORDER BY day", days)
    shelves = [(day, _shelf(day)) for (day,) in rows]
    places = {one: one >> _AFTER_BUCKET for one in prints}
    entries = _entries(conn, {shelf + place for _, shelf in shelves for place in places.values()})
    found: dict[int, list[int]] = {}
    for one, place in places.items():
        value = _value(one)
        stories = [
            day * NUMBERS_A_DAY + number
            for day, shelf in shelves
            if shelf + place in entries
            for number in _numbers(entries[shelf + place], value)
        ]
        if stories:
            found[one] = stories
    return found


def put(conn: sqlite3.Connection, story: int, prints: Iterable[int]) -> None:
    """Put the fingerprints of a story on the shelf of its day, and make room when a new day begins."""
    day, number = divmod(story, NUMBERS_A_DAY)
    shelf, end = _shelf(day), number.to_bytes(_ENTRY - _VALUE, "big")
    new = _together([(shelf + (one >> _AFTER_BUCKET), _value(one) + end) for one in prints])
    known = _entries(conn, {bucket for bucket, _ in new})
    _write(conn, [(bucket, known.get(bucket, b"") + added) for bucket, added in new])
    (last,) = conn.execute("SELECT coalesce(max(touched), 0) FROM fingerprint_days").fetchone()
    touch = "UPDATE fingerprint_days SET stories = stories + 1, touched = iif(touched = :last, :last, :last + 1)"
    begun = conn.execute(f"{touch} WHERE day = :day", {"day": day, "last": last}).rowcount == 0
    if begun:
        conn.execute("INSERT INTO fingerprint_days (day, stories, touched) VALUES (?, 1, ?)", (day, last + 1))
    if begun:
        _make_room(conn)


def remove(conn: sqlite3.Connection, story: int, prints: Iterable[int]) -> None:
    """Take the fingerprints of a story from its shelf; none may be there any more."""
    day, number = divmod(story, NUMBERS_A_DAY)
    shelf, gone = _shelf(day), defaultdict(set)
    for one in prints:
        gone[shelf + (one >> _AFTER_BUCKET)].add(_value(one) + number.to_bytes(_ENTRY - _VALUE, "big"))
    known = _entries(conn, gone)
    _write(conn, [(bucket, _without(known.get(bucket, b""), entries)) for bucket, entries in gone.items()])
    conn.execute("UPDATE fingerprint_days SET stories = stories - 1 WHERE day = ?", (day,))


def numbers(day: int) -> tuple[int, int]:
    """Return the first and the last number a story of a day (yyyymmdd) can have."""
    return day * NUMBERS_A_DAY, (day + 1) * NUMBERS_A_DAY - 1


def clear(conn: sqlite3.Connection, day: int) -> None:
    """Take everything from the shelf of a day (yyyymmdd)."""
    first = _shelf(day)
    conn.execute("DELETE FROM fingerprints WHERE bucket BETWEEN ? AND ?", (first, first + _BUCKETS - 1))
    conn.execute("DELETE FROM fingerprint_days WHERE day = ?", (day,))


def clear_all(conn: sqlite3.Connection) -> None:
    """Take everything from all shelves."""
    conn.execute("DELETE FROM fingerprints")
    conn.execute("DELETE FROM fingerprint_days")


def _make_room(conn: sqlite3.Connection) -> None:
    """Clear the shelves that were touched least recently, while there are too many of them and of stories."""
    shelves = conn.execute("SELECT day, stories FROM fingerprint_days ORDER BY touched").fetchall()
    stories = sum(count for _, count in shelves)
    for day, count in shelves[: max(0, len(shelves) - DAYS)]:
        if stories <= STORIES:
            return
        clear(conn, day)
        stories -= count


def _shelf(day: int) -> int:
    return date(day // 10_000, day // 100 % 100, day % 100).toordinal() * _BUCKETS


def _value(one: int) -> bytes:
    return (one >> _AFTER_VALUE & (1 << 8 * _VALUE) - 1).to_bytes(_VALUE, "big")


def _entries(conn: sqlite3.Connection, buckets: Collection[int]) -> dict[int, bytes]:
    """Return what is in `buckets`, those that there are; many at once, since a story asks for a few hundred."""
    found: dict[int, bytes] = {}
    for some in batched(sorted(buckets), _AT_ONCE):
        # As many marks each time, so that SQLite has the statement ready.
        asked = some + some[-1:] * (-len(some) % _STEP)
        marks = ", ".join("?" * len(asked))
        found.update(conn.execute(f"SELECT bucket, entries FROM fingerprints WHERE bucket IN ({marks})", asked))
    return found


def _numbers(entries: bytes, value: bytes) -> list[int]:
    """Return the numbers of the stories under `value` in a bucket."""
    numbers = []
    at = entries.find(value)
    while at >= 0:
        if at % _ENTRY == 0:
            numbers.append(int.from_bytes(entries[at + _VALUE : at + _ENTRY], "big"))
        at = entries.find(value, at + 1)
    return numbers


def _without(entries: bytes, gone: set[bytes]) -> bytes:
    parts = (entries[at : at + _ENTRY] for at in range(0, len(entries), _ENTRY))
    return b"".join(part for part in parts if part not in gone)


def _together(new: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    together: defaultdict[int, bytes] = defaultdict(bytes)
    for bucket, entry in new:
        together[bucket] += entry
    return sorted(together.items())


def _write(conn: sqlite3.Connection, buckets: Sequence[tuple[int, bytes]]) -> None:
    conn.executemany(
        "INSERT INTO fingerprints (bucket, entries) VALUES (?, ?)"
        " ON CONFLICT (bucket) DO UPDATE SET entries = excluded.entries",
        buckets,
    )
