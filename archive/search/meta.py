"""Filters as tokens inside the index: `agency:mehr`, `section:ورزش`; one column holds them all."""

import json

from archive.text import words
from archive.text.letters import letters_only

# A story is one thing a search finds unless it is asked for others; whatever is none carries this token as well.
STORY, OTHER = "story", "other"
# Fields whose values are one name each; those of all other fields are texts, found by any of their words.
NAMES = ("agency", "kind")
FIELDS = (*NAMES, "section", "tag", "byline", "credit")


def meta(agency: str, kind: str, section: str, tags: str, byline: str, credit: str | None) -> str:  # noqa: PLR0917
    """Return the filter tokens of a story, from the columns of `stories`: `tags` a JSON list, `credit` an object."""
    texts = [("section", section), ("byline", byline), *(("tag", tag) for tag in json.loads(tags))]
    if credit is not None:
        texts += [("credit", name) for name in json.loads(credit).values()]
    kinds = [kind] if kind == STORY else [kind, OTHER]
    names = [("agency", agency), *(("kind", one) for one in kinds)]
    return " ".join(token for field, value in (*names, *texts) for token in tokens(field, value))


def tokens(field: str, value: str) -> list[str]:
    """Return the tokens of one filter: `agency:mehr`; of a text one a word, so that a phrase finds it: `tag:جام`."""
    if field in NAMES:
        name = letters_only(value)
        return [f"{field}:{name}"] if name else []
    return [f"{field}:{word}" for word in words.tokens(value)]
