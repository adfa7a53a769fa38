"""`bayegan compare`: two stories side by side."""

from pathlib import Path

import click

from archive.commands.cluster import print_difference, words_of
from archive.commands.terminal import Session, archive_option, echo_json, json_option, spoken, told
from archive.duplicates.difference import difference
from archive.duplicates.judgement import Kind
from archive.search.hits import open_archive, show

_TOLD = {Kind.COPY: "kind_copy", Kind.UPDATE: "kind_update", Kind.REUSE: "kind_reuse", None: "kind_none"}


@click.command("compare")
@click.argument("first", type=int)
@click.argument("second", type=int)
@archive_option
@json_option
@click.pass_obj
def command(session: Session, first: int, second: int, archive: Path | None, *, as_json: bool) -> None:
    """Compare two stories: what they share, and what the SECOND added (+), dropped (-) and changed (~).

    Says whether they would be joined as copies, and why: the shares of their words in common, and the places where
    numbers or names disagree. Credits and closing lines do not count; passages are told folded, as they were compared.

    \b
    Example:
      bayegan compare 20240922000017 20240922000031
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    with open_archive(path) as conn:
        for story in (first, second):
            show(conn, story, path)
        found = difference(words_of(conn, first), words_of(conn, second))
    if as_json:
        echo_json({"first": first, "second": second, **found.as_json()})
        return
    t, judged = spoken(), found.judgement
    shares = {"first": t.percent(judged.of_first, 1), "second": t.percent(judged.of_second, 1)}
    click.secho(told(t(_TOLD[judged.kind])), bold=True)
    click.echo(told(f"  {t('words_in_common', n=judged.shared, **shares)}"))
    click.echo(told(f"  {t('slots', numbers=judged.slots.numbers, names=judged.slots.names)}"))
    print_difference(found)
