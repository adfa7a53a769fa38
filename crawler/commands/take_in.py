"""`bayegan import`: stories from JSON Lines, or read from the pages of a WARC file."""

from pathlib import Path
from typing import Any

import click

from archive.commands import import_stories

_SUFFIXES = (".warc", ".warc.gz", ".arc", ".arc.gz")


def _import(**values: Any) -> None:  # noqa: ANN401 - the options of the command below
    """Take in a file by what its name says it is."""
    context = click.get_current_context()
    file: Path = values["file"]
    if not file.name.endswith(_SUFFIXES):
        context.invoke(import_stories.command, **values)
        return
    # Extraction takes a second to load; lines do not need it.
    from crawler.commands.import_warc import import_warc  # noqa: PLC0415

    import_warc(context.obj, file, values["agency"], values["archive"], as_json=values["as_json"])


command = click.Command(
    "import",
    params=import_stories.command.params,
    callback=_import,
    help=(import_stories.command.help or "")
    + """

    From a WARC file (.warc, .warc.gz) every page that is a story of an agency that is known (or of --agency) is read,
    and kept as a raw page; a torn tail is left out. A page older than what the archive has of its story is passed over.

    \b
    Example:
      bayegan import crawl-2024.warc.gz
    """,
)
