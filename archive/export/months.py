"""Parquet for many readers: a file an agency and Jalali month, at any address that fsspec knows (s3://, a folder)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import groupby
from typing import Any

from archive.errors import ArchiveError
from archive.export.tables import GROUP, parquet_file
from archive.search.span import of_id
from archive.text.jalali import jalali_day

type Story = Mapping[str, Any]


def write_months(stories: Iterable[Story], to: str) -> int:
    """Write `to`/agency=KEY/month=1403-07/stories.parquet for each agency and month; return how many files.

    `stories` come in the order of their numbers, so a month is written at a time, a writer an agency. The files of a
    month appear together when they are whole, and take the place of those that were there. Raises ArchiveError when
    pyarrow or what the address needs is not installed, or it cannot be written to.
    """
    files, root = 0, _at(to)
    with _told(to):
        for month, some in groupby(stories, _month):
            files += _write(some, month, *root)
    return files


def _write(stories: Iterable[Story], month: str, fs: Any, root: str) -> int:  # noqa: ANN401 - fsspec has no types
    """Write the files of one month; return how many."""
    writers: dict[str, Callable[[list[Story]], None]] = {}
    waiting: dict[str, list[Story]] = {}
    with fs.transaction, ExitStack() as stack:
        for story in stories:
            agency = story["agency"]
            if agency not in writers:
                folder = f"{root}/agency={agency}/month={month}"
                fs.makedirs(folder, exist_ok=True)
                file = stack.enter_context(fs.open(f"{folder}/stories.parquet", "wb"))
                writers[agency], waiting[agency] = stack.enter_context(parquet_file(file)), []
            waiting[agency].append(story)
            if len(waiting[agency]) >= GROUP:
                writers[agency](waiting[agency])
                waiting[agency] = []
        for agency, rest in waiting.items():
            if rest:
                writers[agency](rest)
    return len(writers)


def _month(story: Story) -> str:
    """Return the Jalali month that a story is filed under."""
    year, month, _ = jalali_day(of_id(story["id"]))
    return f"{year}-{month:02}"


def _at(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path there."""
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an optional dependency

        fs, root = url_to_fs(address)
    except ImportError as error:  # of fsspec, or of what it loads for the address
        raise ArchiveError(address, "cannot be written to", f"{error}; pip install 'bayegan[parquet]'") from error
    except ValueError as error:
        raise ArchiveError(address, "cannot be written to", str(error)) from error
    return fs, root.rstrip("/")


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(address, "cannot be written to", error.strerror or str(error)) from error
