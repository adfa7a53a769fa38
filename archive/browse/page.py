"""What all our pages share: a bounded look into the archive, a template in the reader's tongue, and their headers."""

import asyncio
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Request, Response

from archive.browse.gate import STRICT
from archive.tongue import LANGUAGES, Tongue, tongue

LIMIT_MS = 2000  # of one look into the archive
COOKIE = "bayegan_lang"
_COOKIE_S = 31_536_000


def archive(datasette: Datasette) -> Database:
    """Return the archive among Datasette's databases."""
    found: Database = datasette.get_database(datasette.plugin_config("bayegan")["database"])
    return found


async def look[T](datasette: Datasette, work: Callable[[sqlite3.Connection], T]) -> T:
    """Return what `work` finds on a read-only connection; sqlite3.OperationalError («interrupted») after LIMIT_MS."""

    def bounded(conn: sqlite3.Connection) -> T:
        with sqlite_timelimit(conn, LIMIT_MS):
            return work(conn)

    found: T = await archive(datasette).execute_fn(bounded)
    return found


def reader(request: Request | None) -> Tongue:
    """Return the tongue a reader asked for: `?_lang=`, else as chosen before, else Persian."""
    if request is None:
        return tongue("fa")
    asked = request.args.get("_lang") or ""
    return tongue(asked if asked in LANGUAGES else request.cookies.get(COOKIE, "fa"))


def in_language(request: Request, language: str) -> str:
    """Return the address of this very page in another language."""
    kept = [(name, value) for name, value in parse_qsl(request.query_string) if name != "_lang"]
    return f"?{urlencode([*kept, ('_lang', language)])}"


async def respond(datasette: Datasette, request: Request, template: str, **context: Any) -> Response:  # noqa: ANN401
    """Return the page that `template` makes of `context`; the template speaks through `t`."""
    text = await datasette.render_template(template, context, request=request, view_name="bayegan")
    response: Response = Response.html(text, headers={"content-security-policy": STRICT})
    asked = request.args.get("_lang")
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=_COOKIE_S, samesite="lax", httponly=True)
    return response


@dataclass(slots=True)
class Recent:
    """What was worked out a moment ago: pages over many stories are made at most once in `keep_s` seconds.

    Who asks for what is just being worked out waits for it.
    """

    keep_s: float = 30.0
    size: int = 256
    _kept: OrderedDict[Hashable, tuple[float, Any]] = field(default_factory=OrderedDict)
    _under_way: dict[Hashable, asyncio.Task[Any]] = field(default_factory=dict)

    async def get[T](self, datasette: Datasette, key: Hashable, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` finds, or found under the same `key` for the same archive a moment ago."""
        whole, now = (archive(datasette).path, key), time.monotonic()
        kept = self._kept.get(whole)
        if kept is not None and now - kept[0] < self.keep_s:
            return cast("T", kept[1])
        task = self._under_way.get(whole)
        if task is None:
            task = self._under_way[whole] = asyncio.create_task(self._made(datasette, whole, work))
            task.add_done_callback(lambda _: self._under_way.pop(whole, None))
        return cast("T", await asyncio.shield(task))

    async def _made[T](self, datasette: Datasette, whole: Hashable, work: Callable[[sqlite3.Connection], T]) -> T:
        found = await look(datasette, work)
        self._kept[whole] = (time.monotonic(), found)
        self._kept.move_to_end(whole)
        while len(self._kept) > self.size:
            self._kept.popitem(last=False)
        return found
