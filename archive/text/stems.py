"""Light stems of Persian words: what may be cut off the end of a word without eating its root."""

import re
from collections.abc import Iterator
from functools import lru_cache

from archive.text.lists import headwords, past_of, past_stems, singulars, words_in_heh

# Endings as they are written on to a word (Lazard, «Grammaire du persan contemporain»; hazm's and Lucene's compared).
_PLURAL = re.compile(r"(.{2,})ها(?:یی|ی|یم|یت|یش|یمان|یتان|یشان|ام|ات|اش|مان|تان|شان)?")
_AFTER_HEH = re.compile(r"(.{2,}ه)(?:ای|ام|ات|اش|اند|ایم|اید|ی)")
_AFTER_VOWEL = re.compile(r"(.{2,}[او])(?:یی|ی|یان|یم|یت|یش|یمان|یتان|یشان)")
_OWN = re.compile(r"(.{2,})(?:مان|تان|شان)")
_DEGREE = re.compile(r"(.{2,})تر(?:ین)?ی?")
_LOOSE = ("ان", "یان", "ین", "ی", "ش", "م")
_FEMININE = ("ت", "ه", "")  # what «ات» may have replaced: «خدمت», «حمله», «مشکل»
_PREFIXES = ("نمی", "می", "", "ن", "ب")
_PERFECT = re.compile(r"ن?(.{2,})ه(?:ام|ای|اند|ایم|اید)")
_PERSONS = ("یم", "ید", "ند", "م", "د", "ی", "")
# What looks like an infinitive or a participle and is a thing or a quality: «هسته», «رشته», «بسته».
_NO_VERBS = frozenset(
    "اخته ارده اماده اهسته بایسته بسته برجسته بیخته پوسته تفته خسته دسته رشته زاده شایسته فرشته گنده نشاسته وابسته هسته"
    " هشته یارسته اردن رستن".split()
)
_ROOT = 3  # letters that a loose ending must leave
_LAYERS = 4  # endings on top of each other: «مسئولان‌شان‌ی» has three


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a folded word without half-spaces; the word itself where nothing can safely be cut.

    A word of the dictionary is its own stem, so that «ایران», «پایان», «استان» keep their ends; what an ending leaves
    of any other must be such a word, unless nothing else ends so («ها»). Broken plurals come back as their singular,
    verb forms as the past stem («می‌گوید» as «گفت»).
    """
    if word[-1:] in ("ن", "ه") and word[:-1] in past_stems() and word not in _NO_VERBS:
        return word[:-1]  # infinitive and participle: «گفتن», «گفته»
    if word in headwords():
        return singulars().get(word, word)
    verb = _verb(word)
    if verb:
        return verb
    for _ in range(_LAYERS):
        shorter = next(_shorter(word), None)
        if shorter is None:
            break
        word = shorter
        if word in headwords():
            break
    return singulars().get(word, word)


def _shorter(word: str) -> Iterator[str]:
    """Yield what stands before an ending of `word`, the likeliest first."""
    known = headwords()
    after_heh, plural = _AFTER_HEH.fullmatch(word), _PLURAL.fullmatch(word)
    # «منطقهای» is «منطقه‌ای», «روزهای» is «روزهای»: whichever word is used more.
    if after_heh and after_heh[1] in words_in_heh():
        yield after_heh[1]
    if plural and (plural[1] in known or len(plural[1]) >= _ROOT):
        yield plural[1]
    for ending in (_AFTER_HEH, _AFTER_VOWEL):
        if (found := ending.fullmatch(word)) and found[1] in known:
            yield found[1]
    yield from (root for root in _before_loose(word) if _stands(root))
    for end in ("ان", "ی"):  # of the end of a compound printed apart: «آموزان» of «دانش آموزان»
        root = word.removesuffix(end)
        if root != word and len(root) >= _ROOT and root in past_of():
            yield root
    if word.endswith(("گان", "جات")) and word[:-3] + "ه" in known:
        yield word[:-3] + "ه"


def _before_loose(word: str) -> Iterator[str]:
    """Yield what stands before the endings that many words have by nature; whether it is a word must be asked."""
    for ending in (_OWN, _DEGREE):
        if found := ending.fullmatch(word):
            yield found[1]
    if word.endswith("ات"):
        yield from (root for root in (word[:-2] + end for end in _FEMININE) if len(root) >= _ROOT)
    for end in _LOOSE:
        root = word.removesuffix(end)
        if root != word and len(root) >= (2 if end == "ان" else _ROOT):
            yield root


def _stands(root: str) -> bool:
    """Say whether `root` is a word of the dictionary, or one with endings of its own."""
    return root in headwords() or (len(root) > _ROOT and next(_shorter(root), root) in headwords())


def _verb(word: str) -> str | None:
    """Return the past stem of a verb form («می‌گیرند», «نگرفتیم», «گرفت»); None when it is none."""
    if word in past_stems():
        return word
    if (found := _PERFECT.fullmatch(word)) and found[1] in past_stems():
        return found[1]
    for prefix in _PREFIXES:
        bare = word.removeprefix(prefix)
        if bare == word and prefix:
            continue
        for person in _PERSONS:
            root = bare.removesuffix(person)
            if root + person != bare or len(root) == 1:
                continue
            # Bare stems are other words as well, and «سازی», «گیری» are nouns.
            if prefix not in ("می", "نمی") and person in (("",) if prefix else ("", "ی")):
                continue
            if root in past_stems() and person != "د":
                return root
            if root in past_of():
                return past_of()[root]
    return None
