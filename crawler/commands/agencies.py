"""`bayegan agencies`: which agencies can be crawled, and how another one is added."""

from dataclasses import asdict
from pathlib import Path

import click

from archive import house_lines as house_lines_of
from archive.commands.terminal import archive_option, echo_json, json_option, persian
from archive.errors import SettingsError
from archive.house_lines import HouseLine, house_lines
from archive.search.hits import open_archive
from archive.settings import Settings
from crawler import footer
from crawler.agency import load_agencies


class Agencies(click.Group):
    """The sub-commands of `agencies`; a survey loads trafilatura and Scrapy, which a list does not need."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return their names."""
        return ["add"]

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load the sub-command called `name`."""
        if name != "add":
            return None
        from crawler.commands.add_agency import command as add  # noqa: PLC0415

        return add


@click.group("agencies", cls=Agencies, invoke_without_command=True)
@click.option(
    "--lines", "lines_of", metavar="AGENCY", help="Show what was learnt that AGENCY prints under its stories."
)
@click.option("--keep", metavar="LINE", help="With --lines: this line is part of the stories; do not cut it.")
@archive_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, lines_of: str | None, keep: str | None, archive: Path | None, as_json: bool) -> None:
    """List the agencies that can be crawled: key, name, page family, home. A star marks those of the settings.

    With --lines, the house lines of one agency: closing paragraphs that it was found to print under three or more
    different stories. They are cut from its stories, and stand in their `boilerplate`.

    \b
    Examples:
      bayegan agencies
      bayegan agencies --lines mehr
      bayegan agencies --lines mehr --keep "ادامه دارد..."
      bayegan agencies add https://www.example.ir/
    """  # noqa: D301 - \b keeps Click from filling the lines
    if ctx.invoked_subcommand is not None:
        return
    if lines_of is None:
        if keep is not None:
            raise click.UsageError("--keep needs --lines AGENCY")
        _list(ctx.obj.settings, as_json=as_json)
        return
    known = load_agencies(ctx.obj.settings)
    if lines_of not in known:
        raise SettingsError.unknown("--lines", lines_of, sorted(known), "no such agency")
    path = ctx.obj.archive(archive)
    if keep is not None:
        _keep(path, lines_of, keep)
    with open_archive(path) as conn:
        for line in house_lines(conn, lines_of):
            _show(line, as_json=as_json)


def _keep(path: Path, agency: str, line: str) -> None:
    # The writer loads sqlite-utils; who only lists need not wait.
    from archive.store import open_store  # noqa: PLC0415

    with open_archive(path):
        pass  # a missing file is an error, not a new archive
    with open_store(path) as store:
        if not house_lines_of.keep(store.conn, agency, footer.key(line)):
            raise SettingsError("--keep", line, f"no house line of {agency}")


def _show(line: HouseLine, *, as_json: bool) -> None:
    if as_json:
        echo_json(asdict(line))
        return
    mark = click.style("kept", fg="yellow") if line.kept else "cut"
    click.echo(f"{mark}  under {line.stories} stories, learnt {line.learnt}: {persian(line.printed)}")
    click.echo(f"  {', '.join(map(str, line.examples))}")


def _list(settings: Settings, *, as_json: bool) -> None:
    for key, agency in load_agencies(settings).items():
        own = settings.agencies.get(key)
        named = own is not None and own.enabled
        family = agency.family.name if agency.family else None
        if as_json:
            row = {"key": key, "name": agency.name, "family": family, "home": agency.home, "in_settings": named}
            echo_json(row | {"feeds": agency.feeds, "sitemaps": agency.sitemaps})
        else:
            click.echo(f"{'*' if named else ' '} {key:14} {family or '-':14} {agency.home:34} {agency.name}")
