"""`bayegan search`: find stories from the command line. Loads no crawler: it answers at once from a cold start."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from archive.commands.terminal import (
    Session,
    archive_option,
    echo_json,
    harmless,
    is_terminal,
    isolated,
    json_option,
    persian,
)
from archive.errors import QueryError
from archive.search.hits import Hit, Hits, open_archive, search
from archive.search.query import Query
from archive.text.dates import jalali_long, parse_days


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--agency", default="", help="Only stories of this agency.")
@click.option("--from", "first", help="Only from this day on: 1403/07/01, 2024-09-22, 1403, امروز.")
@click.option("--to", "last", help="Only up to this day, the day itself included.")
@click.option("--sort", type=click.Choice(["best", "newest"]), default="best", show_default=True, help="Which first.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@click.option(
    "--batch", type=click.Path(path_type=Path, exists=True, allow_dash=True), help="One query a line of FILE."
)
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    words: tuple[str, ...],
    *,
    agency: str,
    first: str | None,
    last: str | None,
    sort: str,
    limit: int,
    batch: Path | None,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Find stories that hold all WORDS, however they are spelt.

    Letters (ي/ی, ك/ک), digits, marks and half-spaces make no difference: «کتابهای», «کتاب‌های» and «كتاب هاي» find the
    same stories. Days are Tehran's, Jalali or Gregorian. Ends with 0 also when nothing is found.

    \b
    Examples:
      bayegan search گفت‌وگوی تلفنی --agency mehr
      bayegan search زلزله --from 1403/07/01 --to 1403/07/30 --sort newest
      bayegan search --batch queries.txt --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    if bool(words) == (batch is not None):
        raise click.UsageError("give either WORDS or --batch FILE")
    first_day, last_day = _days(first, last, datetime.now(UTC))
    texts = [" ".join(words)] if batch is None else _queries(batch)
    with open_archive(session.archive(archive)) as conn:
        for text in texts:
            query = Query(
                text=text, agency=agency, first_day=first_day, last_day=last_day, newest=sort == "newest", limit=limit
            )
            found = search(conn, query)
            if batch is not None and not as_json:
                click.secho(f"# {harmless(text)}", bold=True)
            _print(text, found, as_json=as_json, batch=batch is not None)


def _queries(file: Path) -> Iterator[str]:
    with click.open_file(str(file), encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield line.rstrip("\r\n")


def _days(first: str | None, last: str | None, now: datetime) -> tuple[date | None, date | None]:
    """Return the days a search is bounded by; a month or a year counts whole."""
    first_day = None if first is None else parse_days(first, now)[0]
    last_day = None if last is None else parse_days(last, now)[1]
    if first_day and last_day and first_day > last_day:
        raise QueryError("--from", f"{first} is after {last}")
    return first_day, last_day


def _print(text: str, found: Hits, *, as_json: bool, batch: bool) -> None:
    if batch and as_json:
        echo_json({"query": text, "hits": [hit.as_json() for hit in found.hits], "count": found.count})
        return
    for hit in found.hits:
        if as_json:
            echo_json(hit.as_json())
        else:
            print_hit(hit)
    if not as_json:
        shown = f", the first {len(found.hits)} shown" if found.count > len(found.hits) else ""
        click.echo(f"{found.count:,} {'story' if found.count == 1 else 'stories'}{shown}", err=True)


def print_hit(hit: Hit) -> None:
    """Print a hit on three lines: what and when, its headline, its passage."""
    when = "undated" if hit.published is None else jalali_long(datetime.fromisoformat(hit.published))
    click.echo(f"{click.style(str(hit.id), fg='yellow')}  {harmless(hit.agency)}  {persian(when)}")
    click.echo(f"  {click.style(persian(hit.title), bold=True)}")
    click.echo(f"  {persian_snippet(hit.snippet)}\n")


def persian_snippet(snippet: str) -> str:
    """Return a snippet for the terminal: hits in colour, or between brackets where there is none."""
    # Bars keep the blanks at both ends of a part from being trimmed as stray ones.
    texts = [harmless(f"|{html.unescape(part)}|")[1:-1] for part in re.split(r"</?mark>", snippet)]
    return isolated("".join(_mark(text) if number % 2 else text for number, text in enumerate(texts)))


def _mark(word: str) -> str:
    return click.style(word, fg="red", bold=True) if is_terminal() else f"[{word}]"
