"""How far crawls are, on one line of a terminal; elsewhere nothing is said before a crawl has ended."""

import sys
from collections import Counter
from collections.abc import Mapping

import click

from archive.commands.terminal import is_quiet

_CLEAR = "\r\x1b[K"
_WIDTH = 100  # a longer line would wrap, and could not be cleared


class Progress:
    """A line on standard error that is written over itself, if that is a terminal."""

    def __init__(self) -> None:
        """Say nothing yet."""
        self._on = sys.stderr.isatty() and not is_quiet()
        self._said = ""

    def say(self, running: Mapping[str, Counter[str]]) -> None:
        """Show how many stories each running crawl has brought home so far, by verdict."""
        said = line(running)
        if self._on and said != self._said:
            click.echo(f"{_CLEAR}{said}", err=True, nl=False)
            self._said = said

    def clear(self) -> None:
        """Take the line away, so that a report can be printed in its place."""
        if self._said:
            click.echo(_CLEAR, err=True, nl=False)
            self._said = ""


def line(running: Mapping[str, Counter[str]]) -> str:
    """Return the line for crawls under way: agency -> its stories so far by verdict."""
    told = (f"{key}: {_counts(counts)}" for key, counts in sorted(running.items()))
    return "  ".join(told)[:_WIDTH]


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "looking"
