"""`bayegan`: one command; a sub-command's module is loaded only when it is called."""

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from archive.commands.terminal import ARCHIVE, Session, harmless
from archive.errors import BayeganError, of_the_machine
from archive.settings import Settings
from scheduler.contents import COMMANDS, CONTENTS


class LazyGroup(click.Group):
    """A group that loads a command's module when the command is called (a pattern of Click's documentation)."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of a first visit."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load the command called `name`."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its line, under what one wants to do: a table of contents."""
        width = max(map(len, COMMANDS))
        for part, commands in CONTENTS.items():
            with formatter.section(part):
                formatter.write_dl([(name.ljust(width), line) for name, (_, line) in commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; name the likely one where there is none."""
        name = args[0]
        if name not in COMMANDS and not ctx.resilient_parsing:
            near = get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"No such command '{harmless(name)}'.{f" Did you mean '{near[0]}'?" if near else ''}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, each with its line, and load none of them."""
        commands = [
            CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _agency_names() -> Mapping[str, str]:
    """Return what agencies of ours are called, and their keys, to what they call themselves."""
    return {**import_module("crawler.agency").agency_names(), **_agencies(Settings())}


def _agencies(settings: Settings) -> Mapping[str, str]:
    """Return the agencies that can be crawled: their keys, to what they call themselves."""
    return {key: one.name for key, one in import_module("crawler.agency").load_agencies(settings).items()}


@click.group(
    cls=LazyGroup,
    # A shell that completes a word parses the line, but calls no command that would make a session.
    context_settings={"help_option_names": ["-h", "--help"], "obj": Session(agencies=_agencies)},
)
@click.option("--settings", type=click.Path(path_type=Path), help="Settings file.  [default: ./settings.toml, if any]")
@click.option("--archive", type=ARCHIVE, help="Archive file.  [default: the settings' archive.path]")
@click.option("-v", "--verbose", is_flag=True, help="Say more about what is done, on standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but what went wrong.")
@click.option(
    "--lang", type=click.Choice(["en", "fa"]), default="en", envvar="BAYEGAN_LANG", show_default=True, show_envvar=True,
    help="Language of what is said to people about stories; errors are English.",
)  # fmt: skip
@click.version_option(package_name="bayegan")
@click.pass_context
def bayegan(
    ctx: click.Context, settings: Path | None, archive: Path | None, *, verbose: bool, quiet: bool, lang: str
) -> None:
    """Bayegan, the archivist: crawl Persian wire agencies, keep their stories as printed, find them again.

    \b
    First steps:
      bayegan demo                     see all of it on an invented wire
      bayegan crawl mehr isna          crawl two agencies now
      bayegan search گفت‌وگوی تلفنی      find stories, however they are spelt
      bayegan run                      keep crawling, each agency at its own pace
      bayegan help                     the pages of the manual

    \b
    Exit codes: 0 all well, 1 something failed, 2 wrong usage or settings, 75 archive in use (try again later).
    Results go to standard output; remarks and progress to standard error. NO_COLOR=1 keeps colours off.
    """  # noqa: D301 - \b keeps Click from filling the lines
    if os.environ.get("NO_COLOR"):  # no-color.org: any text but an empty one
        ctx.color = False
    ctx.obj = Session(
        settings_path=settings,
        archive_path=archive,
        verbose=verbose,
        quiet=quiet,
        language=lang,
        agency_names=_agency_names,
        agencies=_agencies,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; an error of ours ends it with one line on standard error and its exit code."""
    try:
        bayegan.main(args=None if arguments is None else list(arguments), prog_name="bayegan")
    except BayeganError as error:
        click.echo(f"bayegan: {harmless(str(error))}", err=True)
        sys.exit(error.exit_code)
    except sqlite3.Error as error:
        told = of_the_machine("archive", error)
        if told is None:
            raise
        click.echo(f"bayegan: {told}", err=True)
        sys.exit(told.exit_code)
