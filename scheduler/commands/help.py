"""`bayegan help`: the pages of the manual, which come with the program."""

from pathlib import Path

import click

from archive.errors import SettingsError
from scheduler.contents import COMMANDS

_ROOM = Path(__file__).parent.parent
# In a wheel the pages stand inside the package (pyproject.toml); in a checkout where they are written.
_FOLDERS = (_ROOM / "manual", _ROOM.parent / "docs", _ROOM.parent)

# Page -> its file and what it is about.
PAGES = {
    "commands": ("commands.md", "Every command, with an example."),
    "searching": ("search.md", "How words are matched, and what a query may say."),
    "browsing": ("browse.md", "The pages of the browser, SQL for researchers, serving them to others."),
    "operating": ("operate.md", "The daemon, cron, backups, and what to do when something is wrong."),
    "new-agency": ("agencies.md", "How to add an agency, step by step."),
    "settings": ("settings.toml", "Every setting, its default, its unit and its effect."),
    "scaling": ("scale.md", "One archive for many machines, and what it takes at which size."),
    "benchmarks": ("benchmarks.md", "How fast and how exact it is, beside its peers."),
    "tour": ("tour.md", "One story's way through the code."),
    "design": ("design.md", "Why it is built as it is: a heading a decision."),
}


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Show a page of the manual, or what a command does; without a TOPIC, what pages there are.

    \b
    Examples:
      bayegan help
      bayegan help searching
      bayegan help backfill
    """  # noqa: D301 - \b keeps Click from filling the lines
    root = ctx.find_root()
    if topic is None:
        click.echo(_list(ctx))
    elif topic in PAGES:
        click.echo_via_pager(page(topic))
    elif isinstance(root.command, click.Group) and (called := root.command.get_command(root, topic)):
        click.echo(called.get_help(click.Context(called, info_name=topic, parent=root)))
    else:
        raise SettingsError.unknown("help", topic, [*PAGES, *COMMANDS], "no such page or command")


def page(topic: str) -> str:
    """Return a page of the manual as it was written."""
    name, _ = PAGES[topic]
    return next(folder / name for folder in _FOLDERS if (folder / name).exists()).read_text("utf-8")


def _list(ctx: click.Context) -> str:
    formatter = ctx.make_formatter()
    with formatter.section("Pages of the manual"):
        formatter.write_dl([(topic, line) for topic, (_, line) in PAGES.items()])
    return f"{formatter.getvalue()}\n`bayegan help PAGE` shows one, `bayegan help COMMAND` says what a command does."
