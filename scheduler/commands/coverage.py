"""`bayegan coverage`: the coverage book, by agency and Jalali day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option, remark, spoken, told
from archive.coverage import Day, book, today
from archive.heatmap import html, svg
from archive.search.hits import open_archive
from archive.story import iso
from archive.text.dates import jalali, parse_days
from archive.text.jalali import jalali_day, midnight, month_days


@click.command("coverage")
@click.option("--agency", type=AGENCY, default="", help="Only this agency.")
@click.option("--month", default="", help="A Jalali month: 1403/07.  [default: the last 30 days]")
@click.option("--holes", "only_holes", is_flag=True, help="Only days of which something is missing.")
@click.option("--picture", type=click.Path(path_type=Path), help="Write a heat map to this file, .html or .svg.")
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    *,
    agency: str,
    month: str,
    only_holes: bool,
    picture: Path | None,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Show what is stored and what is missing, by agency and day (Jalali, Tehran's).

    `listed` is what the agency's own day archive lists, once it has been walked (the daemon walks each day that is
    over; `bayegan backfill` walks older ones); `missing` are links that are known and gave no story yet.
    `bayegan links` says why.

    \b
    Examples:
      bayegan coverage --month 1403/07 --agency mehr
      bayegan coverage --picture coverage.html
    """  # noqa: D301 - \b keeps Click from filling the lines
    first, last = _span(month, datetime.now(UTC))
    with open_archive(session.archive(archive)) as conn:
        days = book(conn, first, last, agency)
    if picture is not None:
        write = svg if picture.suffix == ".svg" else html
        picture.write_text(write(days, first, last), "utf-8")
        remark(f"bayegan: {picture} written")
        return
    for day in days:
        if day.holes or not only_holes:
            _show(day, as_json=as_json)
    _sum(days)


def _span(month: str, now: datetime) -> tuple[date, date]:
    if not month:
        return today(now) - timedelta(days=29), today(now)
    first, _ = parse_days(month, now=now)
    year, number, _ = jalali_day(first)
    return month_days(year, number)


def _show(day: Day, *, as_json: bool) -> None:
    when = jalali(midnight(day.day))
    if as_json:
        walked = None if day.walked is None else iso(day.walked)
        echo_json({"agency": day.agency, "day": when, "stored": day.stored, "listed": day.listed,
                   "missing": day.missing, "holes": day.holes, "walked": walked})  # fmt: skip
        return
    t = spoken()
    said = [
        t("stored", n=f"{t.number(day.stored):>6}"),
        t("not_walked") if day.listed is None else t("listed", n=day.listed),
        click.style(t("missing", n=day.holes), fg="red") if day.holes else click.style(t("none_missing"), fg="green"),
    ]
    click.echo(told(f"{t.digits(when)}  {day.agency:<14} {t('comma').join(said)}"))


def _sum(days: list[Day]) -> None:
    stored, holes = sum(day.stored for day in days), sum(day.holes for day in days)
    remark(told(spoken()("coverage_sum", days=len(days), stored=stored, missing=holes)))
