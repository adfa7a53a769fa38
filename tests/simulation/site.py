"""An invented agency whose whole future is known: what its site answers at any moment, and what goes wrong when."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.link import FeedMemory, Link
from archive.text.jalali import TEHRAN
from crawler.agency import Agency
from crawler.ports import Answer, FetchError
from scheduler.when.holidays import in_nowruz, is_holiday

BY_HOUR = (2, 1, 1, 1, 1, 2, 5, 12, 20, 26, 28, 28, 26, 24, 22, 22, 22, 20, 20, 18, 16, 14, 8, 4)
# Shares of a working day, a holiday and a day of Nowruz: a week with one Friday has seven times `per_day`.
BUSY, HOLIDAY, NOWRUZ = 1.1, 0.45, 0.25
LISTED, PER_PAGE = 40, 30
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong from `since` until `until` (true time)."""

    kind: str  # outage, silence, slow, block, unreachable, redesign, killed, off, ahead
    since: datetime
    until: datetime
    agency: str = ""  # empty = all

    def on(self, now: datetime, agency: str = "") -> bool:
        return self.since <= now < self.until and self.agency in ("", agency)


@dataclass(slots=True)
class Site:
    """Serves the stories of one agency up to the true moment; counts what it is asked."""

    key: str
    per_day: float
    start: datetime
    days: int
    seed: int
    faults: Sequence[Fault] = ()
    asked: int = 0
    published: list[datetime] = field(default_factory=list)
    changed: dict[int, datetime] = field(default_factory=dict)
    bodies: dict[bytes, list[Link]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Decide the whole future: stories as chance has it (a thinned Poisson process), one in twenty changed later."""
        dice, at = random.Random(self.seed), self.start
        most = BUSY * self.per_day * max(BY_HOUR) / sum(BY_HOUR)
        silences = [one for one in self.faults if one.kind == "silence" and one.agency == self.key]
        while at < self.start + timedelta(days=self.days):
            at += timedelta(hours=dice.expovariate(most))
            if dice.random() * most < self._rate(at) and not any(one.on(at, self.key) for one in silences):
                self.published.append(at.replace(microsecond=0))
                if dice.random() < 0.05:
                    self.changed[len(self.published) - 1] = at + timedelta(minutes=dice.uniform(30, 300))

    @property
    def agency(self) -> Agency:
        return Agency(
            key=self.key,
            name=self.key,
            home=f"https://{self.key}.ir/",
            feeds=("/rss",),
            sitemaps=("/sitemap.xml",),
            story=r"/news/(?P<id>\d+)",
            archive="/archive?dy={day}&mn={month}&yr={year}&pi={page}",
        )

    def answer(self, url: str, known: FeedMemory | None, now: datetime) -> Answer:
        """Return what the site answers at the true moment `now`; raises FetchError."""
        self.asked += 1
        if self._fault("unreachable", now):
            raise FetchError("TimeoutError: it took longer than 30 s")
        if self._fault("outage", now):
            return Answer(url=url, status=502)
        if self._fault("block", now):
            return Answer(url=url, status=403)
        path = url.removeprefix(f"https://{self.key}.ir")
        if path.startswith("/news/"):
            return Answer(url=url, status=200, body=b"story")
        links = self._listed(path, now)
        body = f"{path} {len(links)} {links[0].url if links else ''} {max((str(one.modified) for one in links), default='')}"
        etag = f'"{body}"'
        if known is not None and known.etag == etag:
            return Answer(url=url, status=304, etag=etag)
        self.bodies[body.encode()] = links
        return Answer(url=url, status=200, body=body.encode(), etag=etag)

    def latency_s(self, now: datetime) -> float:
        return 12.0 if self._fault("slow", now) else 0.6

    def redesigned(self, now: datetime) -> bool:
        return self._fault("redesign", now)

    def between(self, since: datetime, until: datetime) -> range:
        """Return the numbers of the stories published from `since` to before `until`."""
        return range(bisect_left(self.published, since), bisect_left(self.published, until))

    def _listed(self, path: str, now: datetime) -> list[Link]:
        there = bisect_right(self.published, now)
        if path == "/rss":
            return [self._link(n, now) for n in range(there - 1, max(-1, there - 1 - LISTED), -1)]
        if path == "/sitemap.xml":
            first = bisect_left(self.published, now - timedelta(hours=12))
            return [self._link(n, now, changes=True) for n in range(there - 1, first - 1, -1)]
        asked = dict(part.split("=") for part in path.partition("?")[2].split("&"))
        return self._day({name: int(value) for name, value in asked.items()}, there, now)

    def _day(self, asked: dict[str, int], there: int, now: datetime) -> list[Link]:
        from archive.text.jalali import gregorian, midnight  # noqa: PLC0415

        begin = midnight(gregorian(asked["yr"], asked["mn"], asked["dy"]))
        numbers = [n for n in self.between(begin, begin + timedelta(days=1)) if n < there][::-1]
        return [self._link(n, now) for n in numbers[(asked["pi"] - 1) * PER_PAGE : asked["pi"] * PER_PAGE]]

    def _link(self, number: int, now: datetime, *, changes: bool = False) -> Link:
        changed = self.changed.get(number)
        modified = changed if changes and changed is not None and changed <= now else None
        return Link(url=f"https://{self.key}.ir/news/{number + 1}", published=self.published[number], modified=modified)

    def _rate(self, at: datetime) -> float:
        local = at.astimezone(TEHRAN)
        share = NOWRUZ if in_nowruz(local.date()) else HOLIDAY if is_holiday(local.date()) else BUSY
        return self.per_day * share * BY_HOUR[local.hour] / sum(BY_HOUR)

    def _fault(self, kind: str, now: datetime) -> bool:
        return any(one.kind == kind and one.on(now, self.key) for one in self.faults)
