"""`bayegan links`: where the links of the frontier stand."""

from dataclasses import asdict
from pathlib import Path

import click

from archive import standing
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, harmless, json_option
from archive.link import LinkState
from archive.search.hits import open_archive
from archive.standing import Standing, Which


@click.command("links")
@click.option("--agency", type=AGENCY, default="", help="Only links of this agency.")
@click.option(
    "--state", "states", multiple=True, type=click.Choice([str(one) for one in LinkState]), help="Only in this state."
)
@click.option("--url", "urls", multiple=True, help="Only the link of this address, however it is written.")
@click.option("--reason", default="", help="Only links set aside for a reason that holds this text.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many links at most.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    *,
    agency: str,
    states: tuple[str, ...],
    urls: tuple[str, ...],
    reason: str,
    limit: int,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Show where links stand: how many of each agency in each state, or the newest of those asked for.

    A link is discovered (waiting), leased (being fetched), done (its story is in the archive, and looked at again),
    or set aside: empty, blocked, missing or failed (tried again later, eight times in all), quarantined (not tried
    again until `bayegan requeue`). Each that is set aside says why.

    \b
    Examples:
      bayegan links
      bayegan links --state quarantined --agency mehr
      bayegan links --url https://www.mehrnews.com/news/5812345
    """  # noqa: D301 - \b keeps Click from filling the lines
    which = Which(agency=agency, states=tuple(LinkState(one) for one in states), urls=urls, reason=reason)
    with open_archive(session.archive(archive)) as conn:
        if which == Which(agency=agency):
            _tell(standing.tally(conn, which), as_json=as_json)
            return
        for link in standing.standing(conn, which, limit):
            if as_json:
                echo_json(asdict(link))
            else:
                _print(link)


def _tell(tally: dict[str, dict[str, int]], *, as_json: bool) -> None:
    for agency, counts in tally.items():
        if as_json:
            echo_json({"agency": agency, **{str(state): counts.get(state, 0) for state in LinkState}})
        else:
            said = ", ".join(f"{counts[state]:,} {state}" for state in LinkState if state in counts)
            click.echo(f"{harmless(agency)}: {said}")


def _print(link: Standing) -> None:
    then = f", next look {link.next_look}" if link.next_look else ""
    tries = f" after {link.attempts} {'try' if link.attempts == 1 else 'tries'}" if link.attempts else ""
    story = f", story {link.story}" if link.story else ""
    click.echo(f"{harmless(link.agency)}  {click.style(link.state, bold=True)}{tries}{story}{then}")
    click.echo(f"  {harmless(link.url)}")
    if link.reason:
        click.echo(f"  {harmless(link.reason)}")
