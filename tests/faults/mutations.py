"""Inputs that are nearly right: seeds with parts cut, doubled, moved, spliced, and with what has broken readers before."""

from collections.abc import Sequence

from hypothesis import strategies as st

# Marks of encodings, references that parsers choke on, ends without beginnings, dates that are none, what queries are made of.
TOKENS = tuple(
    one.encode("utf-8", "surrogatepass")
    for one in (
        "\N{ZERO WIDTH NON-JOINER}", "&zwnj;", "&#8204;", "&#x200c;", "&#x1;", "&#27;", "&#xFFFF;", "&#xD800;", "&a;", "&amp;amp;",
        "<", ">", "</", "<p>", "</p>", "</div>", "<div>", "<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "<br>",
        "<table><tr><td>", "<title>", "<a href='//x'>", "<!DOCTYPE", "<!ENTITY", "<?xml version='1.0' encoding='utf-16'?>",
        "xmlns:x='y'", "<item>", "</item>", "<entry>", "<url>", "<loc>", "]}", '{"urls":[', '"', "'", "\\", "\\u0000", "\\ud800",
        "\0", "\x1b[31m", "\ufeff", "\ufffe", "\u202e", "\ud800", "\r\n", "\x85", "\u2028", "ي", "ك", "ﷲ", "ـ", "٫",
        "۱۴۰۳/۱۳/۳۲", "2024-99-99T99:99:99+99:99", "30 February", "1403/12/30", "-1", "9" * 40, "1e999", "NaN", "ب.ظ", "ساعت", "0000-00-00",
        "OR", "NOT", "AND", "(", ")", "*", "-", "date:", "title:", "agency:", "..", "^", "{", "}", "%s", ";--", "NEAR(", "lemma:",
        "User-agent: *", "Disallow: /", "Allow: /*$", "Crawl-delay: nan", "Sitemap: http://[", "http://[::1", "file:///etc/passwd", "javascript:",
    )
)  # fmt: skip
_AMOUNT = st.integers(0, 65_535)
_CHANGE = st.tuples(
    st.sampled_from(("cut", "double", "move", "put", "put", "put", "flip", "end", "splice")),
    _AMOUNT,
    _AMOUNT,
    st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=6),
)


def mutated(seeds: Sequence[bytes], longest: int = 20_000) -> st.SearchStrategy[bytes]:
    """Return a strategy of `seeds`, each with up to a dozen changes."""
    made = st.tuples(st.sampled_from(seeds), st.lists(_CHANGE, min_size=1, max_size=12), st.sampled_from(seeds))
    return made.map(lambda one: _change(*one)[:longest])


def _change(data: bytes, changes: Sequence[tuple[str, int, int, bytes]], other: bytes) -> bytes:
    for kind, at, length, token in changes:
        start = at % (len(data) + 1)
        end = min(len(data), start + 1 + length % 200)
        data = _changed(kind, data, (start, end), token, other)
    return data


def _changed(kind: str, data: bytes, span: tuple[int, int], token: bytes, other: bytes) -> bytes:
    before, part, after = data[: span[0]], data[span[0] : span[1]], data[span[1] :]
    made = {
        "cut": before + after,
        "double": before + part * (1 + len(token)) + after,
        "move": after + part + before,
        "put": before + token + part + after,
        "flip": before + bytes(one ^ token[0] for one in part) + after,
        "end": before,
        "splice": before + other[span[0] % (len(other) + 1) :],
    }
    return made[kind]
