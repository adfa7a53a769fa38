"""Which page answers which address."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from archive.browse import agency, cluster, compare, coverage, edits, front, search_page, status, story, taking

ROUTES: tuple[tuple[str, Callable[..., Any]], ...] = (
    (r"^/$", front.view),
    (r"^/search$", search_page.view),
    (r"^/search\.(?P<format>atom|csv|json|jsonl)$", taking.export),
    (r"^/story/(?P<id>\d{9,16})(?:/(?P<revision>\d{1,6}))?$", story.view),
    (r"^/story/(?P<id>\d{9,16})/(?P<old>\d{1,6})\.\.(?P<new>\d{1,6})$", compare.view),
    (r"^/story/(?P<id>\d{9,16})(?:/(?P<revision>\d{1,6}))?\.bib$", story.bibtex),
    (r"^/agencies$", agency.index),
    (r"^/agency/(?P<key>[^/]+)$", agency.view),
    (r"^/clusters$", cluster.index),
    (r"^/cluster/(?P<id>\d{9,16})$", cluster.view),
    (r"^/edits$", edits.view),
    (r"^/coverage$", coverage.view),
    (r"^/status$", status.view),
)
# First parts of our addresses: a database of such a name could not be reached.
NAMES = frozenset("search story agencies agency clusters cluster edits coverage status bayegan -".split())


@cache
def version() -> str:
    """Return a name for the static files as they are, so that browsers may keep them for ever."""
    folder = Path(__file__).parent / "static"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
