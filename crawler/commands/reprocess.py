"""`bayegan reprocess`: read the raw pages again by today's rules."""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive import pages
from archive.commands.period import days, period_options
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option, persian, progress, remark
from archive.errors import SettingsError
from archive.pages import Span
from archive.place import shared_at
from archive.raw.files import folder_of
from archive.search.hits import open_archive
from archive.settings import Settings
from archive.store import open_store
from crawler.agency import load_agencies
from crawler.reader import open_reader
from crawler.reprocess import Outcome, Reread, put, reread

_SHOWN = 60  # letters of a text, around where it begins to differ


@click.command("reprocess")
@click.option("--agency", type=AGENCY, default="", help="Only pages of this agency.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@period_options
@archive_option
@json_option
@click.pass_obj
def command(
    session: Session,
    *,
    agency: str,
    dry_run: bool,
    first: str | None,
    last: str | None,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Read the raw pages again by today's rules, and put what comes out differently in its place.

    To be used after a family, an agency or a house line was corrected. The text of a story is replaced without a
    revision, since its agency changed nothing; superseded revisions are read again too, and so are pages that gave no
    story. A story is never taken away: when its page gives none any more, that is said and the story stays. Days are
    those of the stories. A line shows each page that comes out differently; ends with 1 when one could not be read.

    \b
    Examples:
      bayegan reprocess --agency mehr --dry-run
      bayegan reprocess --from 1403/07/01
    """  # noqa: D301 - \b keeps Click from filling the lines
    settings, path = session.settings, session.archive(archive)
    known = load_agencies(settings)
    if agency and agency not in known:
        raise SettingsError.unknown("--agency", agency, sorted(known), "no such agency")
    span = Span.of(agency, *days(first, last))
    with _opened(path, dry_run=dry_run) as (conn, keep):
        counts = asyncio.run(_all(conn, path, span, settings, keep, as_json=as_json))
    said = ", ".join(f"{counts[one]:,} {one}" for one in Outcome)
    remark(f"{counts.total():,} pages read: {said}{'; nothing was written' if dry_run else ''}")
    sys.exit(1 if counts[Outcome.FAILED] else 0)


async def _all(
    conn: sqlite3.Connection,
    path: Path,
    span: Span,
    settings: Settings,
    keep: Callable[[Reread], None],
    *,
    as_json: bool,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    total = pages.count(conn, span)
    crawler = settings.crawler
    with (
        open_reader(crawler.extract_s, crawler.extract_bytes) as reader,
        progress(length=total, label="reprocess") as bar,
    ):
        async for one in reread(
            conn, folder_of(path), span, load_agencies(settings), reader, shared=shared_at(path) is not None
        ):
            counts[one.outcome] += 1
            if one.outcome is not Outcome.SAME:
                _show(one, as_json=as_json)
            keep(one)
            bar.update(1)
    return counts


@contextmanager
def _opened(path: Path, *, dry_run: bool) -> Iterator[tuple[sqlite3.Connection, Callable[[Reread], None]]]:
    """Give the archive's connection, and what is to be done with each page: nothing, or what `put` does."""
    with open_archive(path) as conn:
        if dry_run:
            yield conn, lambda _one: None
            return
    with open_store(path) as store:
        yield store.conn, lambda one: put(store, one, datetime.now(UTC))


def _show(one: Reread, *, as_json: bool) -> None:
    where = {"story": one.page.story, "revision": one.page.revision, "link": one.page.link, "agency": one.page.agency}
    if as_json:
        echo_json(where | {"outcome": str(one.outcome), "reason": one.reason, "fields": one.fields})
        return
    what = f"story {one.page.story}" if one.page.story else f"link {one.page.link}"
    click.echo(f"{what}, {one.page.agency}: {one.outcome}{': ' + persian(one.reason) if one.reason else ''}")
    for name, (old, new) in one.fields.items():
        was, now = _around(_text(old), _text(new))
        click.echo(f"  {name}: {click.style(persian(was), fg='red')} -> {click.style(persian(now), fg='green')}")


def _text(value: Any) -> str:  # noqa: ANN401 - a field of any kind
    if isinstance(value, list):
        return " | ".join(map(_text, value))
    return "-" if value in (None, "") else str(value)


def _around(old: str, new: str) -> tuple[str, str]:
    """Return the parts of two texts from shortly before where they begin to differ."""
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, same - _SHOWN // 4)
    return tuple(  # type: ignore[return-value]
        f"{'…' if start else ''}{text[start : start + _SHOWN]}{'…' if len(text) > start + _SHOWN else ''}"
        for text in (old, new)
    )
