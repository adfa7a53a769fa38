"""Stories as a table, a row each: CSV for spreadsheets, Parquet for data frames. The current text, no revisions."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import IO, Any

from archive.errors import ArchiveError
from archive.export.source import SIDES
from archive.text.dates import jalali

# Columns of every table, before those of what else hangs on a story (`archive.export.source.SIDES`).
COLUMNS = (
    "id", "agency", "agency_name", "story_id", "url", "kind", "kicker", "title", "lead", "body", "published",
    "published_jalali", "published_raw", "modified", "byline", "section", "tags", "images", "credit_reporter",
    "credit_source", "short_link", "extractor", "content_hash", "revision", "revised", "first_seen", "last_seen",
    "withdrawn",
)  # fmt: skip
MOMENTS = ("published", "modified", "revised", "first_seen", "last_seen", "withdrawn")
# In one row there is no room for them.
_ELSEWHERE = ("addresses", "revisions", "withdrawals", "pages")
_HANGING = tuple(side.name for side in SIDES if side.name not in _ELSEWHERE)
_NUMBERS = ("also_ran_in", "update_of", "reuse")
# Rows to a group of Parquet, which bounds memory.
GROUP = 2000
CSV_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# Spreadsheets run what begins so as a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def flat(story: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exported story as one row: lists of texts stay lists, what has parts becomes columns of its own."""
    credit = story["credit"] or {"reporter": "", "source": ""}
    taken_down = [one["withdrawn"] for one in story["withdrawals"] if one["withdrawn"] and not one["reappeared"]]
    more = {
        "published_jalali": jalali(datetime.fromisoformat(story["published"])) if story["published"] else None,
        "credit_reporter": credit["reporter"],
        "credit_source": credit["source"],
        "images": [one["url"] for one in story["images"]],
        "withdrawn": taken_down[-1] if taken_down else None,
    }
    return {key: more[key] if key in more else story[key] for key in (*COLUMNS, *_HANGING)}


def write_csv(stories: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the lines of a CSV (RFC 4180) in UTF-8 with the mark by which Excel knows it; empty is not known.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    yield f"{CSV_MARK}{csv_line((*COLUMNS, *_HANGING))}".encode()
    for story in stories:
        yield csv_line(flat(story).values()).encode()


def csv_line(values: Iterable[object]) -> str:
    """Return a line of CSV, its end with it; None is an empty cell, a list of texts one text."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([_cell(value) for value in values])
    return buffer.getvalue()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case list() if all(isinstance(one, str) for one in value):
            value = "، ".join(value)
        case list() | dict():
            value = json.dumps(value, ensure_ascii=False)
        case int() | float():
            return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def write_parquet(stories: Iterable[Mapping[str, Any]], to: Path) -> int:
    """Write a Parquet file of row groups and return how many stories it has; moments are UTC timestamps.

    Raises ArchiveError when pyarrow is not installed.
    """
    count = 0
    with parquet_file(to) as write:
        for some in batched(stories, GROUP):
            write(some)
            count += len(some)
    return count


@contextmanager
def parquet_file(to: Path | IO[bytes]) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], None]]:
    """Give what writes a few stories as a row group of a Parquet file; ArchiveError when pyarrow is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional dependency, half a second to load
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise ArchiveError("parquet", "needs pyarrow", "pip install 'bayegan[parquet]'") from error
    schema = _schema(pa)
    with pq.ParquetWriter(to, schema, compression="zstd") as writer:

        def write(some: Sequence[Mapping[str, Any]]) -> None:
            writer.write_table(pa.Table.from_pylist([_typed(flat(story)) for story in some], schema=schema))

        yield write


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    moments = {key: None if row[key] is None else datetime.fromisoformat(row[key]) for key in MOMENTS}
    numbers = ("cluster", *_NUMBERS)
    others = {name: json.dumps(row[name], ensure_ascii=False) for name in _HANGING if name not in numbers}
    return row | moments | others


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    kinds = {"id": pa.int64(), "revision": pa.int64(), "tags": pa.list_(pa.string()), "images": pa.list_(pa.string())}
    kinds |= {"cluster": pa.int64(), **dict.fromkeys(_NUMBERS, pa.list_(pa.int64()))}
    kinds |= dict.fromkeys(MOMENTS, pa.timestamp("s", tz="UTC"))
    return pa.schema([(name, kinds.get(name, pa.string())) for name in (*COLUMNS, *_HANGING)])
