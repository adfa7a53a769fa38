"""Start Datasette on the archive with our plugin: read-only, on this machine, with what a reader needs described."""

import json
import tempfile
from pathlib import Path
from typing import Any

from datasette.cli import cli
from datasette.plugins import pm

from archive.browse import plugin

# No SQL of strangers and no download of the whole file unless asked for; facets over millions of stories are slow.
SETTINGS = {"allow_download": "off", "default_facet_size": "30", "suggest_facets": "off", "max_returned_rows": "1000"}


def serve(archive: Path, *, host: str, port: int, sql: bool, show: bool) -> None:
    """Serve `archive` until interrupted; `sql` allows arbitrary (read-only) SQL, `show` opens a browser."""
    if not pm.has_plugin("bayegan"):
        pm.register(plugin, name="bayegan")
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder) / "metadata.json"
        metadata.write_text(json.dumps(describe(archive.stem), ensure_ascii=False), "utf-8")
        arguments = ["serve", str(archive), "--host", host, "--port", str(port), "--metadata", str(metadata)]
        arguments += ["--static", f"bayegan:{Path(__file__).parent / 'static'}"]
        for name, value in {**SETTINGS, "default_allow_sql": "on" if sql else "off"}.items():
            arguments += ["--setting", name, value]
        cli.main([*arguments, *(["--open"] if show else [])], prog_name="datasette", standalone_mode=False)


def describe(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for the archive, which it calls `database`: what to search, sort by and hide."""
    tables: dict[str, Any] = {
        "stories": {
            "description": "Every story once, as its agency printed it; the current revision.",
            "fts_table": "story_index",
            "fts_pk": "id",
            "sort_desc": "id",
            "label_column": "title",
            "size": 20,
        },
        "revisions": {"description": "What stories said before they were changed.", "sort_desc": "last_seen"},
        "agencies": {"label_column": "name"},
        "crawls": {"description": "One row a crawl: when, how it ended, what it found.", "sort_desc": "id"},
        "links": {"description": "The frontier: every address an agency announced, and where it stands."},
        "feeds": {"description": "When each feed and sitemap was last asked, and what it said of itself."},
    }
    hidden = {name: {"hidden": True} for name in ("story_index", "story_terms", "versions")}
    return {
        "title": "Bayegan",
        "description": "An archive of Persian wire agencies",
        "databases": {database: {"tables": tables | hidden}},
    }
