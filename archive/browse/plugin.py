"""The Datasette plugin: our pages beside its own, its search box asking as `bayegan search` does, Persian cells."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup

from archive.browse import cells, functions, gate, labels, table_search, trouble
from archive.browse.page import in_language, reader
from archive.browse.routes import ROUTES, version


@hookimpl(trylast=True)  # after Datasette's own, which registers escape_fts too
def prepare_connection(conn: sqlite3.Connection, datasette: Datasette) -> None:
    """Teach each connection our functions, and bound what one statement may hold in memory."""
    functions.register(conn)
    if datasette.plugin_config("bayegan").get("sql"):
        functions.bound(conn)


@hookimpl(trylast=True)  # after Datasette's own, which would say that the stories cannot be searched
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments | None]]:
    """Search the stories as `bayegan search` does."""
    return lambda: table_search.filters(request, database, table, datasette)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Return our pages."""
    return list(ROUTES)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[gate.App], gate.App]:
    """Put the gate in front."""
    config = datasette.plugin_config("bayegan")
    door = gate.Door(hosts=frozenset(config["hosts"]), snapshot=config["snapshot"])
    return lambda app: gate.gate(app, door)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response | None]]:
    """Say what went wrong in the reader's tongue."""
    return lambda: trouble.answer(datasette, request, exception)


@hookimpl
def render_cell(value: object, column: str, table: str | None, row: sqlite3.Row, datasette: Datasette) -> Markup | None:
    """Show titles as links, Persian text from right to left, moments with their Jalali day; None: as Datasette does."""
    return cells.render(value, column, table, row, datasette.setting("base_url"))


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the filter that names Datasette's nameless form fields."""
    env.filters["labelled"] = labels.labelled


@hookimpl
def extra_template_vars(request: Request | None, datasette: Datasette) -> dict[str, Any]:
    """Let every template speak the reader's tongue, switch to the other one, and find the archive's tables."""
    t = reader(request)
    return {
        "t": t,
        "version": version(),
        "bayegan_database": datasette.plugin_config("bayegan")["database"],
        "other_language": "?_lang=" + t.other if request is None else in_language(request, t.other),
    }
