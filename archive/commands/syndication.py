"""`bayegan syndication`: who takes stories over from whom."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, harmless, json_option, spoken, told
from archive.duplicates.syndication import Share, syndication
from archive.search.hits import open_archive
from archive.text.dates import parse_days

# Sources named on a line; `--json` has them all.
_SHOWN = 3


@click.command("syndication")
@click.option("--from", "first", help="Only from this day on: 1403/07/01, 2024-09-22, 1403, امروز.")
@click.option("--to", "last", help="Only up to this day, the day itself included.")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, first: str | None, last: str | None, archive: Path | None, *, as_json: bool) -> None:
    """Show, per agency, how many stories were its own, how many it took over, from whom and how soon.

    A story is taken over when another agency's story speaks for its cluster (see `bayegan cluster`). The lag is the
    median of minutes between the two publications. Days are Tehran's. The same rows stand in the archive's views
    `copies` and `syndication`.

    \b
    Example:
      bayegan syndication --from 1403/07/01 --to 1403/07/30
    """  # noqa: D301 - \b keeps Click from filling the lines
    now = datetime.now(UTC)
    first_day = None if first is None else parse_days(first, now)[0]
    last_day = None if last is None else parse_days(last, now)[1]
    with open_archive(session.archive(archive)) as conn:
        shares = syndication(conn, first_day, last_day)
    for share in shares:
        if as_json:
            echo_json(share.as_json())
        else:
            click.echo(_line(share))


def _line(share: Share) -> str:
    t = spoken()
    lag = "" if share.median_lag_min is None else t("comma") + t("lag_later", n=round(share.median_lag_min))
    sources = t("comma").join(f"{harmless(one.agency)} {t.number(one.stories)}" for one in share.taken[:_SHOWN])
    more = f" {t('and_more', n=len(share.taken) - _SHOWN)}" if len(share.taken) > _SHOWN else ""
    whence = f"  {t('taken_from', sources=sources)}{more}{lag}" if sources else ""
    counts = t("own_and_taken", own=f"{t.number(share.own):>7}", taken=f"{t.number(share.copied):>7}")
    return told(f"{harmless(share.agency):16} {counts}{whence}")
