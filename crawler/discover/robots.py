"""robots.txt as RFC 9309 says: answer -> rules. The only module that knows protego."""

import math
import re
from urllib.parse import urlsplit

from protego import Protego

# Section 2.5: a crawler must read at least 500 KiB.
MAX_BYTES = 512 * 1024
# As protego reads it: three spellings, with a colon or without.
_AGENT = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([^#]*)", re.IGNORECASE)
LONGEST_LINE = 8192
_SUCCESS = range(200, 300)
_FORBID_ALL = "User-agent: *\nDisallow: /"


class Rules:
    """What a host allows whom, how fast, and where it says its sitemaps are."""

    def __init__(self, text: str) -> None:
        """Read the rules of `text`."""
        self._text = text
        self._rules: dict[str, Protego] = {}
        self.sitemaps: tuple[str, ...] = tuple(dict.fromkeys(filter(_is_address, self._of("").sitemaps)))

    def allowed(self, url: str, user_agent: str) -> bool:
        """Whether `user_agent` may ask for `url`: the longest matching rule of its own group, or of `*` (2.2.2).

        A group is its own when it names its product token, the letters before the version (2.2.1).
        """
        token = _token(user_agent)
        return bool(self._of(token).can_fetch(url, token))

    def crawl_delay_s(self, user_agent: str) -> float | None:
        """Return the pause the host asks for between two requests; None = it asks for none that means anything.

        Crawl-delay is no part of RFC 9309, but Persian sites write it and mean it.
        """
        token = _token(user_agent)
        delay = self._of(token).crawl_delay(token)
        return float(delay) if delay is not None and math.isfinite(delay) and delay >= 0 else None

    def _of(self, token: str) -> Protego:
        if token not in self._rules:
            self._rules[token] = Protego.parse("\n".join(_for(token, line) for line in self._text.splitlines()))
        return self._rules[token]


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


def _for(token: str, line: str) -> str:
    """Return a line, all other crawlers under one name.

    protego keeps a copy of each rule for each name of its group: 45 KB of names and rules cost it 2.6 s, half a
    megabyte all memory. And to it `User-agent: b` names every crawler that begins so.
    """
    found = _AGENT.match(line)
    if found is None or found[1].strip() == "*":
        return line
    return f"User-agent: {token}" if token and _token(found[1]) == token else "User-agent: -"


def _token(user_agent: str) -> str:
    found = re.match(r"\s*([A-Za-z_-]+)", user_agent)
    return found[1].lower() if found else ""


def _text(body: bytes) -> str:
    """Return the part of `body` that is read; a line cut in two there is dropped, lest `/search` become `/`.

    Dropped are lines, too, that no address we ask for could match, since it is shorter.
    """
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    lines = body.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    return "\n".join(line for line in lines if len(line) <= LONGEST_LINE)


def _is_address(line: str) -> bool:
    try:
        parts = urlsplit(line)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
