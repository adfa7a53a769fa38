"""The shape of a site's story addresses: from examples to the regular expression of an agency file."""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

# A number shorter than this is a page, a day or a section; story ids have five digits and more.
_ID_DIGITS = 5
_ID = re.compile(rf"(?:^|(?<=[/=_-]))\d{{{_ID_DIGITS},20}}(?=[/_.?&-]|$)")
_DATE = re.compile(r"(?<=/)\d{4}/\d{1,2}/\d{1,2}(?=/)|(?<=/)\d{4}/\d{1,2}(?=/)")
_WORD = re.compile(r"[^/?=]*(?:%|[^\x00-\x7f])[^/?=]*")
# The pattern must tell nearly all of the examples; a site with more shapes than this has no fixed one.
_SHARE, _SHAPES = 0.9, 6


def story_pattern(urls: Sequence[str]) -> str:
    """Return a regular expression that finds the story's id (its group `id`) in addresses such as `urls`.

    What stands before the id is kept as it is, dates as digits; when sections stand there and there are many, only
    that an id of that length comes. Empty when most of `urls` have no id: then every address may be a story.
    """
    found = [shape for url in urls if (shape := _shape(url)) is not None]
    if not urls or len(found) < len(urls) / 2:
        return ""
    shapes = Counter(before for before, _ in found).most_common()
    needed = covered = 0
    while needed < len(shapes) and covered < _SHARE * len(found):
        covered += shapes[needed][1]
        needed += 1
    if needed > _SHAPES:
        shortest = min(digits for _, digits in found)
        return rf"[/=-](?P<id>\d{{{max(_ID_DIGITS, shortest - 1)},}})"
    befores = [before for before, _ in shapes[:needed]]
    before = befores[0] if needed == 1 else f"(?:{'|'.join(befores)})"
    return rf"{before}(?P<id>\d+)"


def _shape(url: str) -> tuple[str, int] | None:
    """Return what stands before the id of an address, as a regular expression, and how many digits the id has."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    found = next(_ID.finditer(place), None)
    if found is None:
        return None
    before = place[: found.start()]
    return "".join(_escaped(before)), len(found[0])


def _escaped(before: str) -> list[str]:
    """Return the parts of a path as a regular expression: dates as digits, the rest as it stands."""
    parts, end = [], 0
    for date in _DATE.finditer(before):
        parts += [_literal(before[end : date.start()]), r"/".join([r"\d{4}", *[r"\d{1,2}"] * date[0].count("/")])]
        end = date.end()
    return [*parts, _literal(before[end:])]


def _literal(text: str) -> str:
    """Return a part of a path as it stands, words that are not in ASCII (encoded or not) as any word."""
    text = _WORD.sub("\0", text)
    text = re.sub(r"[.?+*()\[\]{}|^$\\]", lambda found: f"\\{found[0]}", text)
    return text.replace("\0", "[^/]+")
