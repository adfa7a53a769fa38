"""From a query to a page of story ids: planned, matched, ranked, counted, within bounds of rows and of time."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.errors import QueryError
from archive.search import cursor as cursors
from archive.search.candidates import Found, about, all_matching, counted, matching
from archive.search.cursor import Cursor
from archive.search.deadline import Clock, deadline, interrupted
from archive.search.engine import Ids, Ranked
from archive.search.expression import AnyOf, Fts
from archive.search.facets import Facets, facets
from archive.search.frequencies import beginnings, frequencies, stories
from archive.search.fts import Wish
from archive.search.lemmas import with_forms
from archive.search.nearness import FIRST, Sought, nearer, sought
from archive.search.note import Note
from archive.search.plan import (
    AFTER,
    COUNTED,
    FEW,
    NEWEST,
    SEVERAL,
    SOME,
    TITLED,
    affordable,
    is_short,
    rarest,
    rarest_first,
    spelt_out,
)
from archive.search.query import Meant, Query, marks, meant
from archive.search.ranking import Measure, ranked, ranked_all
from archive.search.snippet import Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A page of ids with their scores, and what is known of all hits; see `archive.search.hits.Hits`."""

    page: Ranked = field(default_factory=list)
    count: int = 0
    about: bool = False
    cursor: str = ""
    facets: Facets = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A search under way: what is looked for after planning, where, until when, and what hits are ranked by.

    `few` are the words by which stories are found that do not have all; for `sought` the texts of the first hits are
    read. `known` says how many of all `stories` hold each word.
    """

    conn: sqlite3.Connection
    clock: Clock
    query: Query
    start: Cursor | None
    wish: Wish
    ids: Ids
    measure: Measure
    few: tuple[Fts, ...]
    sought: tuple[Sought, ...]
    known: Mapping[str, int]
    stories: int

    @property
    def bound(self) -> int:
        """How many hits are looked at: those that are ranked, or enough to reckon how many there are."""
        if self.query.facets:
            return NEWEST
        if self.query.sort != "best":
            return COUNTED
        if not self.measure.every:
            return SOME
        return NEWEST if self.measure.rare else TITLED

    def matching(self, ids: Ids, limit: int) -> Found:
        """Return the newest (or oldest) hits among `ids`."""
        ask = all_matching if is_short(self.wish.words, self.known, self.stories, limit) else matching
        return ask(self.conn, self.wish.matching(), ids, limit, self.clock, oldest=self.query.sort == "oldest")


def find(conn: sqlite3.Connection, query: Query) -> Finding:
    """Return the page that `query` asks for; QueryError for a cursor of another search."""
    start = cursors.read(query.cursor, query.sort)
    understood = meant(query)
    if understood is None:
        return Finding()
    notes = list(understood.notes)
    asked = with_forms(conn, understood.wish)
    wish = _planned(conn, asked, notes)
    known = frequencies(conn, wish.words)
    every_story = stories(conn)
    read_for = sought(wish.words, known, every_story)
    wish = replace(wish, words=rarest_first(wish.words, known))
    with deadline(conn, query.seconds) as clock:
        rare = affordable(wish.words, known)
        task = _Task(
            conn=conn,
            clock=clock,
            query=query,
            start=start,
            wish=wish,
            ids=_ids(understood, start),
            measure=Measure(words=wish.words, rare=rare, whole=len(rare) == len(wish.words) and not wish.filters),
            few=rarest(wish.words, known) if wish.words else (),
            sought=read_for,
            known=known,
            stories=every_story,
        )
        task, found = _match(task, notes)
        rest = _rest(task, found)
        if rest:
            notes.append(Note("few", n=len(found.ids)))
        page, cursor = _page(task, found, rest)
    if clock.late:
        notes.append(Note("late", seconds=query.seconds))
    every = query.all_time and query.sort == "best"
    return Finding(
        page=page,
        count=counted(conn, task.wish.matching(), task.ids) if every else about(conn, found, task.ids),
        about=not (found.whole or every),
        cursor=cursor,
        facets=facets(conn, found.ids) if query.facets else {},
        notes=tuple(dict.fromkeys(notes)),
        marks=marks(asked),
    )


def _planned(conn: sqlite3.Connection, asked: Wish, notes: list[Note]) -> Wish:
    """Return a wish with its prefixes planned."""

    def planned(nodes: Sequence[Fts]) -> tuple[Fts, ...]:
        return tuple(spelt_out(node, lambda prefix: beginnings(conn, prefix), notes) for node in nodes)

    return replace(asked, words=planned(asked.words), filters=planned(asked.filters), unwanted=planned(asked.unwanted))


def _ids(understood: Meant, start: Cursor | None) -> Ids:
    """Return the ids to look among: those of the days, and nothing that came in since paging began."""
    first, last = understood.days.ids
    ids = Ids(first=first, last=last)
    return ids.below(start.story + 1) if start is not None and start.order == "b" else ids


def _match(task: _Task, notes: list[Note]) -> tuple[_Task, Found]:
    """Return the newest (or oldest) hits; of any of the words when no story has all of them."""
    found = task.matching(task.ids, task.bound)
    alone = len(task.wish.words) < 2  # noqa: PLR2004 - one word has nothing to fall back on
    if found.ids or alone or task.query.every or task.clock.late:
        return task, found
    task = _some(task)
    found = task.matching(task.ids, task.bound)
    if found.ids:
        notes.append(Note("some"))
    return task, found


def _some(task: _Task) -> _Task:
    """Return the search for stories that have some of the words."""
    return replace(
        task,
        wish=replace(task.wish, words=(AnyOf(task.few),)),
        measure=replace(task.measure, rare=task.few if task.measure.rare else (), every=False),
    )


def _rest(task: _Task, found: Found) -> Ranked:
    """Return the best of the stories that have some of the words, where few have all."""
    query, wish = task.query, task.wish
    few = found.whole and 0 < len(found.ids) < FEW and len(wish.words) >= SEVERAL and wish.plain
    if not few or query.sort != "best" or query.every or not task.measure.every or task.clock.late:
        return []
    task = _some(task)
    rest = _ranked(task, task.matching(task.ids, task.bound), AFTER + FEW)
    return [one for one in rest if one[0] not in found.ids][:AFTER]


def _page(task: _Task, found: Found, rest: Ranked) -> tuple[Ranked, str]:
    """Return the hits of the page and the cursor of the next one; `rest` comes after all that were found."""
    query, start = task.query, task.start
    if query.sort != "best" or (start is not None and start.order == "n"):
        return _by_age(task, found)
    shown = 0 if start is None else start.shown
    limit = max(FIRST, shown + query.limit + 1)
    order = _all_time(task, limit) if query.all_time else _ranked(task, found, limit)
    order = _nearer(task, order)
    if rest:
        rest = _nearer(task, rest)
        order += [(one, min(score, order[-1][1])) for one, score in rest]
    page = order[shown : shown + query.limit]
    if shown + len(page) < len(order):
        top = start.story if start is not None else max([*found.ids, *(one for one, _ in rest)])
        return page, str(Cursor(order="b", story=top, shown=shown + len(page)))
    if found.whole or query.all_time or task.clock.late:
        return page, ""
    # Beyond the hits that are ranked the older ones follow, newest first.
    older = task.matching(task.ids.below(found.ids[-1]), max(1, query.limit - len(page))).ids
    older = older[: query.limit - len(page)]
    page += [(one, 0.0) for one in older]
    return page, str(Cursor(order="n", story=older[-1] if older else found.ids[-1]))


def _by_age(task: _Task, found: Found) -> tuple[Ranked, str]:
    """Return a page in order of age; the first one stands at the head of what was found."""
    query, start, oldest = task.query, task.start, task.query.sort == "oldest"
    if start is not None or (query.limit > len(found.ids) and not found.whole):
        ids = task.ids
        if start is not None:
            ids = ids.above(start.story) if oldest else ids.below(start.story)
        found = task.matching(ids, query.limit)
    page = [(one, 0.0) for one in found.ids[: query.limit]]
    more = len(found.ids) > len(page) or not found.whole
    return page, str(Cursor(order="o" if oldest else "n", story=page[-1][0])) if more and page else ""


def _ranked(task: _Task, found: Found, limit: int) -> Ranked:
    try:
        return ranked(task.conn, task.wish, task.measure, found.ids, limit)
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        task.clock.late = True
        return [(one, 0.0) for one in found.ids[:limit]]


def _nearer(task: _Task, order: Ranked) -> Ranked:
    try:
        return order if task.clock.late else nearer(task.conn, order, task.sought)
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        task.clock.late = True
        return order


def _all_time(task: _Task, limit: int) -> Ranked:
    try:
        return ranked_all(task.conn, task.wish, task.ids, limit)
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        why = "the newest hits are ranked at once, without --all-time"
        raise QueryError("query", f"not ranked within {task.query.seconds:g} s", why) from error
