"""1,500 pairs of addresses, of one story or of two, from a table of invented agencies and of what happens to addresses."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

HOSTS = ("www.namune.ir", "namune.com")
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"

# How agencies build addresses: a path with the story's id and its headline.
SHAPES = {
    "nastooh": "/news/{id}/{slug}",
    "nastooh-photo": "/photo/{id}/{slug}",
    "nastooh-bare": "/news/{id}",
    "samaneh": "/fa/news/{id}/{slug}",
    "samaneh-bare": "/fa/news/{id}",
    "asam-day": "/fa/news/1403/07/01/{id}/{slug}",
    "asam-section": f"/{quote('بخش-سیاسی-3')}/{{id}}-{{slug}}",
    "dated-id": "/news/14030701{id}/{slug}",
    "id-last": "/{slug}/n-{id}.html",
    "query": "/newstext.php?nn={id}",
    "query-page": "/detail.aspx?type=2&newsid={id}",
    "wordpress": "/1403/07/01/{slug}-{id}/",
}
STORIES = ((5000123, "گفت‌وگو-با-کتابدار"), (81234567, "کتابخانه-روستا"), (40217, "library-news"))
HEADLINE = ("{id}/{slug}", "{id}-{slug}")  # where the headline stands behind the id, it may change


def _parameter(text: str) -> Callable[[str], str]:
    return lambda url: f"{url}{'&' if '?' in url else '?'}{text}"


# What happens to the address of one story.
KEPT: dict[str, Callable[[str], str]] = {
    "same": lambda url: url,
    "http": lambda url: url.replace("https:", "http:"),
    "no-www": lambda url: url.replace("www.", ""),
    "upper-case-host": lambda url: url.replace("www.namune.ir", "WWW.Namune.IR"),
    "port": lambda url: url.replace("namune.ir", "namune.ir:443"),
    "dot-after-host": lambda url: url.replace("namune.ir", "namune.ir."),
    "other-host": lambda url: url.replace("www.namune.ir", "namune.com"),
    "other-host-http": lambda url: url.replace("https://www.namune.ir", "http://www.namune.com"),
    "mobile": lambda url: url.replace("www.", "m."),
    "amp-host": lambda url: url.replace("www.", "amp."),
    "fragment": lambda url: f"{url}#comments",
    "escaped": lambda url: quote(url, safe=":/?&=%"),
    "escaped-in-lower-case": lambda url: _lower_escapes(quote(url, safe=":/?&=%")),
    "double-slash": lambda url: url.replace("namune.ir/", "namune.ir//"),
    "blanks": lambda url: f" {url}\n",
    "utm": _parameter("utm_source=telegram&utm_medium=social&utm_campaign=x"),
    "fbclid": _parameter("fbclid=IwAR0x"),
    "ref": _parameter("ref=home"),
    "amp-parameter": _parameter("amp=1"),
    "print-parameter": _parameter("print=1"),
    "session": _parameter("PHPSESSID=a1b2"),
    "amp-first": lambda url: url.replace("namune.ir/", "namune.ir/amp/"),
    "slash": lambda url: url if "?" in url else f"{url.rstrip('/')}/",
    "amp-last": lambda url: url if "?" in url else f"{url.rstrip('/')}/amp",
    "arabic-letters": lambda url: url.replace("ک", "ك").replace("ی", "ي"),
    "half-space-as-dash": lambda url: url.replace(ZWNJ, "-"),
    "several": lambda url: _parameter("utm_id=4")(url.replace("https://www.namune.ir", "http://m.namune.com")) + "#top",
}


def pairs() -> dict[str, list]:
    """Return the pairs as parameters of tests, under «same» and «different»."""
    found: dict[str, list] = {"same": [], "different": []}
    for (shape, path), (number, slug) in ((one, two) for one in SHAPES.items() for two in STORIES):
        url = _url(path, number, slug)
        for what, one, other in _same(path, url, number, slug):
            found["same"].append(pytest.param(one, other, id=f"{shape}-{number}-{what}"))
        for what, other in _different(path, number, slug):
            found["different"].append(pytest.param(url, other, id=f"{shape}-{number}-{what}"))
    return found


def _same(path: str, url: str, number: int, slug: str) -> Iterator[tuple[str, str, str]]:
    for what, change in KEPT.items():
        yield what, url, change(url)
    if any(form in path for form in HEADLINE):
        yield "other-headline", url, _url(path, number, "سرخط-تازه-دیگر")
        yield "no-headline", url, _url(path.replace("/{slug}", "").replace("-{slug}", ""), number, "")
        yield "other-headline-and-host", KEPT["several"](_url(path, number, "سرخط-تازه")), url
    if path.startswith("/fa/news/{id}"):
        yield "print-face", url, _url("/fa/print/{id}", number, "")
        yield "short-face", url, _url("/fa/tiny/news-{id}", number, "")


def _different(path: str, number: int, slug: str) -> Iterator[tuple[str, str]]:
    other = _url(path, number + 1, slug)
    yield "next-id", other
    yield "id-with-a-digit-more", _url(path, number * 10 + 1, slug)
    yield "id-with-a-digit-less", _url(path, number // 10, slug)
    yield "foreign-host", _url(path, number, slug).replace("www.namune.ir", "sepehr.ir")
    yield "host-that-ends-alike", _url(path, number, slug).replace("www.namune.ir", "digar-namune.ir")
    yield "host-below", _url(path, number, slug).replace("www.", "photo.")
    yield "home", "https://www.namune.ir/"
    yield "archive-page", f"https://www.namune.ir/archive?pi={number}"
    for what in ("other-host", "mobile", "utm", "amp-first", "arabic-letters", "several"):
        yield f"next-id-{what}", KEPT[what](other)


def _url(path: str, number: int, slug: str) -> str:
    return "https://www.namune.ir" + path.format(id=number, slug=slug)


def _lower_escapes(url: str) -> str:
    return re.sub("%..", lambda escape: escape[0].lower(), url)
