"""What is written into the index: analysed words, never text."""

import json
import sqlite3
from dataclasses import asdict, dataclass

from archive.search.meta import meta
from archive.story import Story
from archive.text.words import index_texts, index_words, stem_words

# The body first: words of the first column are written two bytes shorter, and most words stand there.
COLUMNS = "body, lead, title, stems, meta"
TOKENIZE = "ascii tokenchars ':_'"
# The columns of `stories` that an entry is made of.
FROM = ("agency", "kind", "kicker", "title", "lead", "body", "section", "tags", "byline", "credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index holds of one story, column by column, words joined by blanks.

    `terms` are the different ones of all columns, to be counted: told here, since whoever writes has less time.
    """

    body: str
    lead: str
    title: str
    stems: str
    meta: str
    terms: str

    @property
    def columns(self) -> tuple[str, str, str, str, str]:
        """What is written into `COLUMNS`."""
        return self.body, self.lead, self.title, self.stems, self.meta


def entry(story: Story) -> Entry:
    """Return what the index holds of `story`; equal to the view `story_terms`, from which the index is rebuilt."""
    (title, lead, body), stemmed = index_texts(story.title, f"{story.kicker} {story.lead}", story.body)
    told = meta(
        story.agency,
        story.kind,
        story.section,
        json.dumps(story.tags),
        story.byline,
        None if story.credit is None else json.dumps(asdict(story.credit)),
    )
    return entry_of(body, lead, title, stemmed, told)


def entry_of(body: str, lead: str, title: str, stems: str, meta: str) -> Entry:
    """Return the entry with these columns."""
    terms = " ".join(dict.fromkeys(f"{title} {lead} {body} {stems} {meta}".split()))
    return Entry(body=body, lead=lead, title=title, stems=stems, meta=meta, terms=terms)


def stems(*texts: str) -> str:
    """Return the column of stems for texts that follow each other."""
    return stem_words("\n".join(texts))


def register(conn: sqlite3.Connection) -> None:
    """Teach `conn` the functions that the view `story_terms` calls."""
    conn.create_function("fa_words", 1, index_words, deterministic=True)
    conn.create_function("fa_stems", 3, stems, deterministic=True)
    conn.create_function("fa_meta", 6, meta, deterministic=True)
