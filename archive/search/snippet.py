"""Cut the passage of a printed text that answers a query best, and mark the words that did."""

from collections.abc import Collection, Sequence
from html import escape

from archive.text.words import spans, split_words, stem_words

WORDS = 30  # a snippet's length
_LEAD_IN = 6  # words shown before the first hit


def snippet(text: str, terms: Collection[str], *, words: int = WORDS) -> str:
    """Return about `words` words of `text` around its densest hits, HTML-escaped, hits in <mark>.

    `terms` are index terms (split words and stems); a printed word is a hit when it is indexed under one of them.
    Without a hit the text's beginning comes back.
    """
    found = list(spans(text))
    hits = [_is_hit(text[start:end], terms) for start, end, _ in found]
    first = _densest(hits, words)
    start = max(0, first - _LEAD_IN) if first + words > len(found) or first < _LEAD_IN else first - _LEAD_IN
    chosen = found[start : start + words]
    if not chosen:
        return escape(text[:200])
    return _mark(text, chosen, hits[start : start + words], begins=start == 0, ends=start + words >= len(found))


def _is_hit(word: str, terms: Collection[str]) -> bool:
    return any(token in terms for form in (split_words(word), stem_words(word)) for token in form.split())


def _densest(hits: Sequence[bool], words: int) -> int:
    """Return where the first of the windows of `words` words with the most hits begins, at a hit if there is one."""
    best, best_count, count = 0, 0, sum(hits[:words])
    for start in range(len(hits)):
        if hits[start] and count > best_count:
            best, best_count = start, count
        count += (hits[start + words] if start + words < len(hits) else 0) - hits[start]
    return best


def _mark(text: str, chosen: Sequence[tuple[int, int, str]], hits: Sequence[bool], *, begins: bool, ends: bool) -> str:
    """Return the printed text from the first chosen word to the last, on one line."""
    parts = ["" if begins else "… "]
    at = 0 if begins else chosen[0][0]
    for (start, end, _), hit in zip(chosen, hits, strict=True):
        parts.append(escape(text[at:start]))
        parts.append(f"<mark>{escape(text[start:end])}</mark>" if hit else escape(text[start:end]))
        at = end
    parts.append(escape(text[at:]) if ends else " …")
    return " ".join("".join(parts).split())
