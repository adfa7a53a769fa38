"""`bayegan import`: take in stories from JSON Lines."""

import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import batched, groupby
from pathlib import Path
from typing import IO

import click

from archive.analysis import Analysed, analyse
from archive.commands.terminal import AGENCY, Session, archive_option, echo_json, json_option, progress
from archive.duplicates.credit import find_credit
from archive.errors import ArchiveError
from archive.export.jsonl import MARK, Whole, read
from archive.lines import MAX_LINE, LineError, read_line
from archive.store import Store, open_store
from archive.story import Story
from archive.verdict import Stored

# Stories per transaction: large enough that the index is merged seldom, small enough that a kill repeats little (a
# second's work) and that they take little memory. What the index may gather has room for them (schema 20).
BATCH = 1_000
# A line with all revisions of a story may be much longer than a story.
_LONGEST = 16 * MAX_LINE


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--agency", type=AGENCY, help="The agency of lines that name none.  [default: the file name's first word]"
)
@archive_option
@json_option
@click.pass_obj
def command(session: Session, file: Path, agency: str | None, archive: Path | None, *, as_json: bool) -> None:
    """Take in stories from a JSON Lines file (.jsonl or .jsonl.gz): one object a line.

    Keys are those that `bayegan extract --json` prints; `id` may stand for story_id and `paragraphs` (a list) for
    body. A time without an offset is Tehran's. A line that is no story is reported with its number and skipped; the
    rest goes in. Importing a file twice changes nothing. Ends with 1 when no line could be taken in.

    Lines of `bayegan export` bring a story's whole past: its number, revisions and withdrawals; the import of an export
    gives an equal archive.

    \b
    Example:
      bayegan import stories.jsonl.gz --agency mehr
    """  # noqa: D301 - \b keeps Click from filling the lines
    counts: Counter[str] = Counter(new=0, unchanged=0, revised=0, rejected=0)
    now = datetime.now(UTC)
    named = agency or file.name.replace(".", "-").split("-")[0]
    with open_store(session.archive(archive), alerts=session.settings.alerts_folder) as store, _lines(file) as lines:
        names = session.agency_names()
        found = _stories(file, lines, named, now, counts)
        stories = (one if isinstance(one, Whole) else analyse(_credited(one, names)) for one in found)
        for batch in batched(stories, BATCH):
            counts.update(stored.verdict for stored in _store(store, batch, names, now))
    if as_json:
        echo_json(dict(counts))
    else:
        click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    sys.exit(1 if counts["rejected"] and counts["rejected"] == counts.total() else 0)


def _store(
    store: Store, batch: Sequence[Analysed | Whole], names: Mapping[str, str], now: datetime
) -> Iterator[Stored]:
    """Store a batch, each run of stories of one kind in one transaction: our own with their past, others as news."""
    for whole, run in groupby(batch, lambda one: isinstance(one, Whole)):
        some = list(run)
        if whole:
            yield from store.restore_all([one for one in some if isinstance(one, Whole)])
            continue
        news = [one for one in some if isinstance(one, Analysed)]
        for key in {one.story.agency for one in news}:
            store.add_agency(key, names.get(key, ""))
        yield from store.add_all(news, now=now)


def _stories(
    file: Path, lines: Iterator[bytes], agency: str, now: datetime, counts: Counter[str]
) -> Iterator[Story | Whole]:
    """Yield the stories of `lines`; count and report those that are none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield read(line) if line.startswith(MARK) else read_line(line, agency=agency, now=now)
        except LineError as error:
            counts["rejected"] += 1
            click.echo(f"bayegan: {file}: line {number}: {error}", err=True)


def _credited(story: Story, names: Mapping[str, str]) -> Story:
    """Return `story` with the credit it opens with, where its line gives none."""
    return story if story.credit else replace(story, credit=find_credit([story.lead, *story.paragraphs[:2]], names))


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[bytes]]:
    """Give the lines of a file, unpacked, with progress by bytes read; ArchiveError if it cannot be read."""
    try:
        raw = file.open("rb")
    except OSError as error:
        raise ArchiveError(file, "cannot be read", error.strerror or "") from error
    lines = gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else raw
    label = f"import {file.name}"
    with raw, progress(length=file.stat().st_size, label=label) as bar:
        yield _counted(file, lines, lambda: bar.update(raw.tell() - bar.pos))


def _counted(file: Path, lines: IO[bytes] | gzip.GzipFile, advance: Callable[[], None]) -> Iterator[bytes]:
    while True:
        try:
            line = lines.readline(_LONGEST)
        except (OSError, EOFError, zlib.error) as error:
            raise ArchiveError(file, "cannot be read", str(error)) from error
        if not line:
            return
        advance()
        yield line
