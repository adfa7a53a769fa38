"""JSON Lines, whole: a story a line with all its revisions; what was written is read back to an equal archive."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive import rows
from archive.analysis import Analysed, analyse
from archive.export.source import FORMAT
from archive.identity import content_hash
from archive.lines import LineError
from archive.story import Story
from archive.text.letters import keepable

# How a line of ours begins, by which it is told from other JSON Lines.
MARK = b'{"bayegan":'


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A story with its past, as another archive of ours held it.

    `row` is its row without its sum, `revisions` those of the table `revisions`, `withdrawals` and `pages` (which raw
    page each revision was read from) likewise.
    """

    analysed: Analysed
    row: Mapping[str, Any]
    addresses: tuple[str, ...]
    revisions: tuple[dict[str, Any], ...]
    withdrawals: tuple[dict[str, Any], ...]
    pages: tuple[dict[str, Any], ...]
    agency_name: str
    agency_hosts: tuple[str, ...]

    @property
    def hashes(self) -> list[str]:
        """The content hashes of all its texts, the current one last."""
        return [*(one["content_hash"] for one in self.revisions), self.analysed.content_hash]


def write(stories: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield each story as a line, keys in a fixed order, Persian letters as they are."""
    for story in stories:
        yield json.dumps(story, ensure_ascii=False).encode() + b"\n"


def read(line: bytes) -> Whole:
    """Return the story of a line that `write` wrote; raises LineError for any other."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"no JSON: {error}") from error
    if not isinstance(found, dict) or found.get("bayegan") != FORMAT["bayegan"]:
        raise LineError(f"not of version {FORMAT['bayegan']} of our exports")
    for key, shape in _SHAPE.items():
        if key not in found or not _fits(found[key], shape):
            raise LineError(f"{key} is missing or not what it should be")
    if not 0 < found["id"] < 2**53:
        raise LineError("id is out of range")
    packed = {
        key: found[key] if found[key] is None else json.dumps(found[key], ensure_ascii=False) for key in rows.JSON
    }
    row = {key: found[key] for key in _ROW} | packed
    try:
        analysed = analyse(rows.story(row))
        revisions = tuple(_revision(found, one) for one in found["revisions"])
    except ValueError as error:
        raise LineError(str(error).removeprefix(": ")) from error
    row["content_hash"] = analysed.content_hash
    return Whole(
        analysed=analysed,
        row=row,
        addresses=tuple(found["addresses"]),
        revisions=revisions,
        withdrawals=tuple(_withdrawal(one) for one in found["withdrawals"]),
        pages=tuple(found["pages"]),
        agency_name=found["agency_name"],
        agency_hosts=tuple(found["agency_hosts"]),
    )


def _revision(story: Mapping[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    said = Story(agency=story["agency"], title=one["title"], lead=one["lead"], body=one["body"])
    return {**one, "content_hash": content_hash(said)}


def _withdrawal(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "evidence": json.dumps(one["evidence"], ensure_ascii=False)}


def _fits(value: object, shape: object) -> bool:
    """Whether a JSON value has a shape: a type, a choice of shapes, a list of one, an object of some, or a moment."""
    match shape, value:
        case tuple(), _:
            fits = any(_fits(value, one) for one in shape)
        case [one], list():
            fits = all(_fits(part, one) for part in value)
        case dict(), dict():
            fits = value.keys() <= shape.keys() and all(
                _fits(value[key], one) if key in value else key in _LATER for key, one in shape.items()
            )
        case re.Pattern(), str():
            fits = shape.fullmatch(value) is not None
        case type(), _:
            fits = type(value) is shape and (not isinstance(value, str) or keepable(value))
        case _:
            fits = shape is None and value is None
    return fits


_MOMENT = re.compile(r"\d{4}-(0\d|1[0-2])-([012]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
_MAYBE = (_MOMENT, None)
_LATER = ("disagrees",)  # keys that older rows do not have
_TEXTS = dict.fromkeys(
    ("agency", "url", "kind", "kicker", "title", "lead", "body", "published_raw", "byline", "section", "short_link"),
    str,
)
_SHAPE: dict[str, object] = {
    **_TEXTS,
    "id": int,
    "story_id": (str, None),
    "extractor": str,
    "published": _MAYBE,
    "modified": _MAYBE,
    "tags": [str],
    "boilerplate": [str],
    "images": [{"url": str, "caption": str}],
    "credit": ({"reporter": str, "source": str}, None),
    "dates": [{"source": str, "raw": str, "value": _MAYBE, "disagrees": bool}],
    "agency_name": str,
    "agency_hosts": [str],
    "revision": int,
    "revised": _MAYBE,
    "first_seen": _MOMENT,
    "last_seen": _MOMENT,
    "address": str,
    "addresses": [str],
    "revisions": [
        {
            **dict.fromkeys(("kicker", "title", "lead", "body", "content_hash"), str),
            "number": int,
            "modified": _MAYBE,
            "first_seen": _MOMENT,
            "last_seen": _MOMENT,
        }
    ],
    "pages": [{"revision": int, "month": str, "page": str, "fetched": _MOMENT}],
    "withdrawals": [
        {
            "number": int,
            "evidence": [{"at": _MOMENT, "what": str}],
            "sightings": int,
            "first_gone": _MOMENT,
            "last_gone": _MOMENT,
            "withdrawn": _MAYBE,
            "reappeared": _MAYBE,
        }
    ],
}
_ROW = ("id", *rows.STORY, "address", "revision", "revised", "first_seen", "last_seen")
