"""robots.txt as RFC 9309 says: answer -> rules. The only module that knows protego."""

import math
from urllib.parse import urlsplit

from protego import Protego

# Section 2.5: a crawler must read at least 500 KiB.
MAX_BYTES = 512 * 1024
_SUCCESS = range(200, 300)
_FORBID_ALL = "User-agent: *\nDisallow: /"


class Rules:
    """What a host allows whom, how fast, and where it says its sitemaps are."""

    def __init__(self, text: str) -> None:
        """Read the rules of `text`."""
        self._rules = Protego.parse(text)
        self.sitemaps: tuple[str, ...] = tuple(dict.fromkeys(filter(_is_address, self._rules.sitemaps)))

    def allowed(self, url: str, user_agent: str) -> bool:
        """Whether `user_agent` may ask for `url`: the longest matching rule of its own group, or of `*` (2.2.2)."""
        return bool(self._rules.can_fetch(url, user_agent))

    def crawl_delay_s(self, user_agent: str) -> float | None:
        """Return the pause the host asks for between two requests; None = it asks for none that means anything.

        Crawl-delay is no part of RFC 9309, but Persian sites write it and mean it.
        """
        delay = self._rules.crawl_delay(user_agent)
        return float(delay) if delay is not None and math.isfinite(delay) and delay >= 0 else None


def read_robots(status: int | None, body: bytes) -> Rules:
    """Return the rules of a robots.txt answered with `status`, redirects followed; None = no answer came.

    Only a success is read. An unavailable file (4xx, or redirects that end nowhere) allows all (2.3.1.2, 2.3.1.3);
    an unreachable one (5xx, no answer) forbids all (2.3.1.4). 429 counts as unreachable: section 2.3.1.3 lets a
    crawler go on, but a host that says "too many requests" has asked it not to.
    """
    if status in _SUCCESS:
        return Rules(_text(body))
    unavailable = status is not None and 300 <= status < 500 and status != 429  # noqa: PLR2004 - HTTP's classes
    return Rules("" if unavailable else _FORBID_ALL)


def _text(body: bytes) -> str:
    """Return the part of `body` that is read; a line cut in two there is dropped, lest `/search` become `/`."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    return body.decode("utf-8", "replace").removeprefix("\ufeff")


def _is_address(line: str) -> bool:
    try:
        parts = urlsplit(line)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
