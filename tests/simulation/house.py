"""The supervisor on a fake clock: the real plan, rounds, ledger, frontier, crawl steps, coverage and watch.

Sites and processes are invented, and of a story only what health and coverage need is kept.
"""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import crawler.scout
import scheduler.shift
from archive import frontier, ledger, readings
from archive.intake import Intake
from archive.ledger import Ended, Report
from archive.link import FeedMemory
from archive.settings import Settings
from archive.store import Store
from archive.story import iso
from archive.text.jalali import TEHRAN
from archive.verdict import Stored, Verdict
from archive.visit import NOTHING, Visit
from crawler.crawl import Crawl
from crawler.discover.sitemaps import Sitemap
from crawler.extract import Verdict as Read
from crawler.ports import Answer
from crawler.reader import Reading
from scheduler.health.drift import judge
from scheduler.job import Errand
from scheduler.plan import plan
from scheduler.rhythms import rhythms
from scheduler.rounds import Rounds
from scheduler.shift import Jump, Shift
from scheduler.watch import Watch
from tests.simulation.site import Fault, Site

ROUND = timedelta(seconds=30)
WATCHED = timedelta(minutes=10)
LEARNT = timedelta(hours=6)


class Killed(BaseException):
    """The whole house was killed in the middle of a crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightIntake(Intake):
    """An intake that stores of a story only what health and coverage need."""

    def keep(self, link, analysed, now, memory=None, visit: Visit = NOTHING) -> Stored:  # type: ignore[no-untyped-def]
        conn, story = self.store.conn, analysed
        with self.store.atomic():
            row = conn.execute(
                "SELECT id, revision FROM stories WHERE agency = ? AND story_id = ?", (self.agency, story.story_id)
            ).fetchone()
            if row is None:
                readings.note(conn, self.agency, visit, now)
                number, verdict = self._insert(conn, story, now), Verdict.NEW
            else:
                number = row[0]
                verdict = Verdict.REVISED if story.revision > row[1] else Verdict.UNCHANGED
                conn.execute(
                    "UPDATE stories SET last_seen = ?, revision = max(revision, ?) WHERE id = ?",
                    (iso(now), story.revision, number),
                )
            due = frontier.next_look(story.published, now, self.recheck_ages_s)
            frontier.done(conn, link, number, due, memory)
        return Stored(id=number, verdict=verdict)

    def _insert(self, conn: sqlite3.Connection, story: SimpleNamespace, now: datetime) -> int:
        day = int(f"{story.published.astimezone(TEHRAN):%Y%m%d}") * 1_000_000
        (last,) = conn.execute("SELECT max(id) FROM stories WHERE id BETWEEN ? AND ?", (day, day + 999_999)).fetchone()
        values = {
            "id": (last or day) + 1,
            "agency": self.agency,
            "story_id": story.story_id,
            "published": iso(story.published),
        }
        values |= dict.fromkeys(("first_seen", "last_seen"), iso(now))
        values |= dict.fromkeys(("tags", "images", "dates", "boilerplate"), "[]")
        names = "url address kind kicker title lead body published_raw byline section short_link extractor content_hash"
        values |= dict.fromkeys(names.split(), "")
        conn.execute(
            f"INSERT INTO stories ({', '.join(values)}) VALUES ({', '.join(':' + name for name in values)})", values
        )
        return values["id"]


async def _here(function, *args, **kwargs):  # type: ignore[no-untyped-def]
    """Call a function in this process: these sites are not hostile."""
    return function(*args, **kwargs)


@dataclass(slots=True)
class House:
    """One supervisor over invented sites; `true` is the time that goes by, `ahead` what the wall clock adds to it."""

    store: Store
    settings: Settings
    sites: Mapping[str, Site]
    faults: Sequence[Fault]
    true: datetime
    ahead: timedelta = timedelta()
    runs: dict[str, datetime] = field(default_factory=dict)  # under way -> true end
    starts: dict[str, list[datetime]] = field(default_factory=dict)
    kills: int = 0
    hours: set[datetime] = field(default_factory=set)  # in which it was killed
    boot: datetime | None = None
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    rounds: Rounds | None = None
    due: datetime | None = None  # when there is something to do next; None = look
    reports: Counter[str] = field(default_factory=Counter)

    # -- the desk, as Rounds sees it

    @property
    def running(self) -> frozenset[str]:
        return frozenset(self.runs)

    @property
    def free(self) -> bool:
        return len(self.runs) < self.settings.crawler.agencies_at_once

    def start(self, agency, errand: Errand) -> None:  # type: ignore[no-untyped-def]
        """Do a whole crawl at once, on a clock of its own that runs ahead; it counts as running until then."""
        key, conn = agency.key, self.store.conn
        self.store.add_agency(key)
        intake = LightIntake(
            store=self.store, agency=key, recheck_ages_s=self.settings.crawler.recheck_ages_s, rechecks=errand.rechecks
        )
        intake.release(self.wall())
        if errand.kind == "crawl":
            self.starts.setdefault(key, []).append(self.true)
        number = ledger.begin(conn, key, self.wall(), planned=errand.planned, kind=errand.kind)
        spent = _Spent(self, self.sites[key])
        settings = self.settings.crawler
        if errand.requests is not None:
            settings = replace(settings, crawl_links=min(settings.crawl_links, errand.requests))
        crawl = Crawl(
            agency,
            settings,
            archive=_Awaited(intake),
            fetch=spent.fetch,
            read=spent.read,
            apart=_here,
            clock=spent.clock,
            days=errand.days,
        )
        report = replace(self.runner.run(crawl.run()), requests=spent.requests, answer_s=spent.answer_s())
        intake.release(spent.clock())
        ledger.end(conn, number, report, spent.clock(), Ended(exit=0, seconds=spent.seconds))
        self.runs[key] = self.true + timedelta(seconds=spent.seconds)
        self.reports[report.outcome] += 1
        self._settle(report, spent.clock())

    def killed_now(self, true: datetime, requests: int) -> bool:
        """Whether the house is killed at this request of a crawl: once an hour, while that fault is on."""
        hour = true.replace(minute=0, second=0, microsecond=0)
        if hour in self.hours or requests < 2 + hour.hour % 4:
            return False
        if not any(one.kind == "killed" and one.on(true) for one in self.faults):
            return False
        self.hours.add(hour)
        return True

    def _booted(self) -> datetime | None:
        return self.boot

    def wall(self) -> datetime:
        return self.true + self.ahead

    # -- the loop

    def run(self, until: datetime) -> None:
        """Let time go by until `until`."""
        with _no_parsing(self.sites), mock.patch.object(scheduler.shift, "booted", self._booted):
            while self.true < until:
                with contextlib.suppress(Killed):
                    self._shift(until)
                    return
                self.kills += 1
                self.runs.clear()
                self.true += timedelta(minutes=1)

    def _shift(self, until: datetime) -> None:
        ledger.close_dead(self.store.conn, self.wall())
        agencies = {key: site.agency for key, site in self.sites.items()}
        watch = Watch(Path(), self.settings.watch, agencies)
        self._learn(watch, agencies)
        shift = Shift(self.store.conn, self.rounds.plan, self.wall())
        watched = learnt = self.true
        while self.true < until:
            self._jump(shift, watch)
            over = [key for key, end in self.runs.items() if end <= self.true]
            for key in over:
                del self.runs[key]
            if any(one.kind == "off" and one.on(self.true) for one in self.faults):
                self.true = next(one.until for one in self.faults if one.kind == "off" and one.on(self.true))
                self.boot = self.true
                raise Killed
            now = self.wall()
            if self.true - learnt >= LEARNT:
                self._learn(watch, agencies)
                learnt = self.true
            if over or self.due is None or now >= self.due:
                self.rounds.start(self.rounds.due(now), now)
                self.due = self.rounds.next(now)
            if self.true - watched >= WATCHED:
                self.rounds.fill(now, self.settings.scheduler.walk_days)
                watch.check(self.store.conn, now)
                watched = self.true
            shift.seen(now)
            self.true += ROUND
        shift.end(self.wall())

    def _learn(self, watch: Watch, agencies) -> None:  # type: ignore[no-untyped-def]
        known = rhythms(self.store.conn, agencies, self.wall())
        busy = {key: rhythm.weights() for key, rhythm in known.items()}
        self.rounds = Rounds(self.store, self, plan(self.settings, agencies, busy), agencies)
        watch.learn(known)
        self.due = None

    def _settle(self, report: Report, now: datetime) -> None:
        self.rounds.settle(report, now)
        if any(one.kind == "redesign" and one.agency == report.agency for one in self.faults):
            judge(self.store, report.agency, now)

    def _jump(self, shift: Shift, watch: Watch) -> None:
        ahead = sum(
            (one.until - one.since for one in self.faults if one.kind == "ahead" and one.on(self.true)), timedelta()
        )
        if ahead != self.ahead:
            by_s = (ahead - self.ahead).total_seconds()
            self.ahead, self.due = ahead, None
            jump = Jump(by_s=by_s, slept=False)
            shift.skip(self.wall(), jump)
            watch.jumped(self.wall(), jump.why)
            watch.check(self.store.conn, self.wall())


class _Spent:
    """The requests and seconds of one crawl, and its clock."""

    def __init__(self, house: House, site: Site) -> None:
        self._house, self._site = house, site
        self.requests, self.seconds = 0, 0.4
        self._robots = not self._asked_today()

    def clock(self) -> datetime:
        return (self._house.wall() + timedelta(seconds=self.seconds)).replace(microsecond=0)

    def answer_s(self) -> float:
        return self._site.latency_s(self._house.true)

    async def fetch(self, url: str, known: FeedMemory | None = None) -> Answer:
        if self._robots:
            self._robots = False
            self.requests += 1
        self.requests += 1
        true = self._house.true + timedelta(seconds=self.seconds)
        if self._house.killed_now(true, self.requests):
            raise Killed
        self.seconds += self._house.settings.crawler.delay_s + self._site.latency_s(true)
        return self._site.answer(url, known, true)

    async def read(self, page, _agency, _now) -> Reading:  # type: ignore[no-untyped-def]
        number = int(page.url.rpartition("/")[2]) - 1
        true = self._house.true + timedelta(seconds=self.seconds)
        changed = self._site.changed.get(number)
        story = SimpleNamespace(
            story_id=str(number + 1),
            published=self._site.published[number],
            revision=1 + (changed is not None and changed <= true),
        )
        fields = ("title", "body", "published", "lead")
        visit = Visit(found=fields[:1], missing=fields[1:]) if self._site.redesigned(true) else Visit(found=fields)
        return Reading(verdict=Read.STORY, reason="", analysed=story, visit=visit)

    def _asked_today(self) -> bool:
        robots = self._house.store.conn.execute(
            "SELECT 1 FROM robots WHERE place = ? AND fetched > ?",
            (self._site.key, iso(self._house.wall() - timedelta(days=1))),
        ).fetchone()
        if robots is None:
            self._house.store.conn.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, 200, x'', ?)", (self._site.key, iso(self._house.wall()))
            )
        return robots is not None


class _Awaited:
    """An intake as a crawl asks it, answering at once: nobody else waits."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        async def answer(*args):  # type: ignore[no-untyped-def]
            return getattr(self._intake, name)(*args)

        return answer


@contextlib.contextmanager
def _no_parsing(sites: Mapping[str, Site]):  # type: ignore[no-untyped-def]
    """Have feeds, sitemaps and day pages give the links they were made of: parsing them is tested elsewhere."""

    with (
        mock.patch.object(crawler.scout, "read_feed", lambda body, *_, **__: _of(sites, body)),
        mock.patch.object(crawler.scout, "read_sitemap", lambda body, *_, **__: Sitemap(links=tuple(_of(sites, body)))),
        mock.patch.object(crawler.scout, "read_day", lambda body, *_, **__: _of(sites, body)),
        mock.patch.object(crawler.scout, "read_ttl_s", return_value=0.0),
    ):
        yield


def _of(sites: Mapping[str, Site], body: bytes):  # type: ignore[no-untyped-def]
    for site in sites.values():
        if body in site.bodies:
            return site.bodies.pop(body)
    return []
