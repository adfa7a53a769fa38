"""Set half-spaces where a page lost them, as the same words are printed elsewhere; letters stay as printed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from archive.text.letters import HALF_SPACE, fold

type Printings = Mapping[str, int]

_WORD = re.compile(rf"[^\W\d_]+(?:{HALF_SPACE}[^\W\d_]+)*")
_CHARACTER = re.compile(rf"([\s{HALF_SPACE}]*)([^\s{HALF_SPACE}]|$)")
_LONGEST = 3  # printed words that may be one
# A word is printed with half-spaces if it is so at least as often as joined, or half as often as with blanks: blanks
# are misprints where half-spaces occur at all, while joined spellings are a house's style (measured: docs/design.md).
_AGAINST_BLANKS = 0.5


def tidy(text: str, printings: Callable[[str], Printings]) -> str:
    """Return `text` with half-spaces set in words that are mostly printed with them.

    `printings` says of a word's folded letters how often it is printed in each way (see `count`).
    """
    parts, at, number = [], 0, 0
    found = list(_WORD.finditer(text))
    while number < len(found):
        length, spelt = _spelt(text, found[number : number + _LONGEST], printings)
        if spelt is not None:
            parts += [text[at : found[number].start()], spelt]
            at = found[number + length - 1].end()
        number += length
    return "".join([*parts, text[at:]])


def completed(text: str, guessed: str, printings: Callable[[str], Printings]) -> str:
    """Return `text` with the half-spaces `guessed` has in words of which `printings` knows nothing.

    Both have the same letters; what is known of a word is not overruled by a guess.
    """
    wanted: set[int] = set()
    before = at = 0
    for word in _WORD.finditer(guessed):
        before += _printed(guessed[at : word.start()])
        if HALF_SPACE in word[0] and not printings(fold(word[0]).replace(HALF_SPACE, "")):
            wanted.update(before + _printed(word[0][:place]) for place in _half_spaces(word[0]))
        before, at = before + _printed(word[0]), word.end()
    characters = enumerate(_CHARACTER.findall(text))
    return "".join((HALF_SPACE if at in wanted else gap) + character for at, (gap, character) in characters)


def count(texts: Sequence[str], known: Callable[[str], bool]) -> dict[str, Counter[str]]:
    """Return how often the words of `texts` are printed in each way, folded, by their letters.

    Counted are words that are printed with half-spaces in one of `texts`, or of which `known` says so.
    """
    counts: dict[str, Counter[str]] = {}
    folded = [fold(text) for text in texts]
    for text in folded:
        for one in _WORD.findall(text):
            if HALF_SPACE in one:
                counts.setdefault(one.replace(HALF_SPACE, ""), Counter())[one] += 1
    for text in folded:
        for printed in _without(text):
            form = printed.replace(" ", "").replace(HALF_SPACE, "")
            if form in counts or known(form):
                counts.setdefault(form, Counter())[printed] += 1
    return counts


def _printed(text: str) -> int:
    """Return how many characters of `text` are no blanks."""
    return sum(1 for one in text if one != HALF_SPACE and not one.isspace())


def _half_spaces(word: str) -> Iterator[int]:
    return (at for at, one in enumerate(word) if one == HALF_SPACE)


def _without(text: str) -> Iterator[str]:
    """Yield the words of a folded text that have no half-space, and runs of words with a blank between them."""
    found = list(_WORD.finditer(text))
    for at, one in enumerate(found):
        if HALF_SPACE not in one[0]:
            yield one[0]
        for run in _runs(text, found[at : at + _LONGEST]):
            yield text[run[0].start() : run[-1].end()]


def _runs(text: str, found: Sequence[re.Match[str]]) -> Iterable[Sequence[re.Match[str]]]:
    """Yield the beginnings of `found`, of two words or more, with but single blanks between them; longest first."""
    for length in range(len(found), 1, -1):
        run = found[:length]
        if all(text[one.end() : two.start()] == " " for one, two in pairwise(run)):
            yield run


def _spelt(text: str, found: Sequence[re.Match[str]], printings: Callable[[str], Printings]) -> tuple[int, str | None]:
    """Return of how many printed words the first word consists, and how it is spelt; None = as it is printed."""
    for run in _runs(text, found):
        printed = text[run[0].start() : run[-1].end()]
        with_half_spaces = printed.replace(" ", HALF_SPACE)
        if _usual(fold(printed), printings) == fold(with_half_spaces):
            return len(run), with_half_spaces
    printed = found[0][0]
    usual = None if HALF_SPACE in printed else _usual(fold(printed), printings)
    if usual is None or len(fold(printed)) != len(printed):
        return 1, None
    return 1, _cut(printed, usual)


def _usual(folded: str, printings: Callable[[str], Printings]) -> str | None:
    """Return how a word is printed with half-spaces, if it mostly is where it could also stand as `folded`."""
    known = printings(folded.replace(" ", "").replace(HALF_SPACE, ""))
    apart = {printed: count for printed, count in known.items() if HALF_SPACE in printed and " " not in printed}
    if not apart:
        return None
    least = known.get(folded, 0) * (_AGAINST_BLANKS if " " in folded else 1)
    return max(apart, key=lambda printed: apart[printed]) if sum(apart.values()) > least else None


def _cut(printed: str, usual: str) -> str:
    """Return the letters of `printed` with half-spaces where `usual` has them."""
    letters = iter(printed)
    return "".join(HALF_SPACE if one == HALF_SPACE else next(letters) for one in usual)
