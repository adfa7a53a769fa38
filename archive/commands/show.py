"""`bayegan show`: one story as it was printed."""

import json
import sqlite3
from collections.abc import Callable
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
    spoken,
    told,
)
from archive.duplicates.relations import Relations, other_agencies, relations
from archive.history import withdrawn
from archive.lexicon import is_learnt, printings
from archive.search.hits import open_archive, show
from archive.text.dates import jalali_long
from archive.text.tidy import completed
from archive.text.tidy import tidy as tidy_text

_JSON = ("tags", "images", "credit", "dates", "boilerplate")


@click.command("show")
@click.argument("story", type=int)
@click.option("--tidy", is_flag=True, help="Set half-spaces where the page lost them; the archive stays as printed.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, story: int, archive: Path | None, *, tidy: bool, as_json: bool) -> None:
    """Show one STORY (the number a search prints) as it was printed."""
    path = session.archive(archive)
    with open_archive(path) as conn:
        row = dict(show(conn, story, path))
        row["withdrawn"] = withdrawn(conn, story)
        related = relations(conn, story)
        agencies = other_agencies(conn, [story]).get(story, ())
        if tidy:
            tidied = _tidy(conn)
            row |= {name: tidied(row[name]) for name in ("kicker", "title", "lead", "body")}
    row.pop("sum", None)  # bytes, for `verify` alone
    if as_json:
        parsed = {name: None if row[name] is None else json.loads(row[name]) for name in _JSON}
        echo_json(row | parsed | related.as_json())
    else:
        _print(row)
        _print_relations(related, agencies)


def _tidy(conn: sqlite3.Connection) -> Callable[[str], str]:
    """Return what sets half-spaces: as the archive's stories print them; as hazm does where these say nothing."""
    # hazm takes a second to load; only who needs it waits.
    from archive.text.lemmas import tidy as by_hazm  # noqa: PLC0415

    if not is_learnt(conn):
        return by_hazm
    known = printings(conn)

    def both(text: str) -> str:
        as_printed = tidy_text(text, known)
        return completed(as_printed, by_hazm(as_printed), known)

    return both


def _print(row: dict[str, Any]) -> None:
    if row["kicker"]:
        click.echo(persian(row["kicker"]))
    click.secho(persian(row["title"]), bold=True)
    click.echo(_about(row))
    if doubt := _doubt(json.loads(row["dates"])):
        click.secho(doubt, fg="yellow")
    if row["withdrawn"]:
        click.secho(told(spoken()("taken_down", when=row["withdrawn"])), fg="red")
    for paragraph in (row["lead"], *row["body"].split("\n")):
        if paragraph:
            click.echo(f"\n{persian(paragraph)}")
    tags = json.loads(row["tags"])
    if tags:
        click.echo(f"\n{persian('، '.join(tags))}")
    click.secho(harmless(row["url"]), underline=True)


def _print_relations(related: Relations, agencies: tuple[str, ...]) -> None:
    """Print who else ran a story, and which earlier ones it updates or takes a passage from."""
    if agencies:
        where = spoken()("also_ran_in", n=len(agencies))
        click.echo("\n" + told(f"{where}: {', '.join(map(harmless, agencies))}"))
    for what, stories in (("update_of", related.update_of), ("reuse", related.reuse)):
        if stories:
            click.echo(told(spoken()(what, stories=", ".join(map(str, stories)))))


def _about(row: dict[str, Any]) -> str:
    """Return the line under the headline: agency, when, section, byline, how often changed."""
    when = harmless(row["published_raw"]) or spoken()("undated")
    if row["published"]:
        moment = datetime.fromisoformat(row["published"])
        when = f"{persian(jalali_long(moment))} ({row['published']})"
    changed = spoken()("revision", n=row["revision"]) if row["revision"] > 1 else ""
    parts = (harmless(row["agency"]), when, persian(row["section"]), persian(row["byline"]), changed)
    return " · ".join(part for part in parts if part.strip("\N{RIGHT-TO-LEFT ISOLATE}\N{POP DIRECTIONAL ISOLATE}"))


def _doubt(dates: list[dict[str, Any]]) -> str:
    """Return which dates of the page contradict the one that was believed, "" when none does."""
    t, others = spoken(), (one for one in dates if one.get("disagrees"))
    said = [t("date_says", source=harmless(one["source"]), raw=persian(one["raw"])) for one in others]
    return told(t("other_dates", said="; ".join(said))) if said else ""
