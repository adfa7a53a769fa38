"""Make the lists of Persian headwords and verbs in archive/text/lists from those of the installed hazm.

    python tools/headwords.py

hazm's lists (MIT, see archive/text/lists/LICENSE-hazm) are made ready for what stemming asks of them: folded letters,
only entries with a part of speech (the others are inflected forms, and words nobody vouches for), no regular plurals
(they are stemmed like any other). Reads hazm's files without loading hazm.
"""

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from archive.text.letters import HALF_SPACE, fold
from archive.text.spaces import SUFFIXES

LISTS = Path(__file__).parents[1] / "archive" / "text" / "lists"
_PERSIAN = re.compile(f"[^\\W\\d_a-z]+(?:{HALF_SPACE}[^\\W\\d_a-z]+)*")
_LONG = 5  # shorter plurals are words of their own
# Plurals of one sense, though they look like «صادر» and «ات»: the singular means something else.
_OWN_SENSE = frozenset(
    "صادرات واردات عملیات ادبیات تشکیلات تظاهرات مقررات تلفات مطبوعات تاسیسات تعزیرات ریاضیات الهیات "
    "کلیات جزییات تجربیات نظریات خصوصیات امارات مجازات مناجات سادات شامات شمیرانات دوران الوان بابکان خاوران سپاهان "
    "جانان راستان گروگان رایگان پادگان بستگان یگان".split()
)


def main() -> None:
    """Write the lists anew."""
    for name, lines in (("headwords", headwords()), ("verbs", verbs())):
        heading = f"# {name} of hazm {version('hazm')} (MIT, (c) 2013 Alireza Nourian); made by tools/headwords.py\n"
        (LISTS / f"{name}.txt").write_text(heading + "".join(f"{one}\n" for one in lines), "utf-8")


def headwords() -> list[str]:
    """Return the folded headwords, sorted; compounds with their half-space.

    A word in heh that is used more than what stands before the heh is marked `+`: «منطقه» (not «منطق»).
    """
    tagged: dict[str, list[str]] = {}
    used: dict[str, int] = {}
    for line in _lines("words.dat"):
        word, count, tags = line.split("\t")
        folded = fold(word)
        if tags != "0" and len(folded) > 1 and _PERSIAN.fullmatch(folded):
            tagged[folded] = tags.split(",")
            used[folded] = max(used.get(folded, 0), int(count))
    words = sorted(word for word, tags in tagged.items() if not _inflected(word, tags, tagged))
    return [f"{word} +" if word.endswith("ه") and used[word] > used.get(word[:-1], 0) else word for word in words]


def verbs() -> list[str]:
    """Return past and present stem of each verb, sorted: «گفت گو»."""
    pairs = set()
    for line in _lines("verbs.dat"):
        past, _, present = fold(line).partition("#")
        if _PERSIAN.fullmatch(past) and _PERSIAN.fullmatch(present) and not past.endswith("ن"):
            pairs.add(f"{past} {present}")
    return sorted(pairs)


def _inflected(word: str, tags: list[str], known: dict[str, list[str]]) -> bool:
    """Say whether `word` is another's regular form: «هسته‌ای», «مشکلات»."""
    if word.rpartition(HALF_SPACE)[2] in SUFFIXES and HALF_SPACE in word:
        return True
    if word.endswith("گان") and word[:-3] + "ه" in known and word not in _OWN_SENSE:
        return True
    if "PL" not in tags or word in _OWN_SENSE or len(word) < _LONG:
        return False
    if word.endswith("جات"):
        return word[:-3] + "ه" in known
    return word.endswith(("ات", "ان", "ین")) and any(word[:-2] + end in known for end in ("", "ه", "ت"))


def _lines(name: str) -> list[str]:
    spec = find_spec("hazm")
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit("hazm is not installed")
    return (Path(spec.submodule_search_locations[0]) / "data" / name).read_text("utf-8").splitlines()


if __name__ == "__main__":
    main()
