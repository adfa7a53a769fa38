"""A line of JSON Lines as a story: the way in for stories that were not crawled."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from archive.story import Credit, DateFound, Image, Story
from archive.text.dates import TEHRAN, parse_date
from archive.text.letters import clean

# A line longer than this is no story; the longest of 5,000 real ones has 0.2 MB.
MAX_LINE = 8 * 1024 * 1024


class LineError(ValueError):
    """A line is no story; the text says why."""


def read_line(line: bytes, *, agency: str, now: datetime) -> Story:
    """Return the story a line of JSON holds; raises LineError.

    Keys are those of `Story.as_json`; `id` stands for `story_id` and `paragraphs` (a list) for `body`. Others are
    left aside. `agency` is meant where the line names none, Tehran where a time has no offset.
    """
    if len(line) > MAX_LINE:
        raise LineError(f"longer than {MAX_LINE} bytes")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"no JSON: {error}") from error
    if not isinstance(row, dict):
        raise LineError("no JSON object")
    read = {name: _READERS[name](row[name], name, now) for name in _READERS if row.get(name) is not None}
    values = {_NAMES.get(name, name): value for name, value in read.items() if name not in _NAMES or value}
    values["agency"] = values.get("agency") or agency
    if "published" in values and not values.get("published_raw"):
        values["published_raw"] = clean(str(row["published"]))
    try:
        return Story(**values)
    except ValueError as error:
        raise LineError(str(error).removeprefix(": ")) from error


def _text(value: object, name: str, _now: datetime) -> str:
    if not isinstance(value, str):
        raise LineError(f"{name} is no text: {str(value)[:80]!r}")
    return clean(value)


def _paragraphs(value: object, name: str, now: datetime) -> str:
    """Return paragraphs (a list, or a text of lines) as the lines of a body, empty ones left out."""
    texts = value.split("\n") if isinstance(value, str) else _list(value, name)
    return "\n".join(text for one in texts if (text := _text(one, name, now)))


def _identifier(value: object, name: str, now: datetime) -> str | None:
    return _text(str(value) if type(value) is int else value, name, now) or None


def _when(value: object, name: str, now: datetime) -> datetime:
    raw = _text(value, name, now)
    try:
        moment = datetime.fromisoformat(raw)
        return (moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = parse_date(raw, now=now)
    if found is None:
        raise LineError(f"{name} is no date: {raw[:80]!r}")
    return found


def _tags(value: object, name: str, now: datetime) -> tuple[str, ...]:
    return tuple(tag for one in _list(value, name) if (tag := _text(one, name, now)))


def _images(value: object, name: str, now: datetime) -> tuple[Image, ...]:
    def image(one: object) -> Image:
        row = one if isinstance(one, Mapping) else {"url": one}
        return Image(url=_text(row.get("url"), name, now), caption=_text(row.get("caption") or "", name, now))

    return tuple(image(one) for one in _list(value, name))


def _credit(value: object, name: str, now: datetime) -> Credit | None:
    if isinstance(value, str):
        value = {"reporter": value}
    if not isinstance(value, Mapping):
        raise LineError(f"{name} is no object")
    parts = {key: _text(value.get(key) or "", name, now) for key in ("reporter", "source")}
    return Credit(**parts) if any(parts.values()) else None


def _dates(value: object, name: str, now: datetime) -> tuple[DateFound, ...]:
    def date(one: object) -> DateFound:
        if not isinstance(one, Mapping):
            raise LineError(f"{name} holds no object")
        moment = one.get("value")
        return DateFound(
            source=_text(one.get("source"), name, now),
            raw=_text(one.get("raw"), name, now),
            value=None if moment is None else _when(moment, name, now),
            disagrees=one.get("disagrees") is True,
        )

    return tuple(date(one) for one in _list(value, name))


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise LineError(f"{name} is no list")
    return value


_READERS: dict[str, Callable[[Any, str, datetime], Any]] = {
    **dict.fromkeys(("agency", "url", "kind", "kicker", "title", "lead", "published_raw", "byline", "section"), _text),
    **dict.fromkeys(("short_link", "extractor"), _text),
    "body": _paragraphs,
    "paragraphs": _paragraphs,
    "id": _identifier,
    "story_id": _identifier,
    "published": _when,
    "modified": _when,
    "tags": _tags,
    "boilerplate": _tags,
    "images": _images,
    "credit": _credit,
    "dates": _dates,
}
# Other names of a field; one that stands under both is taken by its own.
_NAMES = {"id": "story_id", "paragraphs": "body"}
