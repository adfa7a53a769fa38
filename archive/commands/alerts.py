"""`bayegan alerts`: saved searches, held against every story that is stored."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.alerts import book
from archive.commands.search import print_hit
from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option, remark
from archive.errors import QueryError
from archive.search.hits import Hits, open_archive, search
from archive.search.query import Query, meant


@click.group("alerts")
def command() -> None:
    """Save searches that every stored story is held against; what matches is written to a feed each.

    They stand in `alerts.toml` in the folder that the setting archive.alerts names, which may be edited by hand, also
    while a crawl is running. Beside it stand NAME.atom and NAME.json (JSON Feed) for any feed reader. A story is held
    against them when it is stored and when it is revised, not before: `test` shows what the archive has already.

    \b
    Examples:
      bayegan alerts add quake 'زلزله OR زمین‌لرزه -فیلم'
      bayegan alerts test quake
    """  # noqa: D301 - \b keeps Click from filling the lines


@command.command("add")
@click.argument("name")
@click.argument("query")
@click.pass_obj
def add(session: Session, name: str, query: str) -> None:
    """Save QUERY under NAME."""
    understood = meant(Query(text=query))
    if understood is None:
        raise QueryError("alerts", name, "its query holds no word")
    folder = session.settings.alerts_folder
    book.add(folder, name, query)
    for note in understood.notes:
        remark(f"note: {harmless(note)}")
    click.echo("\n".join(str(file) for file in book.feeds(folder, name)))


@command.command("list")
@archive_option
@json_option
@click.pass_obj
def show(session: Session, archive: Path | None, *, as_json: bool) -> None:
    """List the saved searches: name, query, how many stories matched since it was saved, and when the last one did."""
    path = session.archive(archive)
    for name, query in book.read(session.settings.alerts_folder).items():
        hits, last = _so_far(path, name)
        if as_json:
            echo_json({"name": name, "query": query, "hits": hits, "last": last})
        else:
            seen = f"{hits:,} {'story' if hits == 1 else 'stories'}{f', the last on {last}' if last else ''}"
            click.echo(f"{click.style(harmless(name), bold=True)}  {harmless(query)}  ({seen})")


@command.command("remove")
@click.argument("name")
@click.pass_obj
def remove(session: Session, name: str) -> None:
    """Forget the search saved under NAME, and delete its feeds."""
    book.remove(session.settings.alerts_folder, name)


@command.command("test")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many stories at most.")
@archive_option
@json_option
@click.pass_obj
def test(session: Session, name: str, archive: Path | None, *, limit: int, as_json: bool) -> None:
    """Show the newest stories of the archive that the search saved under NAME would have matched; write nothing."""
    query = book.get(session.settings.alerts_folder, name)
    with open_archive(session.archive(archive)) as conn:
        found = search(conn, Query(text=query, sort="newest", limit=limit, every=True, now=datetime.now(UTC)))
    for hit in found.hits:
        if as_json:
            echo_json(hit.as_json())
        else:
            print_hit(hit)
    if not as_json:
        remark(_count(found))


def _so_far(path: Path, name: str) -> tuple[int, str | None]:
    """Return how many stories matched so far and when the last one did; none while there is no archive."""
    if not path.exists():
        return 0, None
    with open_archive(path) as conn:
        row = conn.execute("SELECT count(*), max(found) FROM alert_hits WHERE alert = ?", (name,)).fetchone()
    return row[0], row[1]


def _count(found: Hits) -> str:
    about = "about " if found.about else ""
    return f"would have matched {about}{found.count:,} {'story' if found.count == 1 else 'stories'}"
