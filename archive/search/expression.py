"""Expressions of FTS5: tests of columns, joined by AND, OR and NOT.

Strings of FTS5 hold no syntax (https://sqlite.org/fts5.html, 3.1), so whatever the words are, the expression is sound.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.search.grammar import COLUMNS

TEXT = " ".join(COLUMNS)
ALL = f"{TEXT} stems"
# No column: stands for the forms of a word's lemma until `archive.search.lemmas` spells them out; else for nothing.
LEMMA = "lemma"


@dataclass(frozen=True, slots=True)
class Has:
    """Some columns (none named: any) hold a phrase of index terms; of the last one only the beginning, if `prefix`."""

    columns: str
    phrase: tuple[str, ...]
    prefix: bool = False

    def __str__(self) -> str:
        if self.columns == LEMMA:
            return '""'
        words = " ".join(self.phrase).replace('"', '""')
        where = f"{{{self.columns}}} : " if self.columns else ""
        return f'{where}"{words}"{" *" if self.prefix else ""}'


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these holds."""

    nodes: tuple["Fts", ...]

    def __str__(self) -> str:
        return f"({' AND '.join(map(str, self.nodes))})"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these holds."""

    nodes: tuple["Fts", ...]

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.nodes))})"


@dataclass(frozen=True, slots=True)
class But:
    """The first holds and the second does not."""

    node: "Fts"
    without: "Fts"

    def __str__(self) -> str:
        return f"({self.node} NOT {self.without})"


type Fts = Has | AllOf | AnyOf | But


def but(node: Fts, unwanted: Iterable[Fts]) -> Fts:
    """Return `node` without whatever is `unwanted`."""
    for one in unwanted:
        node = But(node, one)
    return node


def anywhere(node: Fts) -> Fts:
    """Return what matches the same stories as `node` with fewer lists to walk, though it ranks them less well.

    A word or stem asked of the columns that hold such is asked of any column: FTS5 then need not look where it stands,
    and a word that is its own stem is one list instead of two. Filters are never taken for words, they hold a colon.
    A phrase beside one of its own words («هازی ای» or «هازی») finds nothing that the word does not.
    """
    match node:
        case Has(columns, (_,) as phrase, prefix) if columns in (TEXT, "stems"):
            return Has("", phrase, prefix)
        case Has(columns, (_,) as phrase, False) if columns == ALL:  # one that a prefix was spelt out as
            return Has("", phrase)
        case AnyOf(nodes):
            different = tuple(dict.fromkeys(map(anywhere, nodes)))
            wide = {one.phrase[0] for one in different if isinstance(one, Has) and _is_wide(one)}
            left = tuple(
                one
                for one in different
                if not isinstance(one, Has)
                or _is_wide(one)
                or wide.isdisjoint(one.phrase[:-1] if one.prefix else one.phrase)
            )
            return left[0] if len(left) == 1 else AnyOf(left)
        case AllOf(nodes):
            return AllOf(tuple(map(anywhere, nodes)))
        case But(wanted, without):
            return But(anywhere(wanted), anywhere(without))
        case _:
            return node


def _is_wide(node: Has) -> bool:
    """Whether `node` asks for one word wherever it stands."""
    return not node.columns and not node.prefix and len(node.phrase) == 1


def leaves(node: Fts) -> Iterator[Has]:
    """Yield the tests that speak for `node`: those of what is unwanted are left out."""
    match node:
        case Has():
            yield node
        case AllOf() | AnyOf():
            for one in node.nodes:
                yield from leaves(one)
        case But():
            yield from leaves(node.node)
