"""`bayegan log`: what agencies changed and took down after they published it."""

from datetime import datetime
from pathlib import Path

import click

from archive.commands.period import moments, period_options
from archive.commands.terminal import (
    AGENCY,
    Session,
    archive_option,
    echo_json,
    harmless,
    json_option,
    persian,
    remark,
    spoken,
    told,
)
from archive.history import Event, Window, edits, withdrawals
from archive.search.hits import open_archive
from archive.text.dates import jalali_long


@click.command("log")
@click.option("--changed", is_flag=True, help="Only edits.")
@click.option("--withdrawn", is_flag=True, help="Only withdrawals and reappearances.")
@click.option("--agency", type=AGENCY, default="", help="Only stories of this agency.")
@period_options
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="How many at most.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    *,
    changed: bool,
    withdrawn: bool,
    agency: str,
    first: str | None,
    last: str | None,
    limit: int,
    archive: Path | None,
    as_json: bool,
) -> None:
    """List what was changed and what was taken down, the newest first.

    An edit is a revision whose words differ from the one before; `bayegan diff` shows them. A withdrawal has been seen
    more than once, at least an hour apart, while the agency's site was otherwise well; a page that could not be fetched
    is none. Days are Tehran's.

    \b
    Examples:
      bayegan log --changed --agency mehr --from دیروز
      bayegan log --withdrawn --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    since, until = moments(first, last)
    window = Window(agency=agency, since=since, until=until, limit=limit)
    both = changed == withdrawn
    with open_archive(session.archive(archive)) as conn:
        found = [
            *(edits(conn, window) if changed or both else ()),
            *(withdrawals(conn, window) if withdrawn or both else ()),
        ]
    found.sort(key=lambda event: (event.at, event.story), reverse=True)
    for event in found[:limit]:
        if as_json:
            echo_json(event.as_json())
        else:
            _print(event)
    if not as_json:
        remark(told(spoken()("entries", n=len(found[:limit]))))


def _print(event: Event) -> None:
    when = persian(jalali_long(datetime.fromisoformat(event.at)))
    click.echo(f"{click.style(str(event.story), fg='yellow')}  {harmless(event.agency)}  {when}")
    what = click.style(spoken()(event.what), fg=_COLOURS[event.what])
    click.echo(told(f"  {what}: {harmless(_details(event))}"))
    click.echo(f"  {click.style(persian(event.title), bold=True)}\n")


_COLOURS = {"changed": "cyan", "withdrawn": "red", "reappeared": "green"}


def _details(event: Event) -> str:
    t = spoken()
    if event.what == "changed":
        what = t("comma").join(map(t, event.details)) or t("half_space")
        return t("revision_changes", n=event.revision, what=what)
    return "; ".join(t("sighting", what=one["what"], when=one["at"]) for one in event.details) or event.url
