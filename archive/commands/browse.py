"""`bayegan browse`: the archive in a web browser."""

from pathlib import Path

import click

from archive.browse.serve import serve
from archive.commands.terminal import Session, archive_option
from archive.search.hits import open_archive


@click.command("browse")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 = any free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this machine's are open to all.",
)
@click.option("--sql", is_flag=True, help="Let readers ask arbitrary (read-only) SQL.")
@click.option("--open", "show", is_flag=True, help="Open a browser.")
@archive_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, port: int, host: str, sql: bool, show: bool) -> None:
    """Browse the archive in a web browser, with Datasette.

    Its search box finds the same stories as `bayegan search`; Persian text runs from right to left. The archive is
    only read, also while a crawl writes to it. Ctrl-C ends it.
    """
    path = session.archive(archive)
    with open_archive(path):
        pass  # a missing or foreign file is our error, in our words
    serve(path, host=host, port=port, sql=sql, show=show)
