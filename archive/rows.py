"""Between a story and its row in the table `stories`: the one place that knows both forms."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from archive.story import Credit, DateFound, Image, Story, iso
from archive.text.dates import TEHRAN

STORY = tuple(one.name for one in fields(Story))
JSON = ("tags", "images", "credit", "dates", "boilerplate")
# A revision replaces the story's words and what describes them; when it was published stays unless it was unknown.
_KEPT = ("story_id", "published", "published_raw", "dates")
REVISION = ("kicker", "title", "lead", "body", "modified", "content_hash", "first_seen", "last_seen")
# What a row's sum is taken over: all that lasts. A story's `last_seen` moves with each visit, `address` follows `url`.
SUMMED = ("id", *STORY, "content_hash", "revision", "revised", "first_seen")
SUMMED_REVISION = ("story", "number", *REVISION)


def moment(when: datetime | None) -> str | None:
    """Return a time as the archive writes it."""
    return None if when is None else iso(when)


def day(story: Story, now: str) -> int:
    """Return the day (Tehran, yyyymmdd) that a story is filed under: when it was published, else first seen."""
    when = story.published or datetime.fromisoformat(now)
    local = when.astimezone(TEHRAN)
    return local.year * 10_000 + local.month * 100 + local.day


def of(story: Story) -> dict[str, Any]:
    """Return what a story itself puts into its row."""
    plain = story.as_json()
    return plain | {key: _pack(plain[key]) for key in JSON}


def first(row: Mapping[str, Any], number: int, now: str) -> dict[str, Any]:
    """Return the whole row of a story seen for the first time, its sum included."""
    return summed({"id": number, **row, "revision": 1, "revised": None, "first_seen": now, "last_seen": now})


def summed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of `stories` with its sum."""
    return row | {"sum": digest(row, SUMMED)}


def digest(row: Mapping[str, Any], columns: tuple[str, ...]) -> bytes:
    """Return the SHA-256 over `columns` of a row; a text and nothing, and where columns end, are told apart."""
    parts = ("-" if (value := row[column]) is None else f"={value}" for column in columns)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def story(row: Mapping[str, Any]) -> Story:
    """Return the story that stands in `row`."""
    values = {name: row[name] for name in STORY}
    for key in JSON:
        values[key] = json.loads(values[key]) if values[key] is not None else None
    for key in ("published", "modified"):
        values[key] = _moment(values[key])
    values["tags"], values["boilerplate"] = tuple(values["tags"]), tuple(values["boilerplate"])
    values["images"] = tuple(Image(**one) for one in values["images"])
    values["dates"] = tuple(DateFound(**{**one, "value": _moment(one["value"])}) for one in values["dates"])
    values["credit"] = None if values["credit"] is None else Credit(**values["credit"])
    return Story(**values)


def filled(known: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an unchanged story now says where the archive knew nothing, and where it now stands."""
    fresh = {key: value for key, value in row.items() if known[key] in _NOTHING and value not in _NOTHING}
    place = {key: row[key] for key in ("url", "address") if row["address"] and row[key] != known[key]}
    return fresh | place


def merged(known: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a revised story: the new words, the old identity where the new page does not tell it."""
    lasting = _KEPT if row["address"] else (*_KEPT, "url", "address")
    return {**row, **{key: known[key] for key in lasting if known[key] not in _NOTHING}}


def superseded(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of `revisions` for the text that `known` (a row of `stories`) holds."""
    row = {"story": known["id"], "number": known["revision"], **{key: known[key] for key in REVISION}}
    row["first_seen"] = known["revised"] or known["first_seen"]
    return row | {"sum": digest(row, SUMMED_REVISION)}


_NOTHING = (None, "", "[]")


def _pack(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
