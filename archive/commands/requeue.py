"""`bayegan requeue`: try again the links that were set aside."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import standing
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option
from archive.link import LinkState
from archive.search.hits import open_archive
from archive.standing import Which
from archive.store import open_store

_STATES = [str(one) for one in LinkState if one not in ("discovered", "leased", "done")]


@click.command("requeue")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--agency", type=AGENCY, default="", help="Only links of this agency.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(_STATES),
    help="Links in this state; may be repeated.  [default: quarantined; with URL: any]",
)
@click.option("--reason", default="", help="Only links set aside for a reason that holds this text.")
@click.option("--dry-run", is_flag=True, help="Say how many there are and change nothing.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    *,
    urls: tuple[str, ...],
    agency: str,
    states: tuple[str, ...],
    reason: str,
    dry_run: bool,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Try again the links that were set aside: those of URL, else all that are quarantined.

    They are fetched by their agency's next crawl, as if never tried before. A quarantined link is one whose page
    killed the worker that read it, or that was tried eight times in vain. Ends with 1 when a URL is not set aside.

    \b
    Examples:
      bayegan requeue --agency mehr
      bayegan requeue --state blocked --reason "HTTP 403" --dry-run
      bayegan requeue https://www.mehrnews.com/news/5812345
    """  # noqa: D301 - \b keeps Click from filling the lines
    chosen = states or (() if urls else ("quarantined",))
    which = Which(agency=agency, states=tuple(map(LinkState, chosen or _STATES)), urls=urls, reason=reason)
    path = session.archive(archive)
    if dry_run:
        with open_archive(path) as conn:
            count = sum(sum(counts.values()) for counts in standing.tally(conn, which).values())
    else:
        with open_archive(path):
            pass  # a missing file is an error, not a new archive
        with open_store(path) as store:
            count = standing.requeue(store.conn, which, datetime.now(UTC))
    if as_json:
        echo_json({"requeued": count, "dry_run": dry_run})
    else:
        click.echo(f"{count:,} {'link' if count == 1 else 'links'} {'would be ' if dry_run else ''}requeued")
    sys.exit(1 if urls and not count else 0)
