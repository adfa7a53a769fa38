"""The words of a text with nothing but its letters folded, half-spaces as blanks; a baseline of `tests.bench.search`."""

import re

from archive.text.letters import HALF_SPACE, fold

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Return the folded words of `text`, in order, as one word each for the index."""
    return _WORD.findall(fold(text).replace(HALF_SPACE, " "))
