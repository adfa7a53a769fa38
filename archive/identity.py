"""Is this story known? The ladder: the agency's story id, else the canonical URL, else the content hash."""

import re
import unicodedata
from collections.abc import Collection
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from archive.story import Story
from archive.text.closing import without_closing
from archive.text.letters import HALF_SPACE, fold
from archive.text.said import said

# Raised whenever addresses or content hashes change, so that archives are identified anew.
IDENTITY_VERSION = 1

# Parameters that say where a reader came from or which face of the page he wants, never which story it is.
_TRACKING = re.compile(
    r"(?:utm_|at_|mc_|pk_|mtm_|hsa_|ga_|_hs).*|fbclid|gclid|dclid|msclkid|yclid|igshid|igsh|twclid|_ga|_gl|ref|ref_src|"
    r"referer|referrer|source|share|shared|spm|amp|_amp|outputtype|output|print|printable|mobile|nocache|"
    r"phpsessid|jsessionid|sessionid|rnd|_",
    re.IGNORECASE,
)
# Other faces of the same page: AMP, print and share forms add one of these to the path.
_FACE = re.compile(r"/(?:amp|print|printable|share|mobile)(?=/|$)", re.IGNORECASE)
# «/fa/print/12» and «/fa/tiny/news-12» (Iran Samaneh) are faces of «/fa/news/12».
_FACE_OF_NEWS = re.compile(r"/(?:print|printable|amp|tiny/news-)/?(?=\d+$)", re.IGNORECASE)
_HOST_FACES = ("www.", "amp.", "m.", "mobile.", "print.")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/]*", re.IGNORECASE)
# An id and the headline after it: «/news/6231234/کتابخانه‌ها», «/6231234-کتابخانه‌ها».
_SLUG = re.compile(r"(.*/(\d{5,20}))[/-]([^/]*[^\W\d_][^/]*)", re.DOTALL)
# Numbers that may be a folder of a year, month or day, Jalali or Gregorian: «/news/140307/...».
_FOLDER = re.compile(r"(?:1[34]\d\d|19\d\d|20\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_PORTS = {"http": 80, "https": 443}


def address(url: str) -> str:
    """Return the canonical URL of `url` without its scheme, for comparison: equal addresses are one page.

    Folded are: scheme, `www.` and other faces of a host, host case, default port, percent-encoding (RFC 3986 section
    6.2), trailing slash, fragment, session and tracking parameters and their order, AMP, print and share faces,
    letters and blanks of a Persian path, and the headline after an id of five digits or more, which changes when the
    headline does. Empty for an empty or broken `url`.

    >>> address("http://www.Example.ir:80/news/12/%DA%AF%D9%81%D8%AA/?utm_source=x#top")
    'example.ir/news/12/گفت'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    host = host_of(parts.hostname or "")
    if not host:
        return ""
    place = host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"
    query = sorted(
        (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(key)
    )
    return place + _path(parts.path) + (f"?{urlencode(query)}" if query else "")


def own(place: str, hosts: Collection[str]) -> str:
    """Return an `address` without its host when that is one of the agency's own `hosts`: they all lead to one site.

    Hosts are as `host_of` gives them.
    What is left begins with a slash, so that it is never mistaken for the address of another site.
    """
    host, slash, path = place.partition("/")
    # A port belongs to a mirror or a test wire, whose agency it is all the same.
    return slash + path or "/" if host.partition(":")[0] in hosts else place


def content_hash(story: Story) -> str:
    """Return the 32 hex digits that tell a story's words: equal when only letters' codes, blanks or marks differ.

    Over what title, lead and body say (`archive.text.said`), each closed by a newline, so that a sentence moved from
    lead to body is a change. Lines that agencies print under stories (`archive.text.closing`) do not count.
    """
    digest = blake2b(digest_size=16)
    for part in (story.title, story.lead, "\n".join(without_closing(story.body.split("\n")))):
        digest.update(said(part).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def host_of(host: str) -> str:
    """Return a host without its other faces: lower case, no `www.`, `m.` or `amp.` before it."""
    host = host.lower().rstrip(".")
    while (face := next((one for one in _HOST_FACES if host.startswith(one)), None)) and "." in host[len(face) :]:
        host = host.removeprefix(face)
    return host


def _path(path: str) -> str:
    for _ in range(2):  # some feeds encode twice
        if "%" in path:
            path = unquote(path, errors="replace")
    path = _SESSION.sub("", unicodedata.normalize("NFC", path))
    while (folded := _folded(path)) != path:  # what is cut may lay bare another face
        path = folded
    slug = _SLUG.fullmatch(path)
    return path if slug is None or _FOLDER.fullmatch(slug[2]) else slug[1]


def _folded(path: str) -> str:
    path = re.sub(r"/{2,}", "/", "/".join(map(_segment, path.split("/"))))
    path = _FACE_OF_NEWS.sub("/" if "/news/" in path.lower().replace("/tiny/news", "/") else "/news/", path)
    return _INDEX.sub("", _FACE.sub("", path)).rstrip("/")


def _segment(segment: str) -> str:
    """Return one segment of a path; a Persian one in folded letters, whatever its words are joined by."""
    return segment if segment.isascii() else re.sub(f"[\\s_{HALF_SPACE}-]+", "-", fold(segment)).strip("-")
