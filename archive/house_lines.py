"""The lines that an agency was found to print under story after story: what was learnt of them, and when."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.story import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseLine:
    """A closing paragraph of an agency's stories: folded, as printed, and where it was seen.

    `stories` is under how many it stood when it was learnt, `examples` are the numbers of some of them; a `kept` one
    is part of the stories, says a person, and is not cut.
    """

    line: str
    printed: str
    stories: int
    examples: tuple[int, ...] = ()
    learnt: str = ""
    kept: bool = False


def house_lines(conn: sqlite3.Connection, agency: str) -> list[HouseLine]:
    """Return what was learnt of an agency, the latest first."""
    rows = conn.execute(
        "SELECT line, printed, stories, examples, learnt, kept FROM house_lines WHERE agency = ?"
        " ORDER BY learnt DESC, stories DESC, line",
        (agency,),
    )
    return [
        HouseLine(line=line, printed=printed, stories=stories, examples=tuple(json.loads(examples)), learnt=learnt,
                  kept=bool(kept))
        for line, printed, stories, examples, learnt, kept in rows
    ]  # fmt: skip


def add(conn: sqlite3.Connection, agency: str, lines: Sequence[HouseLine], now: datetime) -> None:
    """Note lines that were learnt now; one that is known stays as it is."""
    conn.executemany(
        "INSERT INTO house_lines (agency, line, printed, stories, examples, learnt) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(agency, one.line, one.printed, one.stories, json.dumps(one.examples), iso(now)) for one in lines],
    )


def keep(conn: sqlite3.Connection, agency: str, line: str) -> bool:
    """Note that a line is part of the stories after all; say whether it is known."""
    return conn.execute("UPDATE house_lines SET kept = 1 WHERE agency = ? AND line = ?", (agency, line)).rowcount == 1


def newest(conn: sqlite3.Connection, agency: str, count: int) -> list[tuple[int, list[str]]]:
    """Return the numbers and paragraphs of an agency's newest stories, the newest first."""
    rows = conn.execute(
        "SELECT id, body FROM stories WHERE agency = ? AND kind = 'story' ORDER BY id DESC LIMIT ?", (agency, count)
    )
    return [(number, body.split("\n")) for number, body in rows]


def ends(conn: sqlite3.Connection, agency: str, since: int, letters: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and closing paragraphs of an agency's stories from the number `since` on.

    At most `letters` of each: the first paragraph may be cut off, the later ones are whole.
    """
    rows = conn.execute(
        "SELECT id, substr(body, -:letters) FROM stories WHERE agency = :agency AND id >= :since",
        {"letters": letters, "agency": agency, "since": since},
    ).fetchall()
    for number, end in rows:
        yield number, end.split("\n")
