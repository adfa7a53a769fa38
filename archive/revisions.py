"""What changed between two versions of a story: headline, added, removed, reworded, number-changed, word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from archive.text.closing import without_closing
from archive.text.letters import fold
from archive.text.said import said, slipped


class Kind(StrEnum):
    """What became of a passage."""

    HEADLINE = "headline"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    NUMBER = "number-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a passage: as they were (`old`) and as they are (`new`); both the same, or one may be empty."""

    old: str
    new: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One passage that changed: of which `field` (title, kicker, lead, body), in which paragraph of the body (from 1).

    `paragraph` counts in the newer version, of a removed one in the older. `pieces` are its words in order.
    """

    kind: Kind
    field: str
    paragraph: int | None
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> str:
        """The passage as it was."""
        return " ".join(piece.old for piece in self.pieces if piece.old)

    @property
    def new(self) -> str:
        """The passage as it is."""
        return " ".join(piece.new for piece in self.pieces if piece.new)

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain values; words that stayed are a text, others a pair of texts."""
        words = [[piece.old, piece.new] if piece.changed else piece.new for piece in self.pieces]
        return {
            "kind": str(self.kind),
            "field": self.field,
            "paragraph": self.paragraph,
            "old": self.old,
            "new": self.new,
            "words": words,
        }


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what changed between two rows with kicker, title, lead and body; marks and house style are no change.

    Lines that agencies print under stories are left out, as in the content hash.
    """
    found = []
    for field in ("title", "kicker", "lead"):
        pieces = compare(old[field], new[field])
        if any(piece.changed for piece in pieces):
            kind = Kind.HEADLINE if field == "title" else _kind(pieces)
            found.append(Change(kind=kind, field=field, paragraph=None, pieces=pieces))
    before, after = (list(without_closing(row["body"].split("\n"))) for row in (old, new))
    for mine, theirs in _aligned(before, after):
        pieces = compare("" if mine is None else before[mine], "" if theirs is None else after[theirs])
        if any(piece.changed for piece in pieces):
            at = (mine if theirs is None else theirs) or 0
            found.append(Change(kind=_kind(pieces), field="body", paragraph=at + 1, pieces=pieces))
    return found


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Return the words of two texts beside each other; marks and half-spaces make no difference, unless one slipped."""
    if said(old) == said(new) and not slipped(old, new):
        return (Piece(old=old, new=new, changed=False),) if new or old else ()
    mine, theirs = old.split(), new.split()
    matcher = SequenceMatcher(None, [said(word) for word in mine], [said(word) for word in theirs], autojunk=False)
    pieces = []
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag == "equal":
            pieces += [_piece(*pair) for pair in zip(mine[start:end], theirs[other_start:other_end], strict=True)]
        else:
            pieces.append(_piece(" ".join(mine[start:end]), " ".join(theirs[other_start:other_end])))
    return tuple(_joined(pieces))


def _piece(old: str, new: str) -> Piece:
    return Piece(old=old, new=new, changed=said(old) != said(new) or slipped(old, new))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours that are unchanged."""
    held: Piece | None = None
    for piece in pieces:
        if held and not held.changed and not piece.changed:
            held = Piece(old=_glue(held.old, piece.old), new=_glue(held.new, piece.new), changed=False)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _glue(one: str, other: str) -> str:
    return " ".join(part for part in (one, other) if part)


def _kind(pieces: Sequence[Piece]) -> Kind:
    """Return what became of a passage as a whole."""
    changed = [piece for piece in pieces if piece.changed]
    if all(not said(piece.old) for piece in changed):
        return Kind.ADDED
    if all(not said(piece.new) for piece in changed):
        return Kind.REMOVED
    return Kind.NUMBER if all(_number(piece.old, piece.new) for piece in changed) else Kind.REWORDED


# Numbers are also written in words; «یک» is left out, which is mostly an article.
_NUMERALS = (
    "دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده بیست سی چهل پنجاه شصت "
    "هفتاد هشتاد نود صد یکصد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد هزار میلیون میلیارد تریلیون"
)
_NUMBER = re.compile(rf"[\d\0.,/]+|\b(?:{'|'.join(fold(_NUMERALS).split())})\b(?: و (?=\d|\w))?")


def _number(old: str, new: str) -> bool:
    """Whether two passages say the same but for their numbers, of which each has one."""
    plain = [_NUMBER.subn("", fold(text)) for text in (old, new)]
    return said(old) != said(new) and plain[0][1] > 0 < plain[1][1] and said(plain[0][0]) == said(plain[1][0])


# Two paragraphs that share less than this of their words are not one paragraph, reworded.
_ALIKE = 0.5


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the paragraphs that belong together, in order; None beside one that was added or removed."""
    matcher = SequenceMatcher(None, [said(one) for one in old], [said(one) for one in new], autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        mine, theirs = range(start, end), range(other_start, other_end)
        if tag == "equal":
            yield from zip(mine, theirs, strict=True)
        elif len(mine) == len(theirs) == 1 and tag == "replace":
            yield from _pair(old, new, mine[0], theirs[0])
        else:
            yield from _matched(old, new, mine, theirs)


def _pair(old: Sequence[str], new: Sequence[str], mine: int, theirs: int) -> Iterator[tuple[int | None, int | None]]:
    if _likeness(old[mine], new[theirs]) >= _ALIKE:
        yield mine, theirs
    else:
        yield mine, None
        yield None, theirs


def _matched(
    old: Sequence[str], new: Sequence[str], mine: range, theirs: range
) -> Iterator[tuple[int | None, int | None]]:
    """Match the likest paragraphs of two stretches first; what crosses them or is like none stands alone."""
    alike = sorted(
        ((likeness, a, b) for a in mine for b in theirs if (likeness := _likeness(old[a], new[b])) >= _ALIKE),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    pairs: list[tuple[int, int]] = []
    for _, a, b in alike:
        if all((a < x and b < y) or (a > x and b > y) for x, y in pairs):
            pairs.append((a, b))
    last, other_last = mine.start, theirs.start
    for a, b in [*sorted(pairs), (mine.stop, theirs.stop)]:
        yield from ((one, None) for one in range(last, a))
        yield from ((None, one) for one in range(other_last, b))
        if a < mine.stop and b < theirs.stop:
            yield a, b
        last, other_last = a + 1, b + 1


def _likeness(one: str, other: str) -> float:
    """Return the share of words that two paragraphs have in common, 0 to 1."""
    mine, theirs = ([said(word) for word in text.split()] for text in (one, other))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    # Its upper bound is cheap, and a rewritten story asks this of every pair of paragraphs.
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
