"""Words of a Persian text, for index and query alike: joined over half-spaces, by their parts, and lightly stemmed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.text import spaces
from archive.text.letters import HALF_SPACE, fold
from archive.text.lists import compounds, function_words, headwords, past_stems, printed_apart, spellings
from archive.text.numerals import small_numbers
from archive.text.stems import stem

# Raised whenever what these functions return changes, so that archives are indexed anew.
ANALYSIS_VERSION = 3

_SHORTEST = 3  # letters of the parts when a word of no dictionary is taken apart ...
_SHORT_FIRST = frozenset("بی هم پر کم تک دو سه نو پی ضد خوش".split())  # ... unless it begins with one of these
# Verbs that make verbs of other words, and «can», «want», «say»: some forms say nothing of a story.
_LIGHT = frozenset("شد کرد بود داد داشت گرفت یافت نمود امد اورد زد توانست خواست گفت".split())
_PAIR = 2  # neighbours that may be one word; three with «و» between them
_PHRASES = 16  # spellings of one quoted phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTerm:
    """One word of a query: phrases of index words (any of them will do), and stems that will do as well.

    A word that may be printed apart has a phrase of stems as well: several, parted by blanks.
    `optional` words («از», «که», «شد») need not occur in a story that has the others; alone they must.
    """

    exact: tuple[tuple[str, ...], ...]
    stems: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """What the index knows of one word: its one spelling, the parts it is also found by, its stem."""

    token: str
    parts: tuple[str, ...]
    stem: str
    part_stems: tuple[str, ...]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of the printed `text` begins and ends, and the word folded, half-spaces kept.

    A word holds a blank where one parts it from its prefix or endings: «می رود».
    """
    pieces = [fold(one) for one in text]
    printed = [at for at, piece in enumerate(pieces) for _ in piece]  # where each folded letter was printed
    after = 0
    for found in spaces.words("".join(pieces)):
        start, end = max(after, printed[found.start()]), printed[found.end() - 1] + 1
        if start < end:  # else one printed sign holds two words, as «¼» does
            yield start, end, found[0]
        after = end


def index_words(text: str) -> str:
    """Return what a column of the index holds of `text`: its words joined over half-spaces, then parts of some.

    The words stand in their order, so that phrases are found; the parts stand behind them and backwards («آهن راه»
    of «راه‌آهن»), so that they are found but make no phrases.
    """
    return _column(_words(text))


def stem_words(text: str) -> str:
    """Return the stems of the words of `text`, in order, then those of parts, joined by blanks."""
    return _stems(_words(text))


def index_texts(*texts: str) -> tuple[list[str], str]:
    """Return `index_words` of each of `texts`, and `stem_words` of them line after line, read once for both."""
    found = [_words(text) for text in texts]
    return [_column(one) for one in found], _stems([word for one in found for word in one])


def tokens(text: str) -> list[str]:
    """Return the words of `text` as the index spells them, in order."""
    return [_word(one[0]).token for one in spaces.words(fold(text))]


def query_terms(text: str) -> list[QueryTerm]:
    """Return what to look for, word by word.

    Each word is looked for as the index spells it, as the parts a blank may have cut it into, and joined with its
    neighbours in the query, as a story may print them («گفت و گو» as «گفتگو», «راه آهن» as «راه‌آهن»).
    """
    found = [one[0] for one in spaces.words(fold(text))]
    joined = _joined(found)
    return [
        QueryTerm(
            exact=tuple(dict.fromkeys([*_spelt_alone(word), *_apart(word), *((one,) for one in joined[at])])),
            stems=tuple(dict.fromkeys([_word(word).stem, *_stems_apart(word)])),
            optional=_says_nothing(_word(word)),
        )
        for at, word in enumerate(found)
    ]


def phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the spellings of a quoted phrase: sequences of index words, any of which will do; at most 16.

    The first is the phrase as the index spells it; in each of the others one word is taken apart or two are joined.
    """
    found = [one[0] for one in spaces.words(fold(text))]
    read = [_word(word).token for word in found]
    spelt = [tuple(read)]
    for at, word in enumerate(found):
        spelt += [(*read[:at], *apart, *read[at + 1 :]) for apart in _apart(word)]
        for length in (_PAIR, _PAIR + 1):
            run = found[at : at + length]
            if len(run) == length and _joinable(run):
                spelt.append((*read[:at], _spelt("".join(map(_letters, run))), *read[at + length :]))
    return tuple(dict.fromkeys(spelt))[:_PHRASES] if found else ()


def _spelt_alone(word: str) -> list[tuple[str, ...]]:
    """Return a word as the index spells it, and a small number in its other writing: «دو» and «2»."""
    token = _word(word).token
    return [(one,) for one in (token, small_numbers().get(token)) if one]


def _says_nothing(word: _Word) -> bool:
    """Say whether a word only binds the others."""
    if word.stem in _LIGHT and word.token.startswith(("می", "نمی")):
        return True
    return word.token in function_words() or (word.parts != () and function_words().issuperset(word.parts))


def _words(text: str) -> list[_Word]:
    return [_word(one[0]) for one in spaces.words(fold(text))]


def _column(found: Sequence[_Word]) -> str:
    return " ".join([*(word.token for word in found), *(part for word in found for part in word.parts)])


def _stems(found: Sequence[_Word]) -> str:
    return " ".join([*(word.stem for word in found), *(one for word in found for one in word.part_stems)])


@lru_cache(maxsize=100_000)
def _word(word: str) -> _Word:
    pieces = spaces.parts(word)
    token = _spelt(_join(pieces))
    bare = spaces.bare(pieces)
    base = token if bare == pieces else _spelt("".join(bare))
    read_apart = [part for cut in _cuts(word) for part in _read(cut)]
    if " " in word:  # what we took for its endings may be words of their own
        read_apart += pieces
    parts = tuple(part for part in dict.fromkeys((base, *reversed((*bare, *read_apart)))) if part not in ("", token))
    own = stem(token) if bare[-1] == pieces[-1] or _is_perfect(bare[-1], pieces[-1]) else stem(base)
    part_stems = tuple(one for one in dict.fromkeys(map(stem, parts)) if one != own)
    return _Word(token=token, parts=parts, stem=own, part_stems=part_stems)


def _is_perfect(participle: str, ending: str) -> bool:
    """Say whether two parts are a verb: «گفته‌اند»."""
    return participle[:-1] in past_stems() and ending in ("اند", "ام", "ای", "ایم", "اید")


def _join(pieces: Sequence[str]) -> str:
    """Return the parts of a word as one; «خانه‌ی» is «خانهٔ», whose mark is folded away."""
    if len(pieces) > 1 and pieces[-1] == "ی" and pieces[-2].endswith("ه"):
        pieces = pieces[:-1]
    return "".join(pieces)


def _letters(word: str) -> str:
    return _join(spaces.parts(word))


def _spelt(token: str) -> str:
    """Return the one spelling of a word that may lawfully be spelt in several ways."""
    found = _spellings().match(token)
    if found is None:
        return token
    whole = f"{found[0]}$"
    return (spellings()[whole] if whole in spellings() else spellings()[found[0]]) + token[found.end() :]


@cache
def _spellings() -> re.Pattern[str]:
    return re.compile("|".join(sorted(spellings(), key=len, reverse=True)))


def _apart(word: str) -> tuple[tuple[str, ...], ...]:
    """Return how `word` reads where blanks stand for its half-spaces, or cut a compound printed as one word."""
    read = [tuple(_word(one[0]).token for one in spaces.words(cut)) for cut in _cuts(word)]
    return tuple(one for one in read if len(one) > 1)


def _stems_apart(word: str) -> list[str]:
    """Return the stems of `word` read apart, joined by blanks."""
    read = [[_word(one[0]).stem for one in spaces.words(cut)] for cut in _cuts(word)]
    return [" ".join(one) for one in read if len(one) > 1]


def _read(text: str) -> tuple[str, ...]:
    """Return the words of a folded text as the index spells them."""
    return tuple(_spelt(_letters(one[0])) for one in spaces.words(text))


@lru_cache(maxsize=100_000)
def _cuts(word: str) -> tuple[str, ...]:
    """Return how `word` reads with blanks in it: for its half-spaces, as lists print it, or between two known words."""
    pieces = spaces.parts(word)
    token = _spelt(_join(pieces))
    listed = printed_apart().get(token, ())
    cuts = [" ".join(pieces)] if len(pieces) > 1 else [] if listed else _known_words(token)
    return tuple(dict.fromkeys((*cuts, *listed, *(one.replace(" و ", " و") for one in listed))))


def _known_words(token: str) -> Sequence[str]:
    """Return how a word printed as one may be cut: as the dictionary prints it, else into two of its words."""
    if token in compounds():
        return (compounds()[token].replace(HALF_SPACE, " "),)
    base = stem(token)
    if base != token and base in compounds() and token.startswith(base):
        return (compounds()[base].replace(HALF_SPACE, " ") + token[len(base) :],)
    if token in headwords() or base in headwords() or len(token) < _SHORTEST + 1:
        return ()
    places = [at for at in range(2, len(token) - _SHORTEST + 1) if at >= _SHORTEST or token[:at] in _SHORT_FIRST]
    cuts = [(token[:at], token[at:]) for at in places]
    return [f"{one} {two}" for one, two in cuts if one in headwords() and stem(two) in headwords()][:2]


def _joined(found: Sequence[str]) -> list[list[str]]:
    """Return, for each word of a query, the words it makes with its neighbours: pairs, and three around a «و»."""
    joined: list[list[str]] = [[] for _ in found]
    for at in range(len(found)):
        for length in (_PAIR, _PAIR + 1):
            run = found[at : at + length]
            one = _spelt("".join(map(_letters, run)))
            if len(run) == length and _joinable(run) and not (length == _PAIR and _cuts(one)):
                for place in range(at, at + length):
                    joined[place].append(one)
    return joined


def _joinable(run: Sequence[str]) -> bool:
    return all(word.isalpha() for word in map(_letters, run)) and all(word == "و" for word in run[1:-1])
