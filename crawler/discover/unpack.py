"""The bytes of a feed or sitemap -> its text: gzip undone within bounds, charset found, no entities."""

import codecs
import re
import zlib

from archive.errors import DiscoveryError

_GZIP = b"\x1f\x8b"
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0?\0": "utf-16-le",  # XML 1.0 appendix F: how "<?" looks without a byte order mark
    b"\0<\0?": "utf-16-be",
}
_DECLARED = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
# Legacy charsets Persian sites are known to have used. Others are not obeyed: a declared utf-7 would smuggle mark-up
# past every check, and what is not one of these has always turned out to be UTF-8.
_LEGACY = ("cp1256", "iso8859-6", "cp1252", "iso8859-1")
# What may stand before the first element (XML 1.0 section 2.8), without backtracking: hostile heads are long.
_HEAD = re.compile(
    r"\A(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->)|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?\s*+>)*+", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)


def gunzip(body: bytes, url: str, max_bytes: int) -> bytes:
    """Return `body` with gzip undone, if it is gzipped; a torn or damaged end is left out.

    Raises DiscoveryError when more than `max_bytes` would come out, or nothing does.
    """
    if not body.startswith(_GZIP):
        return _bounded(body, url, max_bytes)
    parts, size = [], 0
    while body.startswith(_GZIP) and size <= max_bytes:  # one file may hold several members (RFC 1952 section 2.2)
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            parts.append(member.decompress(body, max_bytes + 1 - size))
        except zlib.error as error:
            raise DiscoveryError(url, "damaged gzip", str(error)) from error
        size += len(parts[-1])
        body = member.unused_data
    return _bounded(b"".join(parts), url, max_bytes)


def read_text(body: bytes, url: str) -> str:
    """Return the text of an XML, JSON or plain `body`; XML from its first element on, without declarations.

    UTF-8 is tried before what the file declares: Persian text in a legacy charset is never valid UTF-8 by accident,
    while a wrong declaration is common. Raises DiscoveryError for a body that declares entities (CWE-776, CWE-611).
    """
    text = _decode(body).lstrip("\ufeff \t\r\n\0")
    if _ENTITY.search(text):
        raise DiscoveryError(url, "refused", "it declares entities")
    return _HEAD.sub("", text, count=1)


def root(text: str) -> str:
    """Return the local name of the element that `text` begins with; empty when it begins with none."""
    found = _ROOT.match(text)
    return found[1] if found else ""


def _bounded(body: bytes, url: str, max_bytes: int) -> bytes:
    if len(body) > max_bytes:
        raise DiscoveryError(url, "too long", f"more than {max_bytes} bytes")
    return body


def _decode(body: bytes) -> str:
    for mark, charset in _MARKS.items():
        if body.startswith(mark):
            return body.decode(charset, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)  # a last letter torn in two is no wrong charset
    except UnicodeDecodeError:
        pass
    legacy = _legacy(body)
    if legacy:
        return body.decode(legacy, "replace")
    text = body.decode("utf-8", "replace")
    # A few broken bytes are damage; many are windows-1256 that nobody declared.
    return text if text.count("\ufffd") * 50 < len(text) else body.decode("cp1256", "replace")


def _legacy(body: bytes) -> str:
    found = _DECLARED.match(body)
    if not found:
        return ""
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return ""
    return name if name in _LEGACY else ""
