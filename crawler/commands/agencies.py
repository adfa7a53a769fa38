"""`bayegan agencies`: which agencies can be crawled."""

import click

from archive.commands.terminal import Session, echo_json, json_option
from crawler.agency import load_agencies


@click.command("agencies")
@json_option
@click.pass_obj
def command(session: Session, *, as_json: bool) -> None:
    """List the agencies that can be crawled: key, name, page family, home. A star marks those of the settings."""
    settings = session.settings
    for key, agency in load_agencies(settings).items():
        own = settings.agencies.get(key)
        named = own is not None and own.enabled
        family = agency.family.name if agency.family else None
        if as_json:
            row = {"key": key, "name": agency.name, "family": family, "home": agency.home, "in_settings": named}
            echo_json(row | {"feeds": agency.feeds, "sitemaps": agency.sitemaps})
        else:
            click.echo(f"{'*' if named else ' '} {key:14} {family or '-':14} {agency.home:34} {agency.name}")
