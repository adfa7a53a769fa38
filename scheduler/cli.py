"""`bayegan`: one command; a sub-command's module is loaded only when it is called."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import click

from archive.commands.terminal import Session
from archive.errors import BayeganError
from archive.settings import Settings

# Sub-command -> its module and the line `bayegan --help` shows, so that help loads none of them.
COMMANDS = {
    "demo": ("scheduler.commands.demo", "Crawl, search and look around an invented wire on this machine."),
    "crawl": ("scheduler.commands.crawl", "Crawl agencies now and store what is new."),
    "run": ("scheduler.commands.run", "Crawl every agency of the settings at its own pace, until stopped."),
    "plan": ("scheduler.commands.plan", "Show when each agency is crawled next, and why then."),
    "status": ("scheduler.commands.status", "Show how each agency does, and what is wrong."),
    "backfill": ("scheduler.commands.backfill", "Walk an agency's archive of past days and fetch what is not stored."),
    "coverage": ("scheduler.commands.coverage", "Show what is stored and missing, by agency and day."),
    "search": ("archive.commands.search", "Find stories, however their words are spelt."),
    "alerts": ("archive.commands.alerts", "Save searches and follow what they find as feeds."),
    "show": ("archive.commands.show", "Show one story as it was printed."),
    "diff": ("archive.commands.diff", "Show what changed in a story, word by word."),
    "log": ("archive.commands.log", "List what was changed and what was taken down."),
    "cluster": ("archive.commands.cluster", "Show who ran a story, and what each changed."),
    "compare": ("archive.commands.compare", "Show two stories side by side."),
    "syndication": ("archive.commands.syndication", "Show who takes stories over from whom, and how soon."),
    "recluster": ("archive.commands.recluster", "Compare stories anew, by today's rules."),
    "browse": ("archive.commands.browse", "Browse the archive in a web browser, with Datasette."),
    "export": ("archive.commands.export", "Write stories out: JSON Lines, CSV, Parquet, Atom."),
    "import": ("crawler.commands.take_in", "Take in stories from JSON Lines or a WARC file."),
    "lexicon": ("archive.commands.lexicon", "Learn words from the stories that came in."),
    "backup": ("archive.commands.backup", "Copy the archive while it is in use; thin older copies."),
    "restore": ("archive.commands.restore", "Make an archive of a backup, at a new path."),
    "verify": ("archive.commands.verify", "Prove that every row is what was written."),
    "doctor": ("archive.commands.doctor", "Say what may ail the archive or this machine."),
    "extract": ("crawler.commands.extract", "Show what we make of saved pages."),
    "page": ("archive.commands.page", "Print the raw page a story was read from."),
    "reprocess": ("crawler.commands.reprocess", "Read raw pages again by today's rules."),
    "links": ("archive.commands.links", "Show where the links of the frontier stand."),
    "requeue": ("archive.commands.requeue", "Try again the links that were set aside."),
    "agencies": ("crawler.commands.agencies", "List the agencies that can be crawled."),
}


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
        """Write each command with its line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--settings", type=click.Path(path_type=Path), help="Settings file.  [default: ./settings.toml, if any]")
@click.option("--archive", type=click.Path(path_type=Path), help="Archive file.  [default: the settings' archive.path]")
@click.option("-v", "--verbose", is_flag=True, help="Say more about what is done, on standard error.")
@click.version_option(package_name="bayegan")
@click.pass_context
def bayegan(ctx: click.Context, settings: Path | None, archive: Path | None, *, verbose: bool) -> None:
    """Bayegan, the archivist: crawl Persian wire agencies, keep their stories as printed, find them again.

    \b
    First steps:
      bayegan demo                     see all of it on an invented wire
      bayegan crawl mehr isna          crawl two agencies now
      bayegan search گفت‌وگوی تلفنی      find stories, however they are spelt
      bayegan run                      keep crawling, each agency at its own pace

    \b
    Exit codes: 0 all well, 1 something failed, 2 wrong usage or settings, 75 archive in use (try again later).
    """  # noqa: D301 - \b keeps Click from filling the lines
    ctx.obj = Session(settings_path=settings, archive_path=archive, verbose=verbose, agency_names=_agency_names)


def _agency_names() -> Mapping[str, str]:
    """Return what agencies of ours are called, and their keys, to what they call themselves."""
    known = import_module("crawler.agency")
    return {**known.agency_names(), **{key: one.name for key, one in known.load_agencies(Settings()).items()}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; an error of ours ends it with one line on standard error and its exit code."""
    try:
        bayegan.main(args=None if arguments is None else list(arguments), prog_name="bayegan")
    except BayeganError as error:
        click.echo(f"bayegan: {error}", err=True)
        sys.exit(error.exit_code)
