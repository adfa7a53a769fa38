"""Invented stories in any number, as an archive: words recombined of syllables, as frequent as words of a language are.

    python -m tests.bench.synthetic ARCHIVE STORIES [--processes N]

Ranks follow Zipf and Mandelbrot, with the steeper tail of large corpora (the commonest word stands in nearly every story,
the 1,000th in one of fifty);
a quarter of a story's words is drawn from its subject, so that words occur together as they do in news. A story has about
2.4 KB of UTF-8. Its index entry is put together from the entries of its words; one in a thousand is compared with what the
analysis of its printed text gives. Stories are 1,000 a day, the last day is 1403/07/01.
"""

import argparse
import itertools
import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from time import monotonic

from archive.search import index
from archive.search.engine import index_of
from archive.search.frequencies import recount
from archive.search.meta import meta
from archive.store import open_store
from archive.story import Story
from archive.text.spaces import PREFIXES, SUFFIXES
from archive.text.words import index_words, stem_words

VOCABULARY = 400_000
CORE = 5_000  # words beyond are the rarer the faster
SUBJECTS, SUBJECT_WORDS = 400, 500
PER_DAY = 1_000
LAST_DAY = date(2024, 9, 22)
CHUNK = 1_000
TITLE, LEAD, BODY = 10, 34, 216  # words
AGENCIES = "namune sepehr kavir alborz karun hamun sabalan zagros damavand aras hirmand jazmurian".split()
SECTIONS = "سیاسی اقتصادی اجتماعی ورزشی فرهنگی جهان استان‌ها علمی".split()
# The words any text is made of; everything else is invented.
COMMON = (
    "و در به از که این را با است برای آن یک خود تا بر هم نیز وی باید شد کرد شده می‌شود بود گفت کشور سال دارد کند یا هر"
    " دو پس روز افزود اما همچنین ایران مردم اگر چه ما من او پیش مورد دیگر بین همه نیست"
).split()
_ONSETS = "ب پ ت ج چ خ د ر ز س ش ف ق ک گ ل م ن ه و ی".split()
_NUCLEI = ["", "ا", "و", "ی", "", ""]
_ENDINGS = [*[""] * 30, *"ی ی ی ان ات یم ش م ها های".split(), "‌ها", "‌های", "‌ای"]
STORY_COLUMNS = (
    "id, agency, story_id, url, address, kind, kicker, title, lead, body, published, published_raw, byline, section, tags,"
    " images, dates, short_link, boilerplate, extractor, content_hash, first_seen, last_seen"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as printed, as the index spells it, its stem, and what it is found by beside these."""

    printed: str
    token: str
    parts: tuple[str, ...]
    stem: str
    part_stems: tuple[str, ...]


@cache
def printed_words() -> list[str]:
    """Return words from the commonest on; none that could be the ending of another."""
    dice, known = random.Random(1403), dict.fromkeys(COMMON)
    while len(known) < VOCABULARY:
        syllables = 2 if len(known) < 4_500 else 3 if len(known) < 100_000 else dice.choice((3, 4))
        root = "".join(dice.choice(_ONSETS) + dice.choice(_NUCLEI) for _ in range(syllables))
        word = root + dice.choice(_ENDINGS)
        if word not in SUFFIXES | PREFIXES:
            known[word] = None
    return list(known)


@cache
def vocabulary() -> list[Word]:
    """Return the same words with what the index makes of them; takes a minute."""
    return [_word(word) for word in printed_words()]


def _word(word: str) -> Word:
    token, *parts = index_words(word).split()
    stem, *part_stems = stem_words(word).split()
    return Word(word, token, tuple(parts), stem, tuple(part_stems))


def _column(ranks: list[int]) -> str:
    """Return what a column of the index holds of these words."""
    words = [vocabulary()[rank] for rank in ranks]
    return " ".join([*(word.token for word in words), *(part for word in words for part in word.parts)])


def _stems(ranks: list[int]) -> str:
    words = [vocabulary()[rank] for rank in ranks]
    return " ".join([*(word.stem for word in words), *(one for word in words for one in word.part_stems)])


@cache
def _zipf(size: int) -> list[float]:
    """Return cumulated weights: 1/r for the words everybody uses, steeper beyond, as large corpora show."""
    steps = ((1 / (rank + 2.7)) * min(1, CORE / rank) ** 0.8 for rank in range(1, size + 1))
    return list(itertools.accumulate(steps))


@cache
def _everything() -> range:
    return range(VOCABULARY)


def words_of(dice: random.Random, count: int, subject: int) -> list[int]:
    """Return the ranks of `count` words of a story about `subject`."""
    general = dice.choices(_everything(), cum_weights=_zipf(VOCABULARY), k=count)
    own = dice.choices(range(SUBJECT_WORDS), cum_weights=_zipf(SUBJECT_WORDS), k=count)
    return [
        300 + (subject * 104_729 + rank * 7_919) % 20_000 if dice.random() < 0.25 else word
        for word, rank in zip(general, own, strict=True)
    ]


def _text(dice: random.Random, ranks: list[int]) -> str:
    """Return the words as sentences, in paragraphs of about forty words."""
    words = printed_words()
    parts = []
    for number, rank in enumerate(ranks, 1):
        end = "\n" if number % 40 == 0 else " "
        parts.append(words[rank] + ("." if end == "\n" else "،" if dice.random() < 0.06 else "") + end)
    return "".join(parts).strip()


type Ranks = tuple[list[int], list[int], list[int]]


def tell(number: int, stories: int) -> tuple[tuple[object, ...], Ranks]:
    """Return the row of story `number` of so many, and the ranks of the words of its title, lead and body."""
    dice = random.Random(number)
    known = printed_words()
    day = LAST_DAY - timedelta(days=(stories - 1 - number) // PER_DAY)
    story = int(day.strftime("%Y%m%d")) * 1_000_000 + number % PER_DAY + 1
    subject = dice.choices(range(SUBJECTS), cum_weights=_zipf(SUBJECTS))[0]
    agency = dice.choices(AGENCIES, cum_weights=_zipf(len(AGENCIES)))[0]
    ranks = words_of(dice, TITLE + LEAD + dice.randint(BODY * 3 // 5, BODY * 7 // 5), subject)
    parts = ranks[:TITLE], ranks[TITLE : TITLE + LEAD], ranks[TITLE + LEAD :]
    title, lead, body = (_text(dice, part) for part in parts)
    byline = " ".join(known[1_000 + dice.randrange(200)] for _ in range(2)) if dice.random() < 0.2 else ""
    section, tags = SECTIONS[subject % len(SECTIONS)], [known[rank] for rank in ranks[:3] if rank > len(COMMON)]
    kind = "gallery" if dice.random() < 0.02 else "story"
    when = datetime(day.year, day.month, day.day, 8, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tags_json = json.dumps(tags, ensure_ascii=False)
    row = (
        *(story, agency, str(number), f"https://{agency}.example/news/{number}", "", kind, "", title, lead, body, when),
        *("", byline, section, tags_json, "[]", "[]", "", "[]", "", "", when, when),
    )
    return row, parts


def invent(number: int, stories: int) -> tuple[tuple[object, ...], index.Entry]:
    """Return the row of a story, and what the index holds of it."""
    row, parts = tell(number, stories)
    told = dict(zip(STORY_COLUMNS.split(", "), row, strict=True))
    entry = index.entry_of(
        body=_column(parts[2]),
        lead=_column(parts[1]),
        title=_column(parts[0]),
        stems=_stems([rank for part in parts for rank in part]),
        meta=meta(told["agency"], told["kind"], told["section"], told["tags"], told["byline"], None),
    )
    if number % 1_000 == 0:
        _same(row, entry)
    return row, entry


def _same(row: tuple[object, ...], entry: index.Entry) -> None:
    told = dict(zip(STORY_COLUMNS.split(", "), row, strict=True))
    names = ("agency", "kind", "title", "lead", "body", "section", "byline")
    story = Story(**{name: told[name] for name in names}, tags=tuple(json.loads(str(told["tags"]))))
    assert index.entry(story) == entry, (index.entry(story), entry)


def _chunk(task: tuple[int, int, int]) -> list[tuple[tuple[object, ...], index.Entry]]:
    first, after, stories = task
    return [invent(number, stories) for number in range(first, after)]


def build(path: Path, stories: int, processes: int = 2) -> None:
    """Write an archive of invented stories to `path`; say on standard error how long it took."""
    if path.exists():
        raise SystemExit(f"{path} is there already")
    began = monotonic()
    vocabulary()
    tasks = [(first, min(first + CHUNK, stories), stories) for first in range(0, stories, CHUNK)]
    with open_store(path) as store, Pool(processes) as pool:
        store.conn.execute("PRAGMA synchronous = OFF")
        for agency in AGENCIES:
            store.add_agency(agency)
        for number, chunk in enumerate(pool.imap(_chunk, tasks), 1):
            _write(store.conn, chunk)
            if number % 50 == 0:
                print(f"{number * CHUNK:,} stories, {monotonic() - began:.0f} s", file=sys.stderr)
        store.conn.execute("INSERT INTO days SELECT id / 1000000, count(*) FROM stories GROUP BY 1")
        counted = monotonic()
        recount(store.conn)
        print(f"words counted in {monotonic() - counted:.0f} s", file=sys.stderr)
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{stories:,} stories in {monotonic() - began:.0f} s", file=sys.stderr)


def _write(conn: sqlite3.Connection, chunk: list[tuple[tuple[object, ...], index.Entry]]) -> None:
    conn.execute("BEGIN")
    marks = ", ".join("?" * len(STORY_COLUMNS.split(", ")))
    conn.executemany(f"INSERT INTO stories ({STORY_COLUMNS}) VALUES ({marks})", (row for row, _ in chunk))
    for row, entry in chunk:
        index_of(conn).put(int(str(row[0])), entry)
    conn.execute("COMMIT")


def queries(seed: int, per_class: int) -> Iterator[tuple[str, str]]:
    """Yield a mixed log of queries, class and text, out of words of these stories."""
    dice, known = random.Random(seed), printed_words()
    for _ in range(per_class):
        common, often, seldom, rare = (
            known[dice.randrange(*span)] for span in ((0, 20), (20, 200), (200, 3_000), (3_000, 60_000))
        )
        number = dice.randrange(1_000)
        row, _ = tell(1_000_000_000 + number, 1_000_000_001 + number)
        body = str(row[9]).replace("،", "").replace(".", "").split()
        at = dice.randrange(len(body) - 3)
        yield "commonest word", common
        yield "common word", often
        yield "middling word", seldom
        yield "rare word", rare
        yield "AND of common words", f"{common} {often}"
        yield "AND, mixed", f"{often} {seldom}"
        yield "AND of middling words", f"{seldom} {known[dice.randrange(200, 3_000)]}"
        yield "three words", f"{often} {seldom} {known[dice.randrange(200, 3_000)]}"
        yield "title of a story", str(row[7]).replace("،", "").replace(".", "")
        yield "phrase", f'"{body[at]} {body[at + 1]}"'
        yield "phrase of common words", f'"{common} {often}"'
        yield "prefix of two letters", f"{seldom[:2]}*"
        yield "prefix of three letters", f"{seldom[:3]}*"
        yield "OR", f"{often} OR {seldom}"
        yield "NOT", f"{often} -{seldom}"
        yield "date filter", f"{often} date:1402/{dice.randrange(1, 13):02}"
        yield "agency filter", f"{often} agency:{dice.choice(AGENCIES)}"
        yield "agency and section", f"{common} agency:{AGENCIES[0]} section:{dice.choice(SECTIONS)}"
        yield "title field", f"title:{often}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("stories", type=int)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    build(given.archive, given.stories, given.processes)
