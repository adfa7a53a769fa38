"""What a crawl may ask of the archive; every answer is given after the commit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from archive import coverage, frontier, pages, readings, sites, withdrawals
from archive.analysis import Analysed
from archive.coverage import Walk
from archive.errors import ArchiveError
from archive.ledger import Report
from archive.link import FeedMemory, Lease, Link, LinkState
from archive.raw.files import RawWriter
from archive.raw.page import Dictionary, Packed
from archive.sites import RobotsMemory
from archive.store import Store
from archive.story import iso
from archive.verdict import Stored, Verdict
from archive.visit import NOTHING, Visit
from archive.withdrawals import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One agency's door to the archive: links are noted and leased, stories stored, each in one transaction.

    `recheck_ages_s` are the ages (since publication) at which a known story is looked at again.
    """

    store: Store
    agency: str
    recheck_ages_s: Sequence[float] = ()
    rechecks: int | None = None  # how many known stories may be looked at again only for their age; None = any number
    fresh: int | None = None  # how many links may be fetched for the first time; None = any number
    spent: Counter[str] = field(default_factory=Counter)
    raw: RawWriter | None = None  # where raw pages are kept; None = nowhere
    gone: list[Sighting] = field(default_factory=list)  # known stories that this crawl found gone
    first: set[int] = field(default_factory=set)  # leased links that gave no story so far

    def discover(self, links: Sequence[Link], now: datetime) -> int:
        """Note links of a feed or sitemap; return how many were new."""
        with self.store.atomic():
            return frontier.discover(self.store.conn, self.agency, links, now)

    def lease(self, count: int, now: datetime) -> list[Lease]:
        """Hand out up to `count` links that are due."""
        with self.store.atomic():
            left = {"rechecks": self.rechecks, "fresh": self.fresh}
            bounds = {name: None if n is None else max(0, n - self.spent[name]) for name, n in left.items()}
            leases = frontier.lease(self.store.conn, self.agency, count, now, **bounds)
            self.spent["rechecks"] += sum(one.aged for one in leases)
            first = {one.id for one in leases if one.story is None}
            self.first.update(first)
            self.spent["fresh"] += len(first)
            return leases

    def release(self, now: datetime) -> None:
        """Take back what this agency's crawl had leased and not brought home."""
        frontier.release(self.store.conn, self.agency, now)
        if self.rechecks is not None:
            frontier.let_go(self.store.conn, self.agency, now, self.recheck_ages_s)

    def keep(
        self, link: int, analysed: Analysed, now: datetime, memory: FeedMemory | None = None, visit: Visit = NOTHING
    ) -> Stored:
        """Store the story a leased link gave, and note the link done, served with the validators `memory`.

        Its raw page is on the disk before: a story is never without the page that it was read from. When a story is
        looked at again and unchanged, its page says nothing new and is not kept, unless there is none of it yet.
        """
        page = self._keep_page(link, analysed, visit)
        with self.store.atomic():
            stored = self.store.add(analysed, now=now)
            if page is not None:
                pages.note_story(self.store.conn, stored.id, page)
                pages.forget_link(self.store.conn, link)
            if stored.verdict is Verdict.NEW:
                readings.note(self.store.conn, self.agency, visit, now)
            else:
                withdrawals.seen(self.store.conn, stored.id, iso(now))
            due = frontier.next_look(analysed.story.published, now, self.recheck_ages_s)
            frontier.done(self.store.conn, link, stored.id, due, memory)
        self.store.publish()
        self.first.discard(link)
        return stored

    def _keep_page(self, link: int, analysed: Analysed, visit: Visit) -> Packed | None:
        if visit.page is None or self.raw is None:
            return None
        if link not in self.first:
            verdict, story = self.store.foresee(analysed)
            if verdict is Verdict.UNCHANGED and story is not None and pages.has(self.store.conn, story):
                return None
        self.raw.keep(visit.page, teach=True)
        return visit.page

    def dictionary(self, month: str) -> Dictionary | None:
        """Return the page that this agency's pages of a month are to be packed with; None = there is none yet."""
        return None if self.raw is None else self.raw.dictionary(self.agency, month)

    def unchanged(self, link: int, now: datetime) -> None:
        """Note that the page of a known story is as it was, says its server."""
        with self.store.atomic():
            story = frontier.story_of(self.store.conn, link)
            if story is None:
                raise ArchiveError("archive", f"link {link}", "gave no story that could be unchanged")
            published = self.store.touch(story, now=now)
            frontier.unchanged(self.store.conn, link, frontier.next_look(published, now, self.recheck_ages_s))
            withdrawals.seen(self.store.conn, story, iso(now))

    def set_aside(self, link: int, state: LinkState, reason: str, now: datetime, visit: Visit = NOTHING) -> None:
        """Note that a leased link gave no story, and why; that a known story is gone is remembered for `end`."""
        conn = self.store.conn
        if visit.page is not None and self.raw is not None:
            self.raw.keep(visit.page, teach=False)
        with self.store.atomic():
            if visit.page is not None and self.raw is not None:
                pages.note_link(conn, link, visit.page)
            if state is LinkState.MISSING and frontier.story_of(conn, link) is not None:
                story = frontier.gone(conn, link, reason, now, withdrawals.look_again_after_s)
                self.gone.append(Sighting(story=story, at=iso(now), what=reason))
            else:
                if frontier.is_first_look(conn, link):
                    readings.note(conn, self.agency, visit, now)
                frontier.set_aside(conn, link, state, reason, now)

    def end(self, report: Report) -> None:
        """Believe what was found gone if the agency was otherwise well during the crawl that ends with `report`."""
        with self.store.atomic():
            if withdrawals.healthy(report):
                withdrawals.record(self.store.conn, self.gone)
        self.gone.clear()

    def recall(self, url: str) -> FeedMemory:
        """Return what a feed said of itself last time."""
        return sites.recall(self.store.conn, self.agency, url)

    def remember(self, feed: FeedMemory, status: int, links: int, now: datetime) -> None:
        """Note how a feed answered."""
        sites.remember(self.store.conn, self.agency, feed, status=status, links=links, now=now)

    def recall_robots(self, place: str) -> RobotsMemory | None:
        """Return the robots.txt of a scheme and host as last answered."""
        return sites.recall_robots(self.store.conn, place)

    def remember_robots(self, place: str, robots: RobotsMemory) -> None:
        """Note how a robots.txt was answered."""
        sites.remember_robots(self.store.conn, place, robots)

    def walked(self, day: date, walk: Walk, now: datetime) -> None:
        """Note what the day archive of the agency listed of a day."""
        coverage.note_walk(self.store.conn, self.agency, day, walk, now)
