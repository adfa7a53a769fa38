"""`bayegan browse`: the archive in a web browser."""

from pathlib import Path

import click

from archive.browse.serve import Served, serve
from archive.commands.terminal import Session, archive_option


@click.command("browse")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 = any free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this machine's are open to all.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A further name the archive answers to; may be repeated.",
)
@click.option("--base", default="/", show_default=True, help="Path under which a proxy shows the pages: /news/")
@click.option("--sql", is_flag=True, help="Let readers ask arbitrary (read-only) SQL, bounded in time and memory.")
@click.option(
    "--snapshot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Serve this copy, made and looked through if it is not there, with headers that let its pages be kept.",
)
@click.option("--open", "show", is_flag=True, help="Open a browser.")
@archive_option
@click.pass_obj
def command(
    session: Session,
    archive: Path | None,
    *,
    port: int,
    host: str,
    hosts: tuple[str, ...],
    base: str,
    sql: bool,
    snapshot: Path | None,
    show: bool,
) -> None:
    """Browse the archive in a web browser: front page, search, stories, agencies, edits, and every table.

    Its search finds the same stories as `bayegan search`; Persian text runs from right to left. The archive is only
    read, also while a crawl writes to it. Requests that name another host are refused (421). Ctrl-C ends it.

    \b
    Examples:
      bayegan browse --open
      bayegan browse --snapshot public.db --allow-host news.example.org    # behind a proxy
    """  # noqa: D301 - \b keeps Click from filling the lines
    home = "/" + "".join(f"{part}/" for part in base.split("/") if part)
    how = Served(host=host, port=port, hosts=hosts, sql=sql, snapshot=snapshot, base=home, show=show)
    serve(session.file(archive), how)
