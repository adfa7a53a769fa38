"""Parquet by agency and Jalali month: every story in its own file, whole or not at all, at any address."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.export import months
from archive.export.months import write_months
from archive.export.source import Selection, stories
from archive.search.hits import open_archive
from archive.store import open_store
from tests.stories import DAY, NOON, analysed

parquet = pytest.importorskip("pyarrow.parquet")
fsspec = pytest.importorskip("fsspec")
EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "months.py"


@pytest.fixture
def archive(tmp_path):
    """Twelve stories of two agencies around the first of Mehr 1403, four a day."""
    path = tmp_path / "news.db"
    with open_store(path) as store:
        for number in range(12):
            agency = ("namune", "sepehr")[number % 2]
            published = NOON + (number // 4 - 1) * DAY
            store.add(
                analysed(agency=agency, story_id=str(number), url="", title=f"بودجه {number}", published=published),
                now=NOON,
            )
    return path


def written(archive, to):
    with open_archive(archive) as conn, closing(stories(conn, Selection())) as found:
        return write_months(found, to)


def read(folder):
    return {str(one.relative_to(folder).parent): sorted(parquet.read_table(one, partitioning=None)["id"].to_pylist())
            for one in folder.rglob("*.parquet")}  # fmt: skip


def test_every_story_is_in_the_file_of_its_agency_and_month(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(months, "GROUP", 2)
    assert written(archive, str(tmp_path / "out")) == 4
    found = read(tmp_path / "out")
    assert found == {
        "agency=namune/month=1403-06": [20240921000001, 20240921000003],
        "agency=sepehr/month=1403-06": [20240921000002, 20240921000004],
        "agency=namune/month=1403-07": [20240922000001, 20240922000003, 20240923000001, 20240923000003],
        "agency=sepehr/month=1403-07": [20240922000002, 20240922000004, 20240923000002, 20240923000004],
    }


def test_a_month_written_anew_takes_the_place_of_what_was_there(archive, tmp_path):
    for _ in range(2):
        written(archive, f"file://{tmp_path / 'out'}/")
    assert sum(map(len, read(tmp_path / "out").values())) == 12
    assert {one.name for one in (tmp_path / "out").rglob("*") if one.is_file()} == {"stories.parquet"}


def test_a_month_that_broke_off_leaves_what_was_there(archive, tmp_path):
    written(archive, str(tmp_path / "out"))
    before = read(tmp_path / "out")

    def broken():
        with open_archive(archive) as conn:
            yield from list(stories(conn, Selection()))[:6]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_months(broken(), str(tmp_path / "out"))
    assert read(tmp_path / "out") == before


def test_an_address_that_is_no_folder_is_written_to_as_well(archive):
    assert written(archive, "memory://bucket/news") == 4
    found = fsspec.filesystem("memory").glob("/bucket/news/*/*/stories.parquet")
    assert len(found) == 4


@pytest.mark.parametrize("to", ["none://bucket/x", "/dev/null/x"])
def test_an_address_that_cannot_be_written_to_is_an_error_of_one_line(archive, to):
    with pytest.raises(ArchiveError, match="cannot be written to"):
        written(archive, to)


def test_the_example_reads_them_with_duckdb(bayegan, archive, tmp_path):
    pytest.importorskip("duckdb")
    done = bayegan("export", "--months", "months/")
    assert "4 files at months/" in done.stderr
    done = subprocess.run(
        [sys.executable, EXAMPLE, "months/", "بودجه 1"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["agency", "month", "stories", "with_word", "changed", "copies"]
    assert [line[:4] for line in lines[1:]] == [
        ["namune", "1403-06", "2", "0"], ["sepehr", "1403-06", "2", "1"], ["namune", "1403-07", "4", "1"], ["sepehr", "1403-07", "4", "1"],
    ]  # fmt: skip


def test_months_have_an_address_of_their_own(bayegan, archive):
    assert bayegan("export", "--months", "m/", "-o", "x.jsonl").returncode == 2
