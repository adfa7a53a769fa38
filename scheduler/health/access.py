"""Can agencies be asked? Blocked, failing or slow one by one; all at once, it is the line, and one alarm."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from archive.alarms import Alarm
from archive.story import iso

# So many crawls in a row must show a trouble.
TWICE, THRICE = 2, 3
# An answer is slow when it takes so many times what it took, and is worth an alarm from so many seconds on.
SLOWER, SLOW_S = 4.0, 3.0
_BASELINE = 20
# Agencies that fail together within this are one trouble.
TOGETHER = timedelta(minutes=90)
_MANY = 3
_WITNESSES = 20
_SHUT = re.compile(r"HTTP (?:401|403|407|429|451)\b|blocked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One crawl as health sees it, from the ledger."""

    started: datetime
    outcome: str
    fetched: int = 0
    blocked: int = 0
    answer_s: float | None = None
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether the crawl did not reach its agency, or died."""
        return self.outcome in ("failed", "killed", "died")

    @property
    def shut(self) -> bool:
        """Whether the agency answered but would not have us."""
        pages = self.blocked > 0 and 2 * self.blocked >= self.fetched
        return pages or (self.outcome == "failed" and _SHUT.search(self.error) is not None)


def access(looks: Mapping[str, Sequence[Look]], hosts: Mapping[str, str], now: datetime) -> list[Alarm]:
    """Return what is wrong with reaching agencies; `looks` are each one's in order, `hosts` where it is at home."""
    down = {
        key: found
        for key, own in looks.items()
        if (found := _failing(key, own)) is not None and _witnessed(key, looks, found, now)
    }
    country = _together(looks, hosts, now)
    if country is not None:
        return [country]
    alarms = list(down.values())
    for key, own in looks.items():
        blocked = _blocked(key, own)
        alarms += [one for one in (blocked, _slow(key, own)) if one is not None]
        if blocked is not None and key in down:
            alarms.remove(down[key])
    return alarms


def _blocked(agency: str, looks: Sequence[Look]) -> Alarm | None:
    """Return the alarm when the last crawls that asked for anything were turned away."""
    asked = [one for one in looks if one.fetched or one.failed]
    row = _last_in_a_row(asked, [one.shut for one in asked])
    if len(row) < TWICE:
        return None
    pages = sum(one.blocked for one in row)
    told = row[-1].error or f"{pages} of {sum(one.fetched for one in row)} pages"
    return Alarm(kind="blocked", agency=agency, since=iso(row[0].started), evidence=f"turned away: {told}"[:300])


def _witnessed(agency: str, looks: Mapping[str, Sequence[Look]], alarm: Alarm, now: datetime) -> bool:
    """Whether another agency was reached between the first and the last failure of this one.

    Else the line may be to blame. Where no other was looked at of late, there is none to ask.
    """
    others = [own for key, own in looks.items() if key != agency and own and now - own[-1].started <= TOGETHER]
    last = looks[agency][-1].started
    return not others or any(
        one.outcome == "ok" and alarm.since <= iso(one.started) and one.started <= last
        for own in others
        for one in own[-_WITNESSES:]
    )


def _failing(agency: str, looks: Sequence[Look]) -> Alarm | None:
    row = _last_in_a_row(looks, [one.failed for one in looks])
    if len(row) < THRICE:
        return None
    why = row[-1].error or row[-1].outcome
    evidence = f"{len(row)} crawls failed in a row, the last: {why}"[:300]
    return Alarm(kind="failing", agency=agency, since=iso(row[0].started), evidence=evidence)


def _slow(agency: str, looks: Sequence[Look]) -> Alarm | None:
    """Return the alarm when the last crawls' answers took far longer than they had."""
    timed = [one for one in looks if one.answer_s is not None]
    usual = [one.answer_s or 0.0 for one in timed[:-THRICE]][-200:]
    if len(usual) < _BASELINE:
        return None
    bound_s = max(SLOW_S, SLOWER * median(usual))
    row = _last_in_a_row(timed, [(one.answer_s or 0.0) > bound_s for one in timed])
    if len(row) < THRICE:
        return None
    now_s = median([one.answer_s or 0.0 for one in row])
    evidence = f"answers take {now_s:.1f} s, {median(usual):.1f} s before"
    return Alarm(kind="slow", agency=agency, since=iso(row[0].started), evidence=evidence)


def _together(looks: Mapping[str, Sequence[Look]], hosts: Mapping[str, str], now: datetime) -> Alarm | None:
    """Return the one alarm when all agencies in Iran, or all there are, have failed at their last looks of late."""
    ended = {key: [one for one in own if one.outcome != "running"] for key, own in looks.items()}
    last = {key: own[-1] for key, own in ended.items() if own and now - own[-1].started <= TOGETHER}
    iranian = {key: one for key, one in last.items() if hosts.get(key, "").endswith(".ir")}
    for told, group in (("nothing can be reached", last), ("no host under .ir can be reached", iranian)):
        if len(group) >= _MANY and all(one.failed and not one.shut for one in group.values()):
            since = min(_last_in_a_row(ended[key], [one.failed for one in ended[key]])[0].started for key in group)
            evidence = f"{told}: {len(group)} agencies failed, one says {next(iter(group.values())).error}"
            return Alarm(kind="unreachable", agency="", since=iso(since), evidence=evidence[:300])
    return None


def _last_in_a_row(looks: Sequence[Look], bad: Sequence[bool]) -> Sequence[Look]:
    """Return the looks at the end of which each is bad."""
    start = len(looks)
    while start and bad[start - 1]:
        start -= 1
    return looks[start:]
