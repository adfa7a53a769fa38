"""What hazm knows of Persian, and the only module that loads it: seconds to load, never on the path of a search."""

from functools import cache

from hazm import Normalizer


def tidy(text: str) -> str:
    """Return `text` with half-spaces set where its page lost them («می رود» as «می‌رود»); letters stay as printed."""
    return "\n".join(_normalizer().correct_spacing(line) for line in text.split("\n"))


@cache
def _normalizer() -> Normalizer:
    return Normalizer(
        persian_style=False,
        persian_numbers=False,
        remove_diacritics=False,
        remove_specials_chars=False,
        unicodes_replacement=False,
    )
