"""`bayegan diff`: what changed between two revisions of a story, word by word."""

from pathlib import Path

import click

from archive.commands.terminal import (
    Session,
    archive_option,
    echo_json,
    in_colour,
    isolated,
    json_option,
    persian,
    remark,
    spoken,
    told,
)
from archive.commands.terminal import harmless as plain
from archive.errors import ArchiveError
from archive.history import last_revision, revision
from archive.revisions import Change, Piece, changes
from archive.search.hits import open_archive

_CONTEXT = 12  # words shown beside a change


@click.command("diff")
@click.argument("story", type=int)
@click.option("--rev", "numbers", type=(int, int), help="Two revisions, the older first.  [default: the last two]")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session, story: int, numbers: tuple[int, int] | None, archive: Path | None, *, as_json: bool
) -> None:
    """Show what changed in a STORY (the number a search prints) from one revision to another.

    Each changed passage is named for what became of it: headline, added, removed, reworded, number-changed. Letters'
    codes, marks, half-spaces and the lines under a story are no change. Where there is no colour, words that went
    stand in [-…-], those that came in {+…+}.

    \b
    Examples:
      bayegan diff 20240922000001
      bayegan diff 20240922000001 --rev 1 3 --json
    """  # noqa: D301 - \b keeps Click from filling the lines
    path = session.archive(archive)
    with open_archive(path) as conn:
        last = last_revision(conn, story, path)
        if numbers is None and last == 1:
            raise ArchiveError(path, f"story {story} has one revision", "it was never changed")
        before, after = (revision(conn, story, one, path) for one in numbers or (last - 1, last))
    found = changes(before, after)
    if as_json:
        echo_json(
            {
                "story": story,
                "from": before["number"],
                "to": after["number"],
                "from_seen": before["first_seen"],
                "to_seen": after["first_seen"],
                "changes": [change.as_json() for change in found],
            }
        )
        return
    t = spoken()
    seen = [f"{t.number(row['number'])} ({row['first_seen']})" for row in (before, after)]
    click.secho(told(t("revisions", story=str(story), before=seen[0], after=seen[1])), bold=True)
    for change in found:
        _print(change)
    if not found:
        remark(told(t("same_words")))


def _print(change: Change) -> None:
    t = spoken()
    where = f" {t(f'field_{change.field}')}" if change.field != "title" else ""
    where += f"{t('comma')}{t('in_paragraph', n=change.paragraph)}" if change.paragraph else ""
    click.secho("\n" + told(f"{t(change.kind)}:{where}"), fg="yellow")
    click.echo(isolated(" ".join(_words(piece) for piece in change.pieces)))


def _words(piece: Piece) -> str:
    if piece.changed:
        return " ".join(_mark(text, *style) for text, style in ((piece.old, _GONE), (piece.new, _COME)) if text)
    words = plain(piece.new).split(" ")
    if len(words) > 2 * _CONTEXT:
        words = [*words[:_CONTEXT], "…", *words[-_CONTEXT:]]
    return " ".join(words)


_GONE, _COME = ("red", "[-", "-]"), ("green", "{+", "+}")


def _mark(text: str, colour: str, before: str, after: str) -> str:
    if in_colour():
        return click.style(plain(text), fg=colour, strikethrough=colour == "red")
    return f"{before}{persian(text)}{after}"
