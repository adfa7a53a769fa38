"""Is a site still laid out as it was? Decided from what was found on its pages lately and in its fortnight."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive import alarms, readings
from archive.alarms import Alarm
from archive.readings import Seen
from archive.store import Store

DRIFT = "drift:"
# So many readings tell what is usual of fields that every story has; of the others a week does, with its nights and
# its Friday.
ENOUGH, ALWAYS = 30, frozenset({"title", "body", "published", "story_id", "rule"})
A_WEEK = timedelta(days=7)
# By the share in which a field was usual: how many of the last readings are looked at, in how many of them at most it
# may be found to raise an alarm, and in how many more it was found at the fortnight's worst time. Fields that come and
# go with the desk that writes must be gone for longer, unless they never were nearly gone.
BOUNDS = ((0.95, 10, 5, 1), (0.9, 10, 0, 3), (0.5, 20, 0, 1), (0.3, 60, 0, 1))
# An alarm ends when the field is found in the last so many readings about as often as before.
LATELY, BACK = 10, 0.8


def judge(store: Store, agency: str, now: datetime) -> list[Alarm]:
    """Judge what was read of an agency since the last time; note and return the alarms that began or ended."""
    seen, judged = readings.seen(store.conn, agency, now), readings.judged(store.conn, agency)
    if not seen or seen[-1].id <= judged:
        return []
    changes = drifts(seen, alarms.alarms(store.conn, agency, prefix=DRIFT), agency=agency, judged=judged)
    with store.atomic():
        alarms.note(store.conn, changes, now)
        readings.settle(store.conn, agency, seen[-1].id, now)
    return changes


def drifts(seen: Sequence[Seen], known: Sequence[Alarm], *, agency: str, judged: int) -> list[Alarm]:
    """Return the alarms that begin (with the id 0) or end (with theirs) in the readings after the number `judged`.

    `seen` is the agency's fortnight in order, `known` its drifts so far. A field drifts when it is hardly found any
    more (`BOUNDS`) and there was no such time in its fortnight: nights and Fridays were, and they had desks of their
    own. What was read under an alarm is no part of what is usual; after a dismissed one, what is usual starts anew.
    """
    changes: list[Alarm] = []
    for name in sorted({name for one in seen for name in one.found | one.missing}):
        looks = [_Look(one.id, one.at, name in one.found) for one in seen if name in one.found or name in one.missing]
        changes += _watch(looks, Alarm(agency=agency, kind=DRIFT + name, evidence="", since=""),
                          [one for one in known if one.about == name], judged)  # fmt: skip
    return changes


@dataclass(frozen=True, slots=True)
class _Look:
    """One reading as one field sees it."""

    id: int
    at: str
    there: bool


def _watch(looks: Iterable[_Look], kind: Alarm, known: Sequence[Alarm], judged: int) -> Iterator[Alarm]:
    """Yield the alarms of one field that begin or end after `judged`; those that begin are made of `kind`."""
    anew = max((one.until or "" for one in known if one.dismissed), default="")
    over = [one for one in known if one.until is not None]
    alarm = next((one for one in known if one.until is None), None)
    usual, last = _Usual(at_once=kind.about in ALWAYS), deque[_Look](maxlen=LATELY)
    for look in looks:
        if look.at <= anew:
            continue
        last.append(look)
        if alarm is not None and look.at >= alarm.since:
            if look.id > judged and _is_back(last, alarm):
                yield replace(alarm, until=look.at)
                alarm = None
        elif not any(one.since <= look.at <= (one.until or "") for one in over):
            usual.add(look)
            if look.id > judged and (found := usual.broken()) is not None:
                alarm = replace(kind, evidence=found.evidence(kind.about), usual=found.share, since=found.started)
                yield alarm


@dataclass(frozen=True, slots=True)
class _Broken:
    """A field that was usual in `share` was there in `found` of the last `size` readings, missing since `started`."""

    share: float
    found: int
    size: int
    started: str

    def evidence(self, name: str) -> str:
        what = "family's rule overruled" if name == "rule" else f"{name} empty"
        return f"{what} in {self.size - self.found} of last {self.size}; found in {self.share:.0%} before"


@dataclass(slots=True)
class _Usual:
    """The readings of one field that no alarm covers: how often it was found, and the worst times there were."""

    at_once: bool  # it need not be watched for a week first
    looks: list[_Look] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])  # how many were found in the first n
    worst: dict[int, int] = field(default_factory=lambda: {size: size for _, size, *_ in BOUNDS})

    def add(self, look: _Look) -> None:
        self.looks.append(look)
        self.sums.append(self.sums[-1] + look.there)
        for size in self.worst:  # the newest window that the last one does not overlap
            end = len(self.looks) - size
            if end >= size:
                self.worst[size] = min(self.worst[size], self.sums[end] - self.sums[end - size])

    def _week(self, before: int) -> bool:
        first, last = (datetime.fromisoformat(one.at) for one in (self.looks[0], self.looks[before - 1]))
        return last - first >= A_WEEK

    def broken(self) -> _Broken | None:
        """Return how the field has drifted, and forget the readings that show it; None = it has not."""
        for usual, size, most, more in BOUNDS:
            before = len(self.looks) - size
            if (
                before < ENOUGH
                or not (self.at_once or self._week(before))
                or (share := self.sums[before] / before) < usual
            ):
                continue
            found = self.sums[-1] - self.sums[before]
            if found > most or found + more > self.worst[size]:
                continue
            started = next(one.at for one in self.looks[before:] if not one.there)
            del self.looks[before:], self.sums[before + 1 :]
            return _Broken(share, found, size, started)
        return None


def _is_back(last: Sequence[_Look], alarm: Alarm) -> bool:
    found = sum(one.there for one in last)
    return len(last) == LATELY and found >= BACK * LATELY * (alarm.usual or 0)
