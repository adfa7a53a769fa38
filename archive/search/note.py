"""What a search says beside its hits: what it read otherwise than it was written, or did not look for."""

from typing import Self

SENTENCES = {
    "characters": "only the first {n} characters are read",
    "words": "only the first {n} words are read",
    "no_day": "{text} is no date; read as words",
    "beginnings": "{text}*: the {n} commonest of {of:,} words are looked for",
    "some": "no story has all words; these have some of them",
    "few": "all words are in {n} of these, which come first; the others have some of them",
    "late": "stopped after {seconds:g} s: shown is what was found until then",
}


class Note(str):
    """A sentence in English that knows its `key` and `values`, so that a page can say it in its reader's tongue."""

    __slots__ = ("key", "values")
    key: str
    values: dict[str, object]

    def __new__(cls, key: str, **values: object) -> Self:
        """Say the sentence of `key` (one of SENTENCES) with `values` in their places."""
        note = super().__new__(cls, SENTENCES[key].format(**values))
        note.key, note.values = key, values
        return note
