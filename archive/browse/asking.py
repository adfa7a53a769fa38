"""What the search form asks, as one query in the language of `bayegan search`, and as an address again."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from datasette.utils.asgi import Request

from archive.browse.days import Days, asked_days
from archive.browse.narrowing import CONDITIONS, narrowed
from archive.search.hits import Hits, search
from archive.search.query import Query
from archive.tongue import Tongue

SORTS = ("best", "newest", "oldest")
# Form fields that are words of the query language, written `field:"value"`.
_FIELDS = ("section", "tag", "kind", "byline")
_MAX_VALUE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The search form as it was filled in."""

    q: str
    agency: str
    fields: Mapping[str, str]
    days: Days
    sort: str
    only: str
    cursor: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.q or self.agency or any(self.fields.values()) or self.days.first or self.days.last)

    @property
    def is_narrowed(self) -> bool:
        """Whether more than words was asked."""
        return bool(
            self.agency or any(self.fields.values()) or self.days.first_typed or self.days.last_typed or self.only
        )

    @property
    def text(self) -> str:
        """The whole wish in the query language."""
        parts = [self.q, *(f'{name}:"{value}"' for name, value in self.fields.items() if value)]
        return " ".join(part for part in parts if part)

    @property
    def _bounds(self) -> str:
        """What stands beside the words, as words of the query language."""
        named = (("agency", self.agency), ("from", self.days.first), ("to", self.days.last))
        return " ".join(f"{name}:{value}" for name, value in named if value)

    def query(self, now: datetime, *, limit: int, cursor: str = "", facets: bool = False) -> Query:
        """Return what `archive.search` is asked; without words it is asked for days or an agency alone."""
        return Query(
            text=self.text or self._bounds,
            agency=self.agency,
            first_day=self.days.first,
            last_day=self.days.last,
            sort=self.sort,  # type: ignore[arg-type]  # one of SORTS
            limit=limit,
            cursor=cursor,
            facets=facets,
            now=now,
        )

    def newest(self) -> "Asked":
        """Return the same wish, newest first."""
        return replace(self, sort="newest")

    def address(self, **changes: str) -> str:
        """Return the form as the query string of an address, changed in some fields, on its first page."""
        values = {
            "q": self.q,
            "agency": self.agency,
            **self.fields,
            "from": self.days.first_typed,
            "to": self.days.last_typed,
            "only": self.only,
            "sort": "" if self.sort == "best" else self.sort,
        } | changes
        return urlencode({name: value for name, value in values.items() if value})


def ask(conn: sqlite3.Connection, form: Asked, query: Query) -> Hits:
    """Return what a form finds by one of its queries; raises QueryError for a cursor of another search."""
    if not form.only:
        return search(conn, query)
    return narrowed(conn, query, form.only, int(query.cursor) if query.cursor.isdecimal() else 0)


def asked(request: Request, now: datetime, t: Tongue) -> Asked:
    """Return what the form of `request` asks; values nobody offers are left out."""

    def given(name: str) -> str:
        return " ".join((request.args.get(name) or "").split())

    sort, only = given("sort"), given("only")
    return Asked(
        q=given("q"),
        agency=given("agency")[:_MAX_VALUE],
        fields={name: _quotable(given(name)) for name in _FIELDS},
        days=asked_days(request, now, t),
        sort=sort if sort in SORTS else "best",
        only=only if only in CONDITIONS else "",
        cursor=given("cursor"),
    )


def _quotable(value: str) -> str:
    """Return a value as it may stand between quotes."""
    return value.translate(dict.fromkeys(map(ord, '"“”')))[:_MAX_VALUE].strip()
