"""What a crawl may ask of the archive; every answer is given after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import frontier
from archive.analysis import Analysed
from archive.frontier import FeedMemory, Lease, LinkState
from archive.link import Link
from archive.store import Store, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One agency's door to the archive: links are noted and leased, stories stored, each in one transaction.

    `recheck_ages_s` are the ages (since publication) at which a known story is looked at again.
    """

    store: Store
    agency: str
    recheck_ages_s: Sequence[float] = ()

    def discover(self, links: Sequence[Link], now: datetime) -> int:
        """Note links of a feed or sitemap; return how many were new."""
        with self.store.db.atomic():
            return frontier.discover(self.store.conn, self.agency, links, now)

    def lease(self, count: int, now: datetime) -> list[Lease]:
        """Hand out up to `count` links that are due."""
        with self.store.db.atomic():
            return frontier.lease(self.store.conn, self.agency, count, now)

    def release(self, now: datetime) -> None:
        """Take back what this agency's crawl had leased and not brought home."""
        frontier.release(self.store.conn, self.agency, now)

    def keep(self, link: int, analysed: Analysed, now: datetime) -> Stored:
        """Store the story a leased link gave, and note the link done."""
        with self.store.db.atomic():
            stored = self.store.add(analysed, now=now)
            due = frontier.next_look(analysed.story.published, now, self.recheck_ages_s)
            frontier.done(self.store.conn, link, stored.id, due)
        return stored

    def set_aside(self, link: int, state: LinkState, reason: str, now: datetime) -> None:
        """Note that a leased link gave no story, and why."""
        with self.store.db.atomic():
            frontier.set_aside(self.store.conn, link, state, reason, now)

    def recall(self, url: str) -> FeedMemory:
        """Return the validators a feed had last time."""
        return frontier.recall(self.store.conn, self.agency, url)

    def remember(self, feed: FeedMemory, status: int, links: int, now: datetime) -> None:
        """Note how a feed answered."""
        frontier.remember(self.store.conn, self.agency, feed, status=status, links=links, now=now)
