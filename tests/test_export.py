"""What goes out comes back: exports are whole, ordered, safe to open, and make an equal archive."""

import csv
import gzip
import io
import json
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import rows, withdrawals
from archive.analysis import analyse
from archive.errors import QueryError
from archive.export.jsonl import _SHAPE, read
from archive.export.tables import flat, write_csv
from archive.lines import LineError
from archive.search.hits import open_archive
from archive.store import open_store
from archive.story import Credit, DateFound, Image
from archive.withdrawals import Sighting
from scheduler.cli import bayegan
from tests.stories import DAY, HOUR, NOON, analysed, story

TABLES = ("agencies", "stories", "revisions", "addresses", "withdrawals", "story_pages")
FULL = story(
    story_id="55",
    url="https://namune.ir/news/55",
    kicker="روتیتر",
    tags=("الف", "ب"),
    images=(Image(url="https://a.ir/1.jpg", caption="عکس"),),
    credit=Credit(reporter="ایسنا", source="سپهر"),
    dates=(DateFound(source="visible", raw="۱ مهر", value=NOON), DateFound(source="feed", raw="?", value=None)),
    short_link="https://namune.ir/x55",
    boilerplate=("انتهای پیام",),
    modified=NOON,
)


def fill(path):
    """Store stories with a past: revised, moved, withdrawn, back again, of two agencies."""
    with open_store(path) as store:
        store.add_agency("namune", "خبرگزاری نمونه", ["namune.ir", "namune.com"])
        first = store.add(analysed(), now=NOON).id
        store.add(analyse(FULL), now=NOON)
        for hours, body in enumerate(("۱۵ نفر", "۱۸ نفر", "۱۸ نفر"), 1):
            url = f"https://namune.ir/culture/101?v={hours}"
            store.add(analysed(body=body, url=url), now=NOON + hours * HOUR)
        other = store.add(analysed(agency="sepehr", story_id=None, url="", published=None, lead=""), now=NOON + DAY).id
        for hours in (1, 2):
            at = f"2024-09-24T0{hours}:00:00Z"
            withdrawals.record(store.conn, [Sighting(story=one, at=at, what="HTTP 404") for one in (first, other)])
        withdrawals.seen(store.conn, first, "2024-09-25T00:00:00Z")
        store.conn.execute("INSERT INTO story_pages VALUES (?, 1, '1403-07', 'ab12', '2024-09-22T08:30:00Z')", (first,))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "news.db"
    fill(path)
    return path


