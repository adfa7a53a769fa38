"""`bayegan agencies`: which agencies can be crawled, and how another one is added."""

import click

from archive.commands.terminal import echo_json, json_option
from archive.settings import Settings
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
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List the agencies that can be crawled: key, name, page family, home. A star marks those of the settings.

    \b
    Examples:
      bayegan agencies
      bayegan agencies add https://www.example.ir/
    """  # noqa: D301 - \b keeps Click from filling the lines
    if ctx.invoked_subcommand is None:
        _list(ctx.obj.settings, as_json=as_json)


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
