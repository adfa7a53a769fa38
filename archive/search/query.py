"""A search as a person asks it, and as FTS5 is asked: words folded as in the index, values always bound."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from archive.errors import QueryError
from archive.search.index import meta_token
from archive.text.words import QueryTerm, query_terms

# Bounds of one query: what a person types is far below, what a script may send stays cheap.
MAX_TERMS = 32
MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for: words that must all occur, an agency, and days (Tehran; both ends belong to it)."""

    text: str
    agency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    newest: bool = False  # newest first, else best first
    limit: int = 20

    def __post_init__(self) -> None:
        """Refuse a query without words or without end."""
        if len(self.text) > MAX_CHARACTERS:
            raise QueryError("query", f"longer than {MAX_CHARACTERS} characters")
        if self.limit < 1:
            raise QueryError("query", f"limit {self.limit}", "must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A query as FTS5 takes it, and the index terms that snippets mark."""

    expression: str
    terms: frozenset[str]


def compile_query(query: Query) -> Match | None:
    """Return what to ask FTS5; None when the query holds no word at all."""
    terms = query_terms(query.text)[:MAX_TERMS]
    if not terms:
        return None
    parts = [_any(term) for term in terms]
    if query.agency:
        parts.append(f"meta : {_string(meta_token('agency', query.agency))}")
    return Match(expression=" AND ".join(parts), terms=frozenset(_tokens(terms)))


def fts_expression(text: str) -> str:
    """Return the FTS5 expression for the words of `text`; one that matches nothing when there are none."""
    match = compile_query(Query(text=text[:MAX_CHARACTERS]))
    return '""' if match is None else match.expression


def _any(term: QueryTerm) -> str:
    """Return the expression of one word: any of its spellings, or its stem in the column of stems."""
    spellings = [f"{{title lead body}} : {_string(' '.join(phrase))}" for phrase in term.exact]
    stems = [f"stems : {_string(stem)}" for stem in term.stems]
    return f"({' OR '.join(spellings + stems)})"


def _string(words: str) -> str:
    """Return `words` as an FTS5 string: a phrase in which nothing is syntax (https://sqlite.org/fts5.html, 3.1)."""
    escaped = words.replace('"', '""').replace("\0", " ")
    return f'"{escaped}"'


def _tokens(terms: Iterable[QueryTerm]) -> Iterable[str]:
    for term in terms:
        for phrase in term.exact:
            yield from phrase
        yield from term.stems
