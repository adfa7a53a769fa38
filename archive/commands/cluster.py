"""`bayegan cluster`: who ran a story, and what each changed."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.commands.terminal import (
    Session,
    archive_option,
    echo_json,
    harmless,
    json_option,
    persian,
    remark,
    spoken,
    told,
)
from archive.duplicates.clusters import members
from archive.duplicates.difference import Difference, difference
from archive.duplicates.precedence import Member, chain, in_order, representative
from archive.duplicates.sketch import paragraphs_of, words
from archive.search.hits import open_archive, show
from archive.text.dates import jalali_long

# Passages of a difference that are printed; `--json` has them all.
_SHOWN = 4


@click.command("cluster")
@click.argument("story", type=int)
@archive_option
@json_option
@click.pass_obj
def command(session: Session, story: int, archive: Path | None, *, as_json: bool) -> None:
    """Show who ran a STORY: the members of its cluster, earliest first.

    The one that speaks for the cluster comes first: of the agency the others credit, else the earliest. With each
    other: how much of the texts they share, the way it came by, and what it added (+), dropped (-) and changed (~).
    Passages are told folded, as they were compared.

    \b
    Examples:
      bayegan cluster 20240922000017
      bayegan cluster 20240922000017 --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    with open_archive(path) as conn:
        show(conn, story, path)
        found = members(conn, story)
        first = representative(found)
        ordered = [first, *(one for one in in_order(found) if one.story != first.story)]
        rows = [_row(conn, one, first, found) for one in ordered]
    if as_json:
        echo_json({"cluster": first.story, "members": [_plain(row) for row in rows]})
        return
    for row in rows:
        _print(row)
    remark(told(spoken()("stories", n=len(rows))))


def words_of(conn: sqlite3.Connection, story: int) -> tuple[str, ...]:
    """Return the words of a story that are compared."""
    title, lead, body = conn.execute("SELECT title, lead, body FROM stories WHERE id = ?", (story,)).fetchone()
    return words(paragraphs_of(title, lead, body))


def print_difference(found: Difference) -> None:
    """Print what a story added, dropped and changed, a line for each passage."""
    for sign, colour, passages in (("+", "green", found.added), ("-", "red", found.dropped)):
        for passage in passages[:_SHOWN]:
            click.echo(f"  {click.style(sign, fg=colour)} {persian(passage)}")
        if len(passages) > _SHOWN:
            click.echo(told(f"  {sign} {spoken()('and_more', n=len(passages) - _SHOWN)}"))
    for one, other in found.changed[:_SHOWN]:
        click.echo(f"  {click.style('~', fg='yellow')} {persian(one)} > {persian(other)}")
    if len(found.changed) > _SHOWN:
        click.echo(told(f"  ~ {spoken()('and_more', n=len(found.changed) - _SHOWN)}"))


def _row(conn: sqlite3.Connection, member: Member, first: Member, found: list[Member]) -> dict[str, Any]:
    (title,) = conn.execute("SELECT title FROM stories WHERE id = ?", (member.story,)).fetchone()
    return {
        "id": member.story,
        "agency": member.agency,
        "title": title,
        "published": member.published,
        "lag_min": _lag_min(member, first),
        "from": [one.agency for one in chain(member, found)[1:]],
        "difference": None
        if member.story == first.story
        else difference(words_of(conn, first.story), words_of(conn, member.story)),
    }


def _lag_min(member: Member, first: Member) -> int | None:
    if member.published is None or first.published is None:
        return None
    return round(
        (datetime.fromisoformat(member.published) - datetime.fromisoformat(first.published)).total_seconds() / 60
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "difference": row["difference"] and row["difference"].as_json()}


def _print(row: dict[str, Any]) -> None:
    t = spoken()
    when = t("undated") if row["published"] is None else persian(jalali_long(datetime.fromisoformat(row["published"])))
    lag = f"  {t('lag', minutes=t.digits(f'{row["lag_min"]:+,}'))}" if row["lag_min"] and row["difference"] else ""
    click.echo(f"{click.style(str(row['id']), fg='yellow')}  {harmless(row['agency'])}  {when}{lag}")
    click.echo(f"  {click.style(persian(row['title']), bold=True)}")
    if row["difference"]:
        judged = row["difference"].judgement
        shares = {"first": t.percent(judged.of_first, 1), "second": t.percent(judged.of_second, 1)}
        way = t("by_way_of", agencies=", ".join(map(harmless, row["from"]))) if len(row["from"]) > 1 else ""
        click.echo(told(f"  {'; '.join(filter(None, (t('copy_of_first', **shares), way)))}"))
        print_difference(row["difference"])
    click.echo()
