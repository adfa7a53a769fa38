"""The frontier: which links are to be fetched next, and what feeds said of themselves last time."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.identity import address, own
from archive.link import FeedMemory, Lease, Link, LinkState
from archive.places import hosts
from archive.story import iso

# After so many failed attempts a link is set aside until a person asks for it again.
ATTEMPTS = 8
# A page that kills its reader is looked at once more, since a machine under load makes an innocent page slow.
HOSTILE_ATTEMPTS = 2
# A page is believed unchanged on its server's word (304) so often; then it is read again.
TRUST = 3
# A link leased by a crawl that died comes back by itself after this.
LEASE_S = 1800.0
# A look at a known story that is due only for its age is given up when it is so late: its next age comes.
LATE_S = 43200.0
# A known story that is due for its age alone: nobody announced a change since it was last seen.
_AGED = (
    "state = 'done' AND story IS NOT NULL"
    " AND coalesce(modified <= (SELECT last_seen FROM stories WHERE stories.id = links.story), TRUE)"
)
# A longer validator is not worth keeping.
_LONGEST = 200


def discover(conn: sqlite3.Connection, agency: str, links: Iterable[Link], now: datetime) -> int:
    """Note `links`; return how many were new. A known story announced as modified since is looked at again."""
    own_hosts = hosts(conn, agency)
    return sum(_note(conn, agency, link, own(address(link.url), own_hosts), iso(now)) for link in links)


def lease(
    conn: sqlite3.Connection,
    agency: str,
    count: int,
    now: datetime,
    *,
    rechecks: int | None = None,
    fresh: int | None = None,
) -> list[Lease]:
    """Hand out up to `count` links that are due: new ones first, the newest of them first.

    At most `fresh` (None = any number) are links that were never fetched; the rest of these waits, none is dropped.

    At most `rechecks` (None = any number) are known stories that are due for their age only; announced changes are not
    counted, nor are second looks at what was gone.
    """
    if fresh is not None:
        new = _lease(conn, agency, min(count, fresh), now, _FRESH)
        return new + _known(conn, agency, count - len(new), now, rechecks)
    if rechecks is None:
        return _lease(conn, agency, count, now, "TRUE")
    found = _lease(conn, agency, count, now, f"NOT ({_AGED})")
    aged = _lease(conn, agency, min(count - len(found), rechecks), now, _AGED) if len(found) < count else []
    return found + [replace(one, aged=True) for one in aged]


def let_go(conn: sqlite3.Connection, agency: str, now: datetime, ages_s: Sequence[float]) -> int:
    """Give up looks at known stories that nobody came to for half a day: their next age is next. Return how many."""
    late = conn.execute(
        f"SELECT id, published FROM links WHERE agency = ? AND next_look < ? AND {_AGED} ORDER BY next_look LIMIT 2000",
        (agency, iso(now - timedelta(seconds=LATE_S))),
    ).fetchall()
    moments = [(number, None if told is None else datetime.fromisoformat(told)) for number, told in late]
    conn.executemany(
        "UPDATE links SET next_look = ? WHERE id = ?",
        [
            (None if published is None or (at := next_look(published, now, ages_s)) is None else iso(at), number)
            for number, published in moments
        ],
    )
    return len(late)


def _known(conn: sqlite3.Connection, agency: str, count: int, now: datetime, rechecks: int | None) -> list[Lease]:
    """Hand out links that were fetched before, of which `rechecks` only for their age."""
    if rechecks is None:
        return _lease(conn, agency, count, now, f"NOT ({_FRESH})")
    found = _lease(conn, agency, count, now, f"NOT ({_FRESH}) AND NOT ({_AGED})")
    aged = _lease(conn, agency, min(count - len(found), rechecks), now, _AGED)
    return found + [replace(one, aged=True) for one in aged]


_FRESH = "state = 'discovered' AND story IS NULL"


def _lease(conn: sqlite3.Connection, agency: str, count: int, now: datetime, which: str) -> list[Lease]:
    """Hand out up to `count` links that are due and of which the SQL condition `which` holds."""
    found = conn.execute(
        "SELECT id, url, story, iif(trusted < ?, etag, ''), iif(trusted < ?, last_modified, ''), found_in, title,"
        f" published, modified FROM links WHERE agency = ? AND next_look <= ? AND ({which})"
        " ORDER BY state <> 'discovered', coalesce(modified, published, discovered) DESC, id LIMIT ?",
        (TRUST, TRUST, agency, iso(now), count),
    ).fetchall()
    until = iso(now + timedelta(seconds=LEASE_S))
    conn.executemany(
        "UPDATE links SET state = 'leased', attempts = attempts + 1, next_look = ? WHERE id = ?",
        [(until, row[0]) for row in found],
    )
    return [
        Lease(
            id=number,
            link=_link(url, *rest),
            story=story,
            memory=None if story is None else FeedMemory(url=url, etag=etag, last_modified=last_modified),
        )
        for number, url, story, etag, last_modified, *rest in found
    ]


def release(conn: sqlite3.Connection, agency: str, now: datetime) -> None:
    """Give back the leases of an agency whose crawl is over, however it ended; they count as no attempt."""
    conn.execute(
        "UPDATE links SET state = iif(story IS NULL, 'discovered', 'done'), attempts = max(0, attempts - 1),"
        " next_look = ? WHERE agency = ? AND state = 'leased'",
        (iso(now), agency),
    )


def done(
    conn: sqlite3.Connection, link: int, story: int, next_look: datetime | None, memory: FeedMemory | None = None
) -> None:
    """Note that a link gave `story`, to be looked at again at `next_look` (None = never), served with `memory`."""
    memory = memory or FeedMemory(url="")
    conn.execute(
        "UPDATE links SET state = 'done', attempts = 0, reason = '', story = ?, next_look = ?, etag = ?,"
        " last_modified = ?, trusted = 0 WHERE id = ?",
        (story, None if next_look is None else iso(next_look), memory.etag[:_LONGEST], memory.last_modified[:_LONGEST],
         link),
    )  # fmt: skip


def unchanged(conn: sqlite3.Connection, link: int, next_look: datetime | None) -> None:
    """Note that the server says a page is as it was; after `TRUST` such words it is read again."""
    conn.execute(
        "UPDATE links SET state = 'done', attempts = 0, reason = '', next_look = ?, trusted = trusted + 1 WHERE id = ?",
        (None if next_look is None else iso(next_look), link),
    )


def gone(conn: sqlite3.Connection, link: int, reason: str, now: datetime, wait_s: Callable[[int], float | None]) -> int:
    """Note that the page of a known story is gone; return the story.

    It is looked at again after `wait_s` of the number of looks in a row, and other links of the story are at once.
    """
    attempts, story = conn.execute("SELECT attempts, story FROM links WHERE id = ?", (link,)).fetchone()
    after_s = wait_s(attempts)
    again = None if after_s is None else iso(now + timedelta(seconds=after_s))
    conn.execute(
        "UPDATE links SET state = 'missing', reason = ?, next_look = ?, etag = '', last_modified = '' WHERE id = ?",
        (reason, again, link),
    )
    conn.execute("UPDATE links SET next_look = ? WHERE story = ? AND state = 'done'", (iso(now), story))
    return int(story)


def story_of(conn: sqlite3.Connection, link: int) -> int | None:
    """Return the story a link gave before; None = none so far."""
    row = conn.execute("SELECT story FROM links WHERE id = ?", (link,)).fetchone()
    return None if row is None else row[0]


def set_aside(conn: sqlite3.Connection, link: int, state: LinkState, reason: str, now: datetime) -> None:
    """Note that a link gave no story, and why; it is tried again later, at most `ATTEMPTS` times in all.

    A quarantined one is tried `HOSTILE_ATTEMPTS` times; after the last try only `requeue` brings a link back.
    """
    (attempts,) = conn.execute("SELECT attempts FROM links WHERE id = ?", (link,)).fetchone()
    spent = attempts >= (HOSTILE_ATTEMPTS if state is LinkState.QUARANTINED else ATTEMPTS)
    conn.execute(
        "UPDATE links SET state = ?, reason = ?, next_look = ? WHERE id = ?",
        (
            LinkState.QUARANTINED if spent else state,
            reason,
            None if spent else iso(now + timedelta(seconds=retry_after_s(attempts))),
            link,
        ),
    )


def is_first_look(conn: sqlite3.Connection, link: int) -> bool:
    """Whether a leased link is fetched for the first time: it has no story, and no earlier attempt failed."""
    (first,) = conn.execute("SELECT story IS NULL AND attempts <= 1 FROM links WHERE id = ?", (link,)).fetchone()
    return bool(first)


def retry_after_s(attempts: int) -> float:
    """Return how long to wait after the given number of failed attempts: 5 min, 20 min, ... a day at most."""
    return float(min(300 * 4 ** max(0, attempts - 1), 86400))


def next_look(published: datetime | None, now: datetime, ages_s: Sequence[float]) -> datetime | None:
    """Return when a story is due again: at the first of `ages_s` after its publication that is still to come.

    A story without a date counts as published now. None = it is older than every age.
    """
    start = published or now
    return min((at for age in ages_s if (at := start + timedelta(seconds=age)) > now), default=None)


def _note(conn: sqlite3.Connection, agency: str, link: Link, place: str, now: str) -> bool:
    if not place:
        return False
    dates = {
        "published": None if link.published is None else iso(link.published),
        "modified": None if link.modified is None else iso(link.modified),
    }
    values = {"agency": agency, "address": place, "now": now, "url": link.url, **dates}
    added = conn.execute(
        "INSERT INTO links (agency, url, address, found_in, title, published, modified, discovered, next_look)"
        " VALUES (:agency, :url, :address, :found_in, :title, :published, :modified, :now, :now)"
        " ON CONFLICT (agency, address) DO NOTHING",
        {**values, "found_in": link.found_in, "title": link.title},
    )
    if added.rowcount == 0 and link.modified is not None:
        conn.execute(
            "UPDATE links SET modified = :modified, next_look = iif(state = 'leased', next_look, :now)"
            " WHERE agency = :agency AND address = :address AND state <> 'quarantined'"
            " AND :modified > coalesce(modified, published, '')",
            values,
        )
    return added.rowcount == 1


def _link(url: str, found_in: str, title: str, *dates: str | None) -> Link:
    published, modified = (None if one is None else datetime.fromisoformat(one) for one in dates)
    return Link(url=url, found_in=found_in, title=title, published=published, modified=modified)
