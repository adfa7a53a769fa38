"""What a hostile server does: each attack with where it stands, how long it may hold us up, and how it must end."""

import gzip
import zlib
from dataclasses import dataclass, replace
from functools import cache
from threading import Event

import brotli
import zstandard

from scheduler.demo.site import Asked, Reply
from tests.wire import faults
from tests.wire.faults import Fault
from tests.wire.raw import Speaks, for_ever, head, says

MIB = 1024 * 1024
FAILED = frozenset({"failed"})
# Whatever a page is made to look like, its story is there, or it costs its reader; both are well.
SET_ASIDE = frozenset({"failed", "quarantined", "empty", "blocked", "missing"})
DONE = frozenset({"done"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack: `place` is what is spoilt (page, feed, sitemap, robots, all pages).

    It may hold us up for `answers` times the limit of an answer plus `readings` times that of an extraction. `ends` are
    the states in which the link of a spoilt page may stand afterwards; one that is `done` holds its story to the letter.
    `raw` speaks below HTTP: the page leads there. A hostile feed, sitemap or robots.txt has a server of its own, on which
    three innocent stories end so; they are announced elsewhere, too.
    """

    name: str
    fault: Fault | None = None
    raw: Speaks | None = None
    place: str = "page"
    answers: int = 0
    readings: int = 0
    ends: frozenset[str] = FAILED


@cache
def blanks(coding: str) -> bytes:
    """Return 256 MiB of blanks, packed; it takes a while the first time."""
    return _pack(coding, b" " * (256 * MIB))


def packed(*codings: str, text: bytes | None = None) -> Fault:
    """Answer with a body packed in `codings`, the first first; without `text` it is a bomb of 256 MiB."""

    def answer(_asked: Asked, reply: Reply, _closed: Event) -> Reply:
        body = blanks(codings[0]) if text is None else _pack(codings[0], text or faults._bytes(reply))
        for coding in codings[1:]:
            body = _pack(coding, body)
        return replace(reply, body=body, headers=reply.headers | {"Content-Encoding": ", ".join(codings)})

    return answer


def _pack(coding: str, body: bytes) -> bytes:
    ways = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress, "deflate": zlib.compress}
    return ways[coding](body)


def page(inside: str, head: str = "") -> Fault:
    """Answer with a page that holds `inside`."""
    return faults.body(f"<html><head><title>خبر</title>{head}</head><body>{inside}</body></html>")


def within(before: str, after: str = "") -> Fault:
    """Give the story's own page, with `before` before and `after` after its body."""

    def answer(_asked: Asked, reply: Reply, _closed: Event) -> Reply:
        whole = faults._bytes(reply).decode()
        return replace(
            reply, body=whole.replace("<body>", f"<body>{before}", 1).replace("</body>", f"{after}</body>").encode()
        )

    return answer


def long_story(megabytes: int) -> Fault:
    """Give the story's page with its paragraphs again and again, no two alike."""

    def answer(_asked: Asked, reply: Reply, _closed: Event) -> Reply:
        start, paragraph, rest = faults._bytes(reply).decode().partition("<p>")
        more = "".join(f"<p>بند {n} {'متن دراز ' * 12}" for n in range(megabytes * 5_000))
        return replace(reply, body=f"{start}{more}{paragraph}{rest}".encode())

    return answer


def recode(charset: str, declared: str) -> Fault:
    """Give the page in one charset and call it another."""

    def answer(_asked: Asked, reply: Reply, _closed: Event) -> Reply:
        body = faults._bytes(reply).decode().encode(charset, "xmlcharrefreplace")
        return replace(reply, body=body, headers=reply.headers | {"Content-Type": f"text/html; charset={declared}"})

    return answer


def cookies(count: int) -> Fault:
    """Give the page with `count` large cookies, others each time."""

    def answer(asked: Asked, reply: Reply, _closed: Event) -> Reply:
        many = ((("Set-Cookie"), f"{hash(asked.path)}-{n}={'x' * 900}; Path=/") for n in range(count))
        return replace(reply, more_headers=many)

    return answer


def feed(items: str, root: str = "") -> Fault:
    """Answer with a feed that holds `items`."""
    return faults.body(f"<rss {root}><channel>{items}</channel></rss>", "application/xml")


def sitemap(entries: str, root: str = "urlset") -> Fault:
    """Answer with a sitemap that holds `entries`."""
    return faults.body(f"<{root}>{entries}</{root}>", "application/xml")


LINKS = '<a href="x">پیوند</a>'
PAGES: tuple[Attack, ...] = (
    Attack(name="gzip bomb", fault=packed("gzip")),
    Attack(name="br bomb", fault=packed("br")),
    Attack(name="zstd bomb", fault=packed("zstd")),
    Attack(name="deflate bomb", fault=packed("deflate")),
    Attack(name="bomb in a bomb in a bomb", fault=packed("gzip", "br", "zstd")),
    Attack(name="thirty codings", fault=packed(*["gzip"] * 30)),
    Attack(name="three honest codings", fault=packed("gzip", "br", "zstd", text=b""), ends=DONE),
    Attack(name="a coding that lies", fault=faults.header("Content-Encoding", "br"), ends=SET_ASIDE, answers=1),
    Attack(name="slow body", fault=faults.drip(1, 0.1), answers=2),
    Attack(name="slow headers", fault=faults.endless_headers(0.1), answers=2),
    Attack(name="endless headers", fault=faults.endless_headers(), answers=2),
    Attack(name="endless body", fault=faults.huge(100_000), answers=2),
    Attack(name="no answer at all", fault=faults.hang(600), answers=2),
    Attack(name="endless interim answers", raw=says(for_ever(b"HTTP/1.1 100 Continue\r\n\r\n")), answers=2),
    Attack(name="no HTTP at all", raw=says([b"\x00\xff" * 5000]), answers=2),
    Attack(name="a status line without end", raw=says(for_ever(b"HTTP/1.1 200 " + b"x" * 60_000)), answers=2),
    Attack(name="chunks of one byte for ever", raw=says(for_ever(b"1\r\nx\r\n" * 500, head("Transfer-Encoding: chunked"))), answers=2),
    Attack(name="broken chunks", raw=says([head("Transfer-Encoding: chunked"), b"zz\r\nxx\r\n"]), answers=2),
    Attack(name="a chunk line without end", raw=says(for_ever(b"f" * 60_000, head("Transfer-Encoding: chunked"))), answers=2),
    Attack(name="a length below nought", raw=says([head("Content-Length: -1"), b"x" * 1000]), answers=2, ends=SET_ASIDE),
    Attack(name="two lengths", raw=says([head("Content-Length: 5", "Content-Length: 500000"), b"x" * 100]), answers=2, ends=SET_ASIDE),
    Attack(name="a length of a terabyte", raw=says([head("Content-Length: 1099511627776"), b"x" * 1000], stay=True), answers=2),
    Attack(name="connection reset", raw=says([head("Content-Length: 1000"), b"x" * 500], reset=True), answers=2),
    Attack(name="truncated", fault=faults.cut(500), answers=2),
    Attack(name="truncated gzip", raw=says([head("Content-Encoding: gzip", "Connection: close"), gzip.compress(b"<p>" * 9000)[:40]]), answers=1, ends=SET_ASIDE),
    Attack(name="redirect to itself", fault=faults.redirect_to_itself()),
    Attack(name="redirect to itself with cookies", fault=faults.redirect_to_itself(cookie=True)),
    Attack(name="redirects in a ring", fault=lambda asked, _reply, _closed: Reply(status=302, headers={"Location": f"{asked.path.partition('?')[0]}?{hash(asked.path) % 3}"})),
    Attack(name="redirects without end", fault=lambda asked, _reply, _closed: Reply(status=302, headers={"Location": f"{asked.path}{'&' if '?' in asked.path else '?'}x"})),
    Attack(name="redirect to loopback by number", fault=faults.redirect("http://2130706433/")),
    Attack(name="redirect to the metadata service", fault=faults.redirect("http://169.254.169.254/latest/meta-data/")),
    Attack(name="redirect to a mapped address", fault=faults.redirect("http://[::ffff:127.0.0.1]/")),
    Attack(name="redirect to a file", fault=faults.redirect("file:///etc/passwd")),
    Attack(name="redirect to a port that is none", fault=faults.redirect("http://127.0.0.1:99999/")),
    Attack(name="page called windows-1256", fault=recode("utf-8", "windows-1256"), ends=DONE),
    Attack(name="page called zlib_codec", fault=recode("utf-8", "zlib_codec"), ends=DONE),
    Attack(name="page called utf-7", fault=recode("utf-8", "utf-7"), ends=DONE),
    Attack(name="page in utf-16 called utf-8", fault=recode("utf-16", "utf-8"), ends=DONE),
    Attack(name="a story of seven megabytes", fault=long_story(7), readings=1, ends=SET_ASIDE),
    Attack(name="200 KB of links", fault=page(LINKS * 8_000), readings=1, ends=SET_ASIDE),
    Attack(name="400 KB of attributes", fault=page(f"<p {' '.join(f'a{n}=b' for n in range(40_000))}>متن</p>" * 2), readings=1, ends=SET_ASIDE),
    Attack(name="elements nested 400,000 deep", fault=page("<p>متن<div>" * 400_000), readings=1, ends=SET_ASIDE),
    Attack(name="tables in tables", fault=page("<table><tr><td>" * 30_000), readings=1, ends=SET_ASIDE),
    Attack(name="entity bomb", fault=faults.body('<!DOCTYPE html [<!ENTITY a "x"><!ENTITY b "' + "&a;" * 50 + '">]><html><body>' + "&b;" * 50_000), readings=1, ends=SET_ASIDE),
    Attack(name="JSON-LD nested for ever", fault=within(f'<script type="application/ld+json">{"[" * 1_000_000}</script>'), readings=1, ends=DONE | {"quarantined"}),
    Attack(name="dates without end", fault=within(f"<time>{'1403/01/01 ' * 200_000}</time>" * 2), readings=1, ends=DONE | {"quarantined"}),
    Attack(name="meta refresh inside", fault=page("", '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/">'), readings=1, ends=SET_ASIDE),
    Attack(name="200 cookies a page", fault=cookies(200), ends=DONE),
)  # fmt: skip

UP, DOWN = DONE, frozenset({"failed", "discovered", "unknown"})
LISTS: tuple[Attack, ...] = (
    Attack(place="feed", name="feed nested for ever", fault=feed("<item>" * 400_000), readings=1, ends=UP),
    Attack(place="feed", name="feed of 100,000 items", fault=feed("".join(f"<item><link>http://127.0.0.1/x/{n}</link></item>" for n in range(80_000))), readings=1, ends=UP),
    Attack(place="feed", name="feed of 100,000 attributes", fault=feed(f"<item {' '.join(f'a{n}="1"' for n in range(100_000))}></item>"), readings=1, ends=UP),
    Attack(place="feed", name="billion laughs", fault=faults.body(f"<!DOCTYPE rss [<!ENTITY a0 'ha'>{''.join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))}]><rss><channel><title>&a9;</title></channel></rss>"), readings=1, ends=UP),
    Attack(place="feed", name="entity that is a file", fault=faults.body('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>'), readings=1, ends=UP),
    Attack(place="feed", name="feed that is a bomb", fault=packed("br"), ends=UP),
    Attack(place="feed", name="feed that drips", fault=faults.drip(20, 0.1), answers=2, ends=UP),
    Attack(place="feed", name="feed of noise", fault=faults.body(bytes(range(256)) * 4_000), readings=1, ends=UP),
    Attack(place="sitemap", name="sitemap that unpacks to 256 MiB", fault=lambda _asked, reply, _closed: replace(reply, body=blanks("gzip")), readings=1, ends=UP),
    Attack(place="sitemap", name="sitemaps without end", fault=lambda asked, reply, closed: sitemap("".join(f"<sitemap><loc>{asked.path}?{hash(asked.path) % 97}{n}</loc></sitemap>" for n in range(20_000)), "sitemapindex")(asked, reply, closed), readings=6, ends=UP),
    Attack(place="sitemap", name="sitemap of addresses inside", fault=sitemap("".join(f"<url><loc>http://10.0.0.{n}/news/{n}/x</loc></url><url><loc>file:///etc/{n}</loc></url>" for n in range(250))), readings=1, ends=UP),
    Attack(place="robots", name="robots.txt of wildcards", fault=faults.body("User-agent: *\n" + "".join(f"Disallow: /*{n}*a*a*a*\n" for n in range(25_000)), "text/plain"), ends=UP),
    Attack(place="robots", name="robots.txt without end", fault=faults.huge(100_000), answers=2, ends=DOWN),
    Attack(place="robots", name="robots.txt that drips", fault=faults.drip(1, 3.0), answers=2, ends=DOWN),
    Attack(place="robots", name="robots.txt that leads to itself", fault=faults.redirect_to_itself(), ends=DOWN),
    Attack(place="all pages", name="storm of 503", fault=faults.status(503), ends=FAILED),
    Attack(place="all pages", name="storm of 429", fault=faults.status(429), ends=frozenset({"blocked", "discovered"})),
    Attack(place="all pages", name="come back in a year", fault=faults.status(503, retry_after_s=31_536_000), ends=frozenset({"failed", "discovered"})),
)  # fmt: skip
# With limits of time and size off, these are to be noticed.
UNBOUND = (
    Attack(name="gzip bomb", fault=packed("gzip")),
    Attack(name="slow body", fault=faults.drip(200, 0.1), answers=2),
)
