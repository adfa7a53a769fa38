"""What all commands share: the session they run in, and how they speak to a terminal or a script."""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from archive.errors import ArchiveError, BayeganError
from archive.place import Shared, is_address
from archive.settings import Settings, load
from archive.text.letters import as_json, clean
from archive.tongue import Tongue, tongue

RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Session:
    """The options given before the sub-command; settings are read when first asked for."""

    settings_path: Path | None = None
    archive_path: Path | None = None
    verbose: bool = False
    quiet: bool = False
    language: str = "en"
    # What agencies are called (folded), and their keys, to what they call themselves; the crawler knows.
    agency_names: Callable[[], Mapping[str, str]] = dict
    # The agencies that can be crawled by these settings: their keys, to what they call themselves.
    agencies: Callable[[Settings], Mapping[str, str]] = field(default=lambda _: {})

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run; raises SettingsError."""
        return load(self.settings_path)

    def archive(self, given: Path | None = None) -> Path:
        """Return the archive to use: the one given with the sub-command, with bayegan, or in the settings."""
        return given or self.archive_path or self.settings.archive_path

    def file(self, given: Path | None = None) -> Path:
        """Return the same for what only a file has; ArchiveError for a shared archive."""
        path = self.archive(given)
        if isinstance(path, Shared):
            why = "this needs an archive of one machine: `bayegan migrate` brings one home"
            raise ArchiveError(path.told, "not on a shared archive", why)
        return path

    @property
    def log_level(self) -> int:
        """How much is said on standard error."""
        return logging.INFO if self.verbose else logging.WARNING


class ArchivePlace(click.Path):
    """An archive: a file, or postgresql://… for one that many machines share (docs/scale.md)."""

    def __init__(self) -> None:
        """Give paths."""
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's
        """Return the place that `value` names."""
        if isinstance(value, str) and is_address(value):
            return Shared.at(value)
        return value if isinstance(value, Shared) else super().convert(value, param, ctx)


ARCHIVE = ArchivePlace()


class AgencyKey(click.ParamType[str]):
    """An agency's key (`mehr`), which a shell completes; whether there is such an agency is the command's business."""

    name = "agency"

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the agencies of the settings whose keys begin so, each with its name."""
        session = ctx.find_object(Session) or Session()
        try:
            known = session.agencies(session.settings)
        except BayeganError:
            return []  # a shell that completes a word is no place to complain of settings
        return [CompletionItem(key, help=name) for key, name in known.items() if key.startswith(incomplete)]


AGENCY = AgencyKey()


def archive_option[F: Callable[..., Any]](function: F) -> F:
    """Add `--archive PATH` to a command."""
    text = "Archive file, or the address of a shared one.  [default: the settings' archive.path]"
    return click.option("--archive", type=ARCHIVE, help=text)(function)


def json_option[F: Callable[..., Any]](function: F) -> F:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")(function)


def remark(text: str) -> None:
    """Say something about the results, not part of them: on standard error, unless `--quiet`."""
    if not is_quiet():
        click.echo(text, err=True)


def progress(items: Iterable[Any] | None = None, *, length: int, label: str) -> AbstractContextManager[Any]:
    """Return a bar over `items`, or of `length` steps, that only a person at a terminal sees."""
    hidden = is_quiet() or not sys.stderr.isatty()
    return click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=hidden)


def spoken() -> Tongue:
    """Return the language that people are spoken to in (`--lang`), with the words of the commands."""
    return tongue(_session().language, "commands")


def is_quiet() -> bool:
    """Whether `--quiet` was said: nothing on standard error but what went wrong."""
    return _session().quiet


def _session() -> Session:
    """Return the session of the command that runs; one without options where none does."""
    ctx = click.get_current_context(silent=True)
    return (ctx and ctx.find_object(Session)) or Session()


def echo_json(value: object) -> None:
    """Print one JSON object on a line of its own, Persian letters as they are; what commands a terminal is escaped."""
    click.echo(as_json(value))


def harmless(text: str) -> str:
    """Return `text` without anything that could command a terminal: controls, escapes, bidi overrides."""
    return " ".join(clean(text).split())


def persian(text: str) -> str:
    """Return harmless `text`, laid from right to left when the reader is a terminal."""
    return isolated(harmless(text))


def told(text: str) -> str:
    """Return a line of the words of `spoken`, laid in the direction of its language when the reader is a terminal."""
    return isolated(text) if spoken().direction == "rtl" else text


def isolated(text: str) -> str:
    """Return `text` in a right-to-left isolate (UAX #9) when the reader is a terminal, else as it is."""
    start, end = RIGHT_TO_LEFT if is_terminal() else ("", "")
    return f"{start}{text}{end}"


def is_terminal() -> bool:
    """Whether standard output is a terminal a person reads."""
    return sys.stdout.isatty()


def in_colour() -> bool:
    """Whether what is printed may be told apart by colour: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return is_terminal() and not os.environ.get("NO_COLOR")
