"""The table of faults as text for a terminal, as Markdown for the docs, and as JSON lines that can be read again."""

import json
import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.row import MIB, Row, Size

HEADS = ("fault", "tried", "survived", "lost", "worst time", "worst RSS", "control")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A line of the table: which scenario made it, in which size, on which day (ISO 8601), how long that took, and where."""

    name: str
    size: Size
    day: str
    seconds: float
    row: Row
    machine: str = ""


def machine() -> str:
    """Return what the figures were found on."""
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def cells(row: Row) -> tuple[str, ...]:
    """Return a line as text."""
    if row.skipped:
        return (row.fault, "SKIPPED", "", "", "", "", row.skipped)
    fate = f"{row.control}: {'caught' if row.caught else 'NOT CAUGHT'}"
    time = "" if row.worst_s is None else f"{row.worst_s:,.2f} s"
    memory = "" if row.worst_rss is None else f"{row.worst_rss / MIB:,.0f} MiB"
    note = f" ({row.note})" if row.note else ""
    return (row.fault + note, f"{row.tried:,}", f"{row.survived:,}", f"{row.lost:,}", time, memory, fate)


def plain(results: Sequence[Result]) -> str:
    """Return the table in columns, one line a scenario; those that are not well have a mark."""
    lines = [("", *HEADS), *(("" if one.row.well else "!", *cells(one.row)) for one in results)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    right = {2, 3, 4, 5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if n in right else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(results: Sequence[Result]) -> str:
    """Return the table as docs/operate.md has it: the name and size of the scenario besides, below it when and on what."""
    lines = ["| " + " | ".join(("scenario", "size", *HEADS)) + " |", "|---|---|---|--:|--:|--:|--:|--:|---|"]
    lines += ["| " + " | ".join((f"`{one.name}`", one.size, *cells(one.row))) + " |" for one in results]
    days, places = (
        ", ".join(sorted(found)) for found in ({one.day for one in results}, {one.machine for one in results})
    )
    return "\n".join([*lines, "", f"Run on {days}: {places}."])


def as_json(result: Result) -> str:
    """Return a line of the table as JSON on one line."""
    return json.dumps(
        {**asdict(result), "well": result.row.well, "machine": result.machine or machine()}, ensure_ascii=False
    )


def read(files: Sequence[Path]) -> list[Result]:
    """Return what earlier runs printed as JSON; of each scenario the last line counts."""
    return parse([line for file in files for line in file.read_text("utf-8").splitlines()])


def parse(lines: Iterable[str]) -> list[Result]:
    """Return what lines of JSON say (`as_json`); of each scenario the last line counts."""
    found: dict[str, Result] = {}
    for line in lines:
        told = json.loads(line)
        found[told["name"]] = Result(
            name=told["name"],
            size=Size(told["size"]),
            day=told["day"],
            machine=told["machine"],
            seconds=told["seconds"],
            row=Row(**told["row"]),
        )
    return list(found.values())
