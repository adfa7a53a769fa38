"""`bayegan search`: find stories from the command line. Loads no crawler: it answers at once from a cold start."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from archive.commands.terminal import (
    AGENCY,
    Session,
    archive_option,
    echo_json,
    harmless,
    in_colour,
    isolated,
    json_option,
    persian,
    remark,
    spoken,
    told,
)
from archive.errors import QueryError
from archive.search.facets import Facets
from archive.search.hits import Hit, Hits, open_archive, search
from archive.search.query import SORTS, Query, Sort
from archive.search.span import Span, parse_span
from archive.text.dates import TEHRAN, jalali_long

FACET_VALUES = 12  # of one facet on a terminal line


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--agency", type=AGENCY, default="", help="Only stories of this agency.")
@click.option("--from", "first", help="Only from this day on: 1403/07/01, 2024-09-22, 1403, دیروز.")
@click.option("--to", "last", help="Only up to this day, the day itself included.")
@click.option("--sort", type=click.Choice(SORTS), default="best", show_default=True, help="Which first.")
@click.option("--all-time", is_flag=True, help="Rank every hit, not only the newest ones; takes longer.")
@click.option("--lemmas", is_flag=True, help="Find every form of each word, as `bayegan lexicon` learnt them.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@click.option("--cursor", default="", help="The next page: what the page before it printed as its cursor.")
@click.option("--facets", is_flag=True, help="Also say how many hits there are by agency, section and month.")
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
    sort: Sort,
    all_time: bool,
    lemmas: bool,
    limit: int,
    cursor: str,
    facets: bool,
    batch: Path | None,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Find stories that hold all WORDS, however they are spelt.

    Letters (ي/ی, ك/ک), digits, marks and half-spaces make no difference: «کتابهای», «کتاب‌های» and «كتاب هاي» find the
    same stories. Days are Tehran's, Jalali or Gregorian. Ends with 0 also when nothing is found. Copies of a story
    stand together, under the best hit of a page ("in 4 other agencies"; `bayegan cluster` shows them); --json has each.

    WORDS may say more: "side by side", OR, -not, begin*, title: lead: body: lemma: tag: section: agency: byline:
    credit: kind: date: from: to: (docs/search.md). What is none of it is read as words. Put «--» before WORDS that
    begin with «-».

    \b
    Examples:
      bayegan search گفت‌وگوی تلفنی --agency mehr
      bayegan search زلزله --from 1403/07/01 --to 1403/07/30 --sort newest
      bayegan search '"آتش بس" غزه OR لبنان -فوتبال date:1403/07' --facets
      bayegan search --batch queries.txt --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    if bool(words) == (batch is not None):
        raise click.UsageError("give either WORDS or --batch FILE")
    days = _days(first, last, datetime.now(UTC))
    asked = Query(
        text=" ".join(words),
        agency=agency,
        first_day=days.first,
        last_day=days.last,
        sort=sort,
        limit=limit,
        cursor=cursor,
        all_time=all_time,
        lemmas=lemmas,
        facets=facets,
    )
    with open_archive(session.archive(archive)) as conn:
        if batch is None:
            _print(search(conn, asked), as_json=as_json)
            return
        for text in _queries(batch):
            found = search(conn, replace(asked, text=text))
            if as_json:
                echo_json({"query": text, **found.as_json()})
            else:
                click.secho(f"# {harmless(text)}", bold=True)
                _print(found, as_json=False)


def _queries(file: Path) -> Iterator[str]:
    with click.open_file(str(file), encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield line.rstrip("\r\n")


def _days(first: str | None, last: str | None, now: datetime) -> Span:
    """Return the days a search is bounded by; a month or a year counts whole."""
    days = Span(
        first=None if first is None else parse_span(first, now).first,
        last=None if last is None else parse_span(last, now).last,
    )
    if days.first and days.last and days.first > days.last:
        raise QueryError("--from", f"{first} is after {last}")
    return days


def _print(found: Hits, *, as_json: bool) -> None:
    """Print hits on standard output, copies of a story once; all that is about them on standard error."""
    t, printed = spoken(), set[int]()
    for hit in found.hits:
        if as_json:
            echo_json(hit.as_json())
        elif hit.cluster not in printed:
            print_hit(hit)
        printed.add(hit.cluster)
    for note in found.notes:
        remark(told(t("note", said=harmless(note))))
    if as_json and found.facets:
        echo_json({"facets": found.facets})
    elif not as_json:
        _print_facets(found.facets)
        remark(told(_count(found)))
    if found.cursor:
        remark(told(t("next_page", cursor=found.cursor)))


def _count(found: Hits) -> str:
    """Return how many stories there are, in words."""
    t, hits = spoken(), len(found.hits)
    folded = hits - len({hit.cluster for hit in found.hits})
    stories = t("stories", n=found.count)
    said = [
        t("about", said=stories) if found.about else stories,
        t("shown", n=hits) if found.count > hits else "",
        t("folded", n=folded) if folded else "",
    ]
    return t("comma").join(filter(None, said))


def _print_facets(facets: Facets) -> None:
    """Print each facet on a line, its first values only: --json has them all."""
    t = spoken()
    for name, counts in facets.items():
        if not counts:
            continue
        first = islice(counts.items(), FACET_VALUES)
        values = "  ".join(f"{persian(value)} {t.number(count)}" for value, count in first)
        more = f"  {t('and_more', n=len(counts) - FACET_VALUES)}" if len(counts) > FACET_VALUES else ""
        click.echo(told(f"{click.style(t(f'facet_{name}'), bold=True)}: {values}{more}"))


def print_hit(hit: Hit) -> None:
    """Print a hit on three lines: what and when, its headline, its passage."""
    click.echo(f"{click.style(str(hit.id), fg='yellow')}  {harmless(hit.agency)}  {_when(hit)}")
    click.echo(f"  {click.style(persian(hit.title), bold=True)}")
    click.echo(f"  {persian_snippet(hit.snippet)}")
    if hit.also_ran_in:
        click.secho(told(f"  {spoken()('also_ran_in', n=len(hit.also_ran_in))}"), dim=True)
    click.echo()


def _when(hit: Hit) -> str:
    """Return when a hit was published, in both calendars, in Tehran."""
    if hit.published is None:
        return spoken()("undated")
    moment = datetime.fromisoformat(hit.published)
    return f"{persian(jalali_long(moment))}  {moment.astimezone(TEHRAN):%Y-%m-%d}"


def persian_snippet(snippet: str) -> str:
    """Return a snippet for the terminal: hits in colour, or between brackets where there is none."""
    # Bars keep the blanks at both ends of a part from being trimmed as stray ones.
    texts = [harmless(f"|{html.unescape(part)}|")[1:-1] for part in re.split(r"</?mark>", snippet)]
    return isolated("".join(_mark(text) if number % 2 else text for number, text in enumerate(texts)))


def _mark(word: str) -> str:
    return click.style(word, fg="red", bold=True) if in_colour() else f"[{word}]"
