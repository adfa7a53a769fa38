"""Lists of Persian words, read once when first asked for: headwords, verbs, plurals, spellings, names."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from archive.text.letters import HALF_SPACE


@cache
def compounds() -> Mapping[str, str]:
    """Return headwords of several parts, joined, with how they are printed: «پیش‌بینی» under its letters alone."""
    return {word.replace(HALF_SPACE, ""): word for word, *_ in _rows("headwords") if HALF_SPACE in word}


@cache
def function_words() -> frozenset[str]:
    """Return the words that bind a sentence and say nothing of its story: «از», «که», «شد»."""
    return frozenset(word for (word,) in _rows("function"))


@cache
def headwords() -> frozenset[str]:
    """Return the folded headwords of a dictionary and names that look inflected, compounds joined over half-spaces."""
    return frozenset(word.replace(HALF_SPACE, "") for name in ("headwords", "names") for word, *_ in _rows(name))


@cache
def words_in_heh() -> frozenset[str]:
    """Return the headwords in heh that are used more than what stands before the heh: «منطقه» (not «منطق»)."""
    return frozenset(word for word, *marks in _rows("headwords") if marks)


@cache
def past_stems() -> frozenset[str]:
    """Return the past stems of verbs: «گفت»."""
    return frozenset(past for past, _ in _rows("verbs"))


@cache
def past_of() -> Mapping[str, str]:
    """Return the present stems of verbs with their past stem: «گو» and «گوی» with «گفت»."""
    pasts: dict[str, str] = {}
    # Of two pasts the irregular one is the verb people use: «ساخت», not «سازید».
    for past, present in sorted(_rows("verbs"), key=lambda row: (row[0].endswith("ید"), len(row[0]))):
        pasts.setdefault(present, past)
    return pasts


@cache
def singulars() -> Mapping[str, str]:
    """Return broken plurals with their singular: «کتب» with «کتاب»."""
    return {first: second for first, second in _rows("plurals")}  # noqa: C416 - dict() would not unpack lists for mypy


@cache
def spellings() -> Mapping[str, str]:
    """Return spellings with the one they are read as; one ending in `$` is a whole word, the others begin words."""
    return {first.replace(HALF_SPACE, ""): second for first, second in _rows("spellings")}


@cache
def printed_apart() -> Mapping[str, Sequence[str]]:
    """Return words of `spellings` with how they are printed in parts: «گفت و گو» under «گفتگو»."""
    apart: dict[str, list[str]] = {}
    for first, second in _rows("spellings"):
        if HALF_SPACE in first:
            apart.setdefault(second, []).append(first.replace(HALF_SPACE, " "))
    return apart


def _rows(name: str) -> Iterator[list[str]]:
    text = files(__name__).joinpath(f"{name}.txt").read_text("utf-8")
    return (line.split(" ") for line in text.splitlines() if not line.startswith("#"))
