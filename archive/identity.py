"""Is this story known? The ladder: the agency's story id, else the canonical URL, else the content hash."""

import re
import unicodedata
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from archive.story import Story
from archive.text.letters import letters_only

# Parameters that say where a reader came from, never which story it is.
_TRACKING = re.compile(
    r"(?:utm_|at_|mc_|pk_|hsa_).*|fbclid|gclid|dclid|msclkid|yclid|igshid|twclid|_ga|ref|referer|referrer|share|amp|spm",
    re.IGNORECASE,
)
# Other faces of the same page: AMP, print and share forms add one of these to the path.
_FACE = re.compile(r"/(?:amp|print|printable|share)(?=/|$)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def address(url: str) -> str:
    """Return the canonical URL of `url` without its scheme, for comparison: equal addresses are one page.

    Folded are: scheme, `www.`, host case, default port, percent-encoding (RFC 3986 section 6.2), trailing slash,
    fragment, tracking parameters and their order, and AMP and print faces. Empty for an empty or broken `url`.

    >>> address("http://www.Example.ir:80/news/12/%DA%AF%D9%81%D8%AA/?utm_source=x#top")
    'example.ir/news/12/گفت'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".").removeprefix("www.").removeprefix("amp.")
    if not host:
        return ""
    place = host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"
    path = unicodedata.normalize("NFC", unquote(parts.path, errors="replace"))
    path = re.sub(r"/{2,}", "/", _FACE.sub("", path)).rstrip("/")
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(key))
    return place + path + (f"?{urlencode(query)}" if query else "")


def content_hash(story: Story) -> str:
    """Return the 32 hex digits that tell a story's words: equal when only letters' codes, blanks or marks differ.

    Over the folded letters and digits of title, lead and body, each part closed by a newline, so that a sentence
    moved from lead to body is a change.
    """
    digest = blake2b(digest_size=16)
    for part in (story.title, story.lead, story.body):
        digest.update(letters_only(part).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
