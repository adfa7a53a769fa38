"""How long to leave a site alone: what it asks for, what its answers' times say, when its feed is to be read whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from archive.link import FeedMemory

# A site that asks for more than this is asked again after it all the same.
LONGEST_PAUSE_S = 86400.0
# How long a site that says "too many requests" so often in one crawl is left alone when it does not say how long.
REFUSALS = 3
SHUT_PAUSE_S = 900.0
# A feed that wants to be left alone is asked a tenth early, so that two looks do not become one by a second.
_EARLY = 0.9


def retry_after_s(header: str, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for, from `now`; None when it says nothing that can be read.

    Seconds, or a date (RFC 9110 section 10.2.3).
    """
    text = header.strip()
    if text.isdecimal() and text.isascii():
        return min(LONGEST_PAUSE_S, float(text))
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return min(LONGEST_PAUSE_S, max(0.0, (when - now).total_seconds()))


def throttled(delay_s: float, latency_s: float, *, well: bool, floor_s: float, ceiling_s: float) -> float:
    """Return the delay after an answer that took `latency_s`: as long as the answers take, within bounds.

    Scrapy's AutoThrottle, with one request at a time in mind: half the way to the latency, at once up to it; an error
    page is quick and never makes the delay shorter. Its own cannot be used: it forgets what robots.txt asks for.
    """
    wanted = max(latency_s, (delay_s + latency_s) / 2)
    if not well and wanted < delay_s:
        return delay_s
    return min(max(floor_s, ceiling_s), max(floor_s, wanted))


def resting(known: FeedMemory, now: datetime, longest_s: float) -> bool:
    """Whether a feed asked (by its ttl) not to be asked again yet; it is obeyed up to `longest_s`."""
    rest = timedelta(seconds=_EARLY * min(known.ttl_s, longest_s))
    return known.fetched is not None and known.fetched <= now < known.fetched + rest


def recent(known: FeedMemory, now: datetime, every_s: float) -> bool:
    """Whether something that is looked at `every_s` was looked at since."""
    return known.fetched is not None and known.fetched <= now < known.fetched + timedelta(seconds=_EARLY * every_s)


def to_send(known: FeedMemory, now: datetime, refresh_s: float) -> FeedMemory | None:
    """Return the validators to ask a feed with; None = ask for the whole of it.

    The whole is asked for when its validators were caught lying, and every `refresh_s` in any case.
    """
    whole = known.read_whole
    if known.lies or whole is None or not whole <= now < whole + timedelta(seconds=refresh_s):
        return None
    return known


def learnt(known: FeedMemory, answered: FeedMemory, body: bytes, now: datetime) -> FeedMemory:
    """Return what is known of a feed after it answered with `body`, and with the validators of `answered`.

    Same validators with other content are lies: such a feed is asked without them from now on.
    """
    content = content_hash(body)
    same = bool(known.etag and known.etag == answered.etag) or bool(
        not answered.etag and known.last_modified and known.last_modified == answered.last_modified
    )
    lied = same and known.content_hash not in ("", content)
    return replace(answered, content_hash=content, read_whole=now, lies=known.lies or lied, ttl_s=known.ttl_s)


def content_hash(body: bytes) -> str:
    """Return what tells one content of a feed from another."""
    return sha256(body).hexdigest()[:32]
