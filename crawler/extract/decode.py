"""Bytes of a page into text: the charset they are in, whatever is declared, and nothing that XML cannot hold."""

import re

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Charsets that Persian pages are in when they are not in Unicode, the likeliest first.
_LEGACY = ("windows-1256", "iso-8859-6")
_WESTERN = "windows-1252"
# Letters that fill a Persian text; read in the wrong charset it is full of others (ط, ظ, غ, Latin with accents).
_COMMON = "اینرتدهمسوبلشکيكة"
_PAIR = re.compile(f"[{_COMMON}]{{2}}")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,7})|([0-9]{1,8}));?")
# What no XML document may hold (XML 1.0 section 2.2); form feed is a blank in HTML.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# How they begin in UTF-8, with others that are as rare: noncharacters and surrogates; the controls; and what UTF-16
# has that begins with a mark (without one, zeros tell it).
_STARTS = (b"\xef", b"\xed", b"\xff")
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>", re.IGNORECASE)
_LAST, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


def decode(body: bytes, charset: str = "") -> str:
    """Return the text of a page; `charset` is what the server declared, and decides only between Latin alphabets.

    The bytes speak first, since declarations lie (windows-1256 against UTF-8 both ways): a byte-order mark, valid
    or nearly valid UTF-8, UTF-16 by its zeros, then the charset in which the text reads most like Persian.
    Controls, noncharacters and references to them are gone: one of them makes parsers drop a whole page.
    """
    return _legal(_DECLARATION.sub("", _decode(body, charset), count=1), body)


def _decode(body: bytes, charset: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if (wide := _wide(body)) is not None:
        return body.decode(wide, "replace")
    unicode = body.decode("utf-8", "replace")
    broken = unicode.count("\N{REPLACEMENT CHARACTER}")
    if broken * 10 < sum(1 for letter in unicode if letter > "\x7f"):
        return unicode
    read = [body.decode(name, "replace") for name in _LEGACY]
    likely = max(read, key=lambda text: len(_PAIR.findall(text)))
    if _PAIR.search(likely):
        return likely
    return body.decode(_declared(charset), "replace")


def _wide(body: bytes) -> str | None:
    """Return the kind of UTF-16 that `body` is in: every other byte of its markup is zero."""
    start = body[:400]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(charset: str) -> str:
    """Return the declared charset if it is one of the Latin ones; Python's own (zip, idna, utf-7) are refused."""
    name = charset.strip().lower()
    return name if re.fullmatch(r"(iso-8859-(1|2|3|4|9|10|13|14|15|16)|windows-125[0-8])", name) else _WESTERN


def _legal(text: str, body: bytes) -> str:
    """Return `text`, which is what `body` says, without what no XML document may hold."""
    if _suspect(body):
        text = _ILLEGAL.sub("", text.replace("\x0c", " "))
    return _REFERENCE.sub(_reference, text)


def _suspect(body: bytes) -> bool:
    """Whether `body` may hold what is illegal; most do not, and bytes are sooner looked through than letters."""
    return any(start in body for start in _STARTS) or len(body.translate(None, _CONTROLS)) < len(body)


def _reference(found: re.Match[str]) -> str:
    """Return a numeric reference as browsers read it (HTML standard section 13.2.5.80): legal ones as they stand."""
    code = int(found[1], 16) if found[1] else int(found[2])
    if 0x80 <= code <= 0x9F:  # noqa: PLR2004 - windows-1252 is meant, says the standard
        return bytes([code]).decode(_WESTERN, "ignore")
    if code > _LAST or code in _SURROGATES or _ILLEGAL.match(chr(code)):
        return ""
    return found[0]
