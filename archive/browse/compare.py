"""The page of a difference: what changed between two revisions of a story, word by word."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from markupsafe import Markup

from archive.browse.page import look, reader, respond
from archive.errors import ArchiveError
from archive.history import revision
from archive.revisions import Change, Piece, changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two revisions of a story and what changed between them."""

    story: int
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    changes: Sequence[Change]


async def view(datasette: Datasette, request: Request) -> Response:
    """Answer `/story/ID/OLD..NEW`."""
    story, old, new = (int(request.url_vars[name]) for name in ("id", "old", "new"))
    found = await look(datasette, lambda conn: difference(conn, story, old, new))
    if found is None:
        raise NotFound(reader(request)("no_difference", number=str(story), old=old, new=new))
    return await respond(datasette, request, "compare.html", found=found, marked=marked)


def difference(conn: sqlite3.Connection, story: int, old: int, new: int) -> Difference | None:
    """Return what changed; None when the story or one of the revisions is not there."""
    try:
        before, after = (revision(conn, story, number, "archive") for number in (old, new))
    except ArchiveError:
        return None
    return Difference(story=story, old=before, new=after, changes=changes(before, after))


def marked(pieces: Sequence[Piece], added: str = "", removed: str = "") -> Markup:
    """Return words with <ins> and <del> around what changed; `added` and `removed` say so to who cannot see it."""
    return Markup(" ").join(part for piece in pieces for part in _marked(piece, added, removed))


def _marked(piece: Piece, added: str, removed: str) -> Sequence[Markup]:
    if not piece.changed:
        return [Markup("{}").format(piece.new)]
    found = []
    for tag, text, name in (("del", piece.old, removed), ("ins", piece.new, added)):
        if text:
            said = Markup('<span class="hidden-text">[{}: </span>').format(name) if name else Markup()
            closed = Markup('<span class="hidden-text">]</span>') if name else Markup()
            found.append(Markup("<{0}>{1}{2}{3}</{0}>").format(Markup(tag), said, text, closed))  # noqa: S704 - del or ins
    return found