def run(path, *arguments):
    result = CliRunner().invoke(bayegan, ["--archive", str(path), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def exported(path, *arguments):
    return [json.loads(line) for line in run(path, "export", *arguments).stdout.splitlines()]


def content(path):
    with open_archive(path) as conn:
        return {table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2")] for table in TABLES}


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_the_import_of_an_export_is_an_equal_archive_and_its_export_the_same_bytes(path, tmp_path, name):
    out, again, copy = tmp_path / name, tmp_path / f"again-{name}", tmp_path / "copy.db"
    run(path, "export", "-o", out)
    run(copy, "import", out)
    assert content(copy) == content(path)
    run(copy, "export", "-o", again)
    assert again.read_bytes() == out.read_bytes()
    with open_store(copy) as store:
        store.conn.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")


def test_an_export_imported_twice_changes_nothing(path, tmp_path):
    out, copy = tmp_path / "out.jsonl", tmp_path / "copy.db"
    run(path, "export", "-o", out)
    run(copy, "import", out)
    result = run(copy, "import", out, "--json")
    assert json.loads(result.stdout) == {"new": 0, "unchanged": 3, "revised": 0, "rejected": 0}
    assert content(copy) == content(path)


def test_an_archive_follows_another_by_its_increments(path, tmp_path):
    out, copy = tmp_path / "out.jsonl", tmp_path / "copy.db"
    run(path, "export", "-o", out)
    run(copy, "import", out)
    with open_store(path) as store:
        store.add(analysed(body="۲۰ نفر"), now=NOON + 9 * DAY)
        store.add(analysed(story_id="77", url=""), now=NOON + 9 * DAY)
    out.write_text(run(path, "export", "--since", "2024-10-01T00:00:00Z").stdout, "utf-8")
    result = run(copy, "import", out, "--json")
    assert json.loads(result.stdout) == {"new": 1, "unchanged": 0, "revised": 1, "rejected": 0}
    assert content(copy) == content(path)


def test_an_older_export_does_not_undo_what_is_newer(path, tmp_path):
    out = tmp_path / "out.jsonl"
    run(path, "export", "-o", out)
    with open_store(path) as store:
        store.add(analysed(body="۲۰ نفر"), now=NOON + 9 * DAY)
    before = content(path)
    run(path, "import", out)
    assert content(path) == before


def test_a_story_whose_number_is_taken_gets_the_next_one(path, tmp_path):
    out, other = tmp_path / "out.jsonl", tmp_path / "other.db"
    run(path, "export", "-o", out)
    with open_store(other) as store:
        store.add(analysed(agency="digar", title="یک خبر دیگر"), now=NOON)
    run(other, "import", out)
    assert [one["id"] for one in exported(other)] == [20240922000001, 20240922000002, 20240922000003, 20240923000001]
    assert [one["revision"] for one in exported(other, "--agency", "namune")] == [3, 1]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        pytest.param([], ["101", "55", None], id="all"),
        pytest.param(["--agency", "namune"], ["101", "55"], id="agency"),
        pytest.param(["--from", "1403/07/02"], [None], id="from"),
        pytest.param(["--to", "1403/07/01"], ["101", "55"], id="to"),
        pytest.param(["نفر"], ["101"], id="words"),
        pytest.param(["کتابخانه‌های", "--agency", "sepehr"], [None], id="words-and-agency"),
        pytest.param(["--since", "2024-09-23T00:00:00Z"], ["101", None], id="since-a-moment-withdrawals-count"),
        pytest.param(["--since", "1403/07/04"], ["101"], id="since-a-day"),
    ],
)
def test_an_export_holds_what_was_asked_for(path, arguments, ids):
    assert [one["story_id"] for one in exported(path, *arguments)] == ids


def test_since_needs_a_moment(path):
    with pytest.raises(QueryError, match="no moment"):
        run(path, "export", "--since", "soon")


def test_a_csv_cell_is_never_a_formula(path, tmp_path):
    with open_store(path) as store:
        store.add(analysed(story_id="9", url="", title="=HYPERLINK(1)", lead=" +98", body="-1"), now=NOON)
    found = list(csv.DictReader(io.StringIO(run(path, "export", "--format", "csv").stdout.lstrip("\ufeff"))))
    assert [one["title"] for one in found if one["story_id"] == "9"] == ["'=HYPERLINK(1)"]
    assert all(not value.lstrip(" ").startswith(("=", "+", "-", "@")) for row in found for value in row.values())
    assert [one["withdrawn"] for one in found if one["agency"] == "sepehr"] == ["2024-09-24T02:00:00Z"]
    assert found[1]["tags"] == "الف، ب"
    assert found[1]["published_jalali"] == "1403/07/01"


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_no_text_breaks_a_csv_row(text):
    whole = {**_line(), "title": text, "tags": [text]}
    found = list(csv.reader(io.StringIO(b"".join(write_csv([whole])).decode().lstrip("\ufeff"), newline="")))
    assert len(found) == 2
    assert dict(zip(found[0], found[1], strict=True))["title"].removeprefix("'") == text.removeprefix("'")


def test_parquet_has_a_row_a_story_with_typed_columns(path, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    run(path, "export", "--format", "parquet", "-o", out)
    table = parquet.read_table(out)
    assert table.column("story_id").to_pylist() == ["101", "55", None]
    assert table.column("published").to_pylist() == [NOON, NOON, None]
    assert table.column("tags").to_pylist()[1] == ["الف", "ب"]
    assert table.column_names == list(flat(_line()))


def test_an_atom_feed_is_well_formed_and_says_when_a_story_changed(path):
    root = ET.fromstring(run(path, "export", "--format", "atom").stdout)  # noqa: S314 - our own feed
    name = "{http://www.w3.org/2005/Atom}"
    assert [one.findtext(f"{name}updated") for one in root.iter(f"{name}entry")] == [
        "2024-09-22T10:30:00Z", "2024-09-22T08:30:00Z", "2024-09-23T08:30:00Z",
    ]  # fmt: skip
    assert root.find(f"{name}entry/{name}content").text == "۱۸ نفر"


def test_a_file_is_whole_or_not_there(path, tmp_path, monkeypatch):
    def broken(_stories):
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(__import__("archive.commands.export", fromlist=["STREAMS"]).STREAMS, "jsonl", broken)
    with pytest.raises(Exception, match="cannot be written: No space left"):
        run(path, "export", "-o", tmp_path / "out.jsonl")
    assert [one.name for one in tmp_path.iterdir() if "out" in one.name] == []


def _line():
    return json.loads(
        json.dumps({
            "bayegan": 1, "id": 1, **FULL.as_json(), "agency_name": "", "agency_hosts": [], "content_hash": "", "revision": 1,
            "revised": None, "first_seen": "2024-09-22T08:30:00Z", "last_seen": "2024-09-22T08:30:00Z", "address": "a.ir/1",
            "addresses": [], "revisions": [], "withdrawals": [], "pages": [], "cluster": 1, "also_ran_in": [], "update_of": [], "reuse": [],
        })
    )  # fmt: skip


def test_every_field_of_a_story_has_its_shape():
    assert set(rows.STORY) <= set(_SHAPE)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": 5}, {"title": "\x1b[31m"}, {"id": "1"}, {"id": 0}, {"id": 2**60}, {"tags": "الف"}, {"tags": [1]}, {"published": "1403"},
        {"published": "2024-13-01T00:00:00Z"}, {"images": [{"url": "x", "caption": "y", "more": 1}]}, {"credit": {"reporter": "x"}}, {"bayegan": 2},
        {"revisions": [{}]}, {"title": "", "lead": "", "body": ""}, {"agency": ""}, {"first_seen": None}, {"revision": True},
        {"published": "2024-02-31T00:00:00Z"},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_no_export_wrote_is_refused(changed):
    read(json.dumps(_line()).encode())
    with pytest.raises(LineError):
        read(json.dumps({**_line(), **changed}).encode())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(sorted(_line())),
)
def test_no_value_breaks_the_reader(value, key):
    with suppress(LineError):
        read(json.dumps({**_line(), key: value}).encode())


def test_a_packed_export_is_the_same_whenever_it_is_made(path, tmp_path):
    one, other = tmp_path / "one.jsonl.gz", tmp_path / "other.jsonl.gz"
    run(path, "export", "-o", one)
    run(path, "export", "-o", other)
    assert one.read_bytes() == other.read_bytes()
    assert len(gzip.decompress(one.read_bytes()).splitlines()) == 3
