"""The search box over the table of stories: `?_search=` in the language of `bayegan search`, planned and bounded alike.

Datasette's own search would join every hit of the commonest word; ours hands it the ids of the newest `HITS`. Days, and
words of which no story has all, work here as they do everywhere else.
"""

import json
import sqlite3

from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request

from archive.search.finding import Finding, find
from archive.search.query import Query

TABLE = "stories"
HITS = 2_000  # a table page sorts and counts them; the newest ones


async def filters(request: Request, database: str, table: str, datasette: Datasette) -> FilterArguments | None:
    """Return how the search box of the stories narrows them; None for other tables."""
    if table != TABLE:
        return None
    text = _asked(request)
    context = {"supports_search": True, "search": request.args.get("_search") or ""}
    if not text:
        return FilterArguments([], extra_context=context)
    found = await datasette.get_database(database).execute_fn(lambda conn: _found(conn, text))
    ids = json.dumps([story for story, _ in found.page])
    where = "id IN (SELECT value FROM json_each(:bayegan_found))"
    return FilterArguments([where], {"bayegan_found": ids}, _described(text, found), context)


def _asked(request: Request) -> str:
    """Return the whole wish: `_search`, and `_search_title` and so on as words of that field."""
    parts = [request.args.get("_search") or ""]
    parts += [
        f"{key.removeprefix('_search_')}:({request.args[key]})" for key in request.args if key.startswith("_search_")
    ]
    return " ".join(part for part in parts if part.strip())


def _found(conn: sqlite3.Connection, text: str) -> Finding:
    return find(conn, Query(text=text, sort="newest", limit=HITS))


def _described(text: str, found: Finding) -> list[str]:
    """Return what Datasette says above the table."""
    more = f", the newest {HITS:,} of about {found.count:,}" if found.cursor else ""
    return [f'search matches "{text}"{more}', *found.notes]
