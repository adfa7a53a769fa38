"""What the archive's stories teach about words: lemmas (by hazm) and half-spaces; read in batches, after crawls."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from archive.text.letters import HALF_SPACE
from archive.text.tidy import count
from archive.text.words import spans, tokens

_BATCH = 500  # stories read at a time
_RARE = 2  # a printing seen less often is a slip


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What one reading brought: stories read, words with a lemma and words with half-spaces that were new."""

    stories: int = 0
    lemmas: int = 0
    printings: int = 0


def learn(conn: sqlite3.Connection, lemma: Callable[[str], str | None]) -> Learnt:
    """Read the stories that came in since the last reading and note their words; `conn` is in autocommit mode.

    `lemma` gives the lemma of a printed word, or None. A batch is one transaction, so that an interrupted reading goes
    on where it stopped; each story is read once (and again when it is revised).
    """
    learnt = Learnt()
    while batch := _unread(conn):
        conn.execute("BEGIN IMMEDIATE")
        try:
            new_lemmas = _note_lemmas(conn, [text for text, _ in batch], lemma)
            new_printings = _note_printings(conn, [text for text, _ in batch])
            conn.execute("INSERT OR REPLACE INTO learnt (part, until) VALUES ('words', ?)", (batch[-1][1],))
        except BaseException:
            conn.rollback()
            raise
        conn.execute("COMMIT")
        learnt = Learnt(
            stories=learnt.stories + len(batch),
            lemmas=learnt.lemmas + new_lemmas,
            printings=learnt.printings + new_printings,
        )
    return learnt


def printings(conn: sqlite3.Connection) -> Callable[[str], Mapping[str, int]]:
    """Return what says how often a word is printed in each way, as `archive.text.tidy` asks."""

    @cache
    def ways(form: str) -> Mapping[str, int]:
        return dict(conn.execute("SELECT printed, count FROM printings WHERE form = ? AND count >= ?", (form, _RARE)))

    return ways


def is_learnt(conn: sqlite3.Connection) -> bool:
    """Say whether any story has been read."""
    return conn.execute("SELECT 1 FROM learnt").fetchone() is not None


def _unread(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return texts of stories with the moment they came in, oldest first; all of the last moment, so none is lost."""
    sql = (
        "SELECT kicker || ' . ' || title || char(10) || lead || char(10) || body, coalesce(revised, first_seen) AS came"
        " FROM stories WHERE came > (SELECT coalesce(max(until), '') FROM learnt WHERE part = 'words') ORDER BY came"
    )
    batch: list[tuple[str, str]] = []
    for text, came in conn.execute(sql):
        if len(batch) >= _BATCH and came != batch[-1][1]:
            break
        batch.append((text, came))
    return batch


def _note_lemmas(conn: sqlite3.Connection, texts: Iterable[str], lemma: Callable[[str], str | None]) -> int:
    printed = {text[start:end] for text in texts for start, end, _ in spans(text)}
    known = {tokens(word)[0]: found for word in printed if (found := lemma(word)) is not None}
    before = conn.total_changes
    conn.executemany("INSERT OR IGNORE INTO lexicon (form, lemma) VALUES (?, ?)", sorted(known.items()))
    return conn.total_changes - before


def _note_printings(conn: sqlite3.Connection, texts: list[str]) -> int:
    @cache
    def known(form: str) -> bool:
        sql = f"SELECT 1 FROM printings WHERE form = ? AND instr(printed, '{HALF_SPACE}')"
        return conn.execute(sql, (form,)).fetchone() is not None

    (before,) = conn.execute("SELECT count(*) FROM printings").fetchone()
    conn.executemany(
        "INSERT INTO printings (form, printed, count) VALUES (?, ?, ?)"
        " ON CONFLICT (form, printed) DO UPDATE SET count = count + excluded.count",
        ((form, way, times) for form, ways in count(texts, known).items() for way, times in ways.items()),
    )
    (after,) = conn.execute("SELECT count(*) FROM printings").fetchone()
    return int(after) - int(before)
