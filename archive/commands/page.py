"""`bayegan page`: the raw page a story was read from."""

import sys
from pathlib import Path

import click

from archive import pages
from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option
from archive.errors import ArchiveError
from archive.raw.files import folder_of
from archive.raw.months import read_page
from archive.search.hits import open_archive, show


@click.command("page")
@click.argument("story", type=int)
@click.option("--revision", type=click.IntRange(1), help="The page of an earlier revision.  [default: the current one]")
@click.option("--headers", is_flag=True, help="Show the request and the headers of the answer instead of the page.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session, story: int, *, revision: int | None, headers: bool, archive: Path | None, as_json: bool
) -> None:
    """Print the raw page that STORY was read from, byte by byte as its agency's server sent it.

    Pages are kept while crawler.raw_pages is on; imported stories have none. With --json or --headers what is known of
    the page: address, time, status, hash, headers.

    \b
    Examples:
      bayegan page 20240922000001 > page.html
      bayegan page 20240922000001 --headers
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    with open_archive(path) as conn:
        show(conn, story, path)  # no such story is another error than no page
        found = pages.page_of(conn, story, revision)
    if found is None:
        which = f"story {story}" if revision is None else f"revision {revision} of story {story}"
        raise ArchiveError(path, which, "its raw page was not kept")
    page = read_page(folder_of(path), found.month, found.page, found.fetched)
    if as_json:
        known = {"url": page.url, "fetched": found.fetched, "status": page.status, "bytes": len(page.body)}
        echo_json({"story": story, "revision": found.revision, "file": f"{found.month}.db", "page": found.page} | known
                  | {"request": page.request, "response": page.response})  # fmt: skip
    elif headers:
        click.echo(f"GET {harmless(page.url)}")
        _print(page.request)
        click.echo(f"\nHTTP {page.status}, {found.fetched}")
        _print(page.response)
    else:
        sys.stdout.buffer.write(page.body)


def _print(headers: tuple[tuple[str, str], ...]) -> None:
    for name, value in headers:
        click.echo(f"{harmless(name)}: {harmless(value)}")
