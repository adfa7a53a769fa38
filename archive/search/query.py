"""A search as it is asked: the text, what narrows it beside the text, how many hits and in which order."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

from archive.errors import QueryError
from archive.search.expression import leaves
from archive.search.fts import Wish, only, wish
from archive.search.grammar import by_lemma, parse
from archive.search.note import Note
from archive.search.snippet import Marks
from archive.search.span import Span

type Sort = Literal["best", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("best", "newest", "oldest")
# Seconds a search may take: a person waits that long; who ranks a whole archive waits longer.
LIMIT_S, ALL_TIME_S = 2.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for, and how hits are wanted.

    `text` is in the language of `archive.search.grammar`; days are Tehran's, both ends belong to the search. `now` is
    what «امروز» is counted from. `cursor` is the one that came with the page before. `all_time` ranks every hit instead
    of the newest. `lemmas` asks for every form of each word (see `archive.search.lemmas`). With `every`, stories that
    hold only some of the words are no hits, even if none holds all. `limit_s` None = the usual.
    """

    text: str
    agency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    sort: Sort = "best"
    limit: int = 20
    cursor: str = ""
    all_time: bool = False
    facets: bool = False
    every: bool = False
    lemmas: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    limit_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse a page of no hits."""
        if self.limit < 1:
            raise QueryError("query", f"limit {self.limit}", "must be at least 1")

    @property
    def seconds(self) -> float:
        """How long the search may take."""
        return self.limit_s if self.limit_s is not None else ALL_TIME_S if self.all_time else LIMIT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A query understood: what must match, on which days, what a snippet marks, and what had to be read otherwise."""

    wish: Wish
    days: Span
    marks: Marks
    notes: tuple[Note, ...] = ()


def meant(query: Query) -> Meant | None:
    """Return what a query means; None when it asks for nothing at all."""
    parsed = parse(query.text, query.now)
    if not parsed.tree.nodes and parsed.days == Span():
        return None
    asked = wish(by_lemma(parsed.tree) if query.lemmas else parsed.tree)
    return Meant(
        wish=replace(asked, filters=(*asked.filters, *only("agency", query.agency))),
        days=parsed.days.within(Span(first=query.first_day, last=query.last_day)),
        marks=marks(asked),
        notes=parsed.notes,
    )


def marks(asked: Wish) -> Marks:
    """Return what a snippet marks of a wish."""
    found = [test for node in asked.words for test in leaves(node) if test.columns != "meta"]
    whole = {test.phrase[:-1] if test.prefix else test.phrase for test in found}
    return Marks(
        terms=frozenset(phrase[0] for phrase in whole if len(phrase) == 1),
        prefixes=tuple(sorted({test.phrase[-1] for test in found if test.prefix})),
        phrases=frozenset(phrase for phrase in whole if len(phrase) > 1),
    )


def fts_expression(text: str, now: datetime | None = None) -> str:
    """Return the FTS5 expression for a query; one that matches nothing when it holds no word; without its days."""
    understood = meant(Query(text=text, now=now or datetime.now(UTC)))
    return '""' if understood is None else str(understood.wish.matching())
