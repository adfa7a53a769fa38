"""The words of a text as hazm sees them: normalised, parted, lemmatised; a baseline of `tests.bench.search`."""

from functools import cache

from hazm import Lemmatizer, Normalizer, WordTokenizer


def words(text: str) -> list[str]:
    """Return the lemmas of the words of `text`, in order, as one word each for the index."""
    return [
        _lemma(word) for word in _tokenizer().tokenize(_normalizer().normalize(text)) if word.isalnum() or len(word) > 1
    ]


@cache
def _lemma(word: str) -> str:
    return "".join(
        letter if letter.isalnum() or letter == "\u200c" else "_" for letter in _lemmatizer().lemmatize(word)
    )


@cache
def _normalizer() -> Normalizer:
    return Normalizer()


@cache
def _tokenizer() -> WordTokenizer:
    return WordTokenizer()


@cache
def _lemmatizer() -> Lemmatizer:
    return Lemmatizer()
