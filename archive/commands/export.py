"""`bayegan export`: write stories out, whole or as a table or feed."""

import gzip
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from archive import pages
from archive.commands.period import days, moments, period_options
from archive.commands.terminal import AGENCY, Session, archive_option, progress, remark
from archive.durable import flush
from archive.errors import ArchiveError, QueryError
from archive.export.atom import write_atom
from archive.export.jsonl import write
from archive.export.months import write_months
from archive.export.source import Selection, count, stories
from archive.export.tables import write_csv, write_parquet
from archive.pages import Span
from archive.raw.files import folder_of
from archive.raw.months import read_page
from archive.search.hits import open_archive
from archive.search.query import fts_expression
from archive.search.span import DAY
from archive.story import iso

type Stories = Iterable[Mapping[str, Any]]

# Formats that are a stream of bytes; Parquet is none, its index stands at its end.
STREAMS: dict[str, Callable[[Stories], Iterator[bytes]]] = {"jsonl": write, "csv": write_csv, "atom": write_atom}


@click.command("export")
@click.argument("words", nargs=-1)
@click.option("--format", "form", type=click.Choice([*STREAMS, "parquet", "warc"]), default="jsonl", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@click.option(
    "--months", metavar="ADDRESS", help="Parquet, a file an agency and Jalali month: a folder, s3://bucket/news."
)
@click.option("--agency", type=AGENCY, default="", help="Only stories of this agency.")
@period_options
@click.option(
    "--since", help="Only what was stored, revised or withdrawn at or after this: 2024-09-22T08:30:00Z, 1403/07/01."
)
@archive_option
@click.pass_obj
def command(
    session: Session,
    words: tuple[str, ...],
    *,
    form: str,
    output: Path | None,
    months: str | None,
    agency: str,
    first: str | None,
    last: str | None,
    since: str | None,
    archive: Path | None,
) -> None:
    """Write out all stories, or those that hold all WORDS, in the order of their numbers.

    \b
      jsonl    whole: revisions, addresses, withdrawals; `bayegan import` makes an equal archive of it
      csv      the current text, a row a story; safe to open in a spreadsheet
      parquet  the same for data frames (needs pyarrow)
      atom     the same as a feed
      warc     the raw pages they were read from, for replay tools (WARC 1.1, .warc.gz)

    Each tells what stories are to others, by their numbers: `cluster` (the story that speaks for its copies; itself
    when it is alone), `also_ran_in`, `update_of` (issues of the same form), `reuse` (stories it shares a passage with).

    There is no limit, and memory stays flat. All is of one moment, whatever is written meanwhile. What to give --since
    the next time stands on standard error. A file ending in .gz is packed, and no file is ever half written.

    \b
    Examples:
      bayegan export -o news.jsonl.gz
      bayegan export زلزله --from 1403/07/01 --format csv -o quake.csv
      bayegan export --months s3://bucket/news --from 1403/07/01 --to 1403/07/30    (docs/scale.md)
      bayegan export --since 2024-09-22T08:30:00Z >> feed.jsonl
    """  # noqa: D301 - \b keeps Click from filling the lines
    if months and (output is not None or form != "jsonl"):
        raise click.UsageError("--months is Parquet at an address of its own: no --format, no --output")
    if form in ("parquet", "warc") and output is None:
        raise click.UsageError(f"{form} needs --output FILE")
    path, now = session.archive(archive), datetime.now(UTC)
    if form == "warc" and output is not None:
        if words or since:
            raise click.UsageError("a WARC holds whole days: --agency, --from and --to, no WORDS or --since")
        _export_pages(path, _selection((), agency, first, last, None), output)
        return
    with open_archive(path) as conn:
        selection = _selection(words, agency, first, last, since)
        total = count(conn, selection)
        with progress(stories(conn, selection), length=total, label="export") as found:
            if months:
                files = write_months(found, months)
                remark(f"{files:,} files at {months}")
            elif output is None:
                _pour(STREAMS[form](found), sys.stdout.buffer)
            else:
                _write(form, found, output)
    remark(f"{total:,} {'story' if total == 1 else 'stories'}; next time --since {iso(now)}")


def _export_pages(path: Path, chosen: Selection, output: Path) -> None:
    # Written in pieces of its own packing; warcio is loaded only here.
    from archive.raw.warc import write_warc  # noqa: PLC0415

    span = Span(agency=chosen.agency, first=chosen.first_id, last=chosen.last_id, since="9999")
    with open_archive(path) as conn, _whole(output) as part, part.open("wb") as out:
        total = pages.count(conn, span)
        with progress(pages.pages(conn, span), length=total, label="export") as found:
            folder = folder_of(path)
            written = write_warc(
                ((read_page(folder, one.month, one.page, one.fetched), {"story": one.story, "revision": one.revision})
                 for one in found),
                out,
            )  # fmt: skip
    remark(f"{written:,} {'page' if written == 1 else 'pages'}")


def _selection(
    words: tuple[str, ...], agency: str, first: str | None, last: str | None, since: str | None
) -> Selection:
    first_day, last_day = days(first, last)
    after = None if last_day is None else last_day + timedelta(days=1)
    return Selection(
        agency=agency,
        match=fts_expression(" ".join(words)) if words else "",
        first_id=0 if first_day is None else int(first_day.strftime("%Y%m%d")) * DAY,
        last_id=2**53 if after is None else int(after.strftime("%Y%m%d")) * DAY - 1,
        since=_moment(since) if since else "",
    )


def _moment(text: str) -> str:
    """Return the moment a person means: ISO 8601 with a zone, else the beginning of a day in Tehran."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return iso(moment)
    try:
        return moments(text, None)[0]
    except QueryError as error:
        raise QueryError("--since", text, "no moment; write 2024-09-22T08:30:00Z or a day") from error


def _pour(pieces: Iterable[bytes], to: IO[bytes]) -> None:
    for piece in pieces:
        to.write(piece)
    to.flush()


def _write(form: str, found: Stories, output: Path) -> None:
    """Write a file under another name, and give it its own when it is whole and on the disk."""
    try:
        with _whole(output) as part:
            if form == "parquet":
                write_parquet(found, part)
            elif output.suffix == ".gz":
                # No name and no time inside: the same stories give the same bytes.
                with part.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                    _pour(STREAMS[form](found), packed)  # type: ignore[arg-type]
            else:
                with part.open("wb") as raw:
                    _pour(STREAMS[form](found), raw)
    except OSError as error:
        raise ArchiveError(output, "cannot be written", error.strerror or "") from error


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    part = output.with_name(f".{output.name}.part")
    try:
        yield part
        flush(part)
        part.replace(output)
        flush(output.parent)
    finally:
        part.unlink(missing_ok=True)
