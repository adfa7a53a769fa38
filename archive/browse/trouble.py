"""The page of what went wrong, in the reader's tongue; Datasette writes bugs to its log."""

import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import escape

from archive.browse.page import respond

_BUSY, _BUG = 503, 500


async def answer(datasette: Datasette, request: Request, error: Exception) -> Response | None:
    """Return the page for an `error`; None leaves those of JSON and CSV to Datasette."""
    if request.path.endswith((".json", ".csv")):
        return None
    status, message = _told(error)
    response = await respond(datasette, request, "trouble.html", status=status, message=message)
    response.status = status
    return response


def _told(error: Exception) -> tuple[int, str]:
    """Return the status and what may be said of an error; of a bug nothing, it could hold what nobody should read."""
    if isinstance(error, Base400):
        return error.status, str(error.args[0]) if error.args else ""
    if isinstance(error, DatasetteError):
        return error.status, escape(error.message).striptags()
    if isinstance(error, sqlite3.OperationalError) and "interrupted" in str(error):
        return _BUSY, ""
    return _BUG, ""
