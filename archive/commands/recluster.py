"""`bayegan recluster`: compare stories anew, by today's rules."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, json_option, remark
from archive.duplicates.recluster import Moved
from archive.errors import QueryError
from archive.store import open_store
from archive.text.dates import parse_days


@click.command("recluster")
@click.option("--from", "first", required=True, help="From this day on: 1403/07/01, 2024-09-22, 1403, امروز.")
@click.option("--to", "last", required=True, help="Up to this day, the day itself included.")
@click.option("--apply", is_flag=True, help="Change the archive; without it, only say what would change.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, first: str, last: str, archive: Path | None, *, apply: bool, as_json: bool) -> None:
    """Compare the stories of some days anew, by today's rules, and say whose cluster changes.

    For stories that came before the rules did, or in an order so wild that their copies were not found (a back-fill
    of years). A dry run unless --apply is given. Days are Tehran's.

    \b
    Examples:
      bayegan recluster --from 1403/07/01 --to 1403/07/07
      bayegan recluster --from 1403/07/01 --to 1403/07/07 --apply
    """  # noqa: D301 - \b keeps Click from filling the lines
    now = datetime.now(UTC)
    first_day, last_day = parse_days(first, now)[0], parse_days(last, now)[1]
    if first_day > last_day:
        raise QueryError("--from", f"{first} is after {last}")
    with open_store(session.archive(archive)) as store:
        stories, moved = store.recluster(first_day, last_day, dry=not apply)
    for one in moved:
        if as_json:
            echo_json({"id": one.story, "before": one.before, "after": one.after})
        else:
            click.echo(_line(one))
    done = "changed" if apply else "would change; --apply changes them"
    remark(f"{stories:,} stories compared, {len(moved):,} {done}")


def _line(moved: Moved) -> str:
    before, after = (
        "by itself" if cluster == moved.story else f"under {cluster}" for cluster in (moved.before, moved.after)
    )
    return f"{moved.story}  {before} > {after}"
