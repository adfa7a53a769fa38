"""WARC 1.1: raw pages out for replay tools, which find every digest right; pages of others in, as stories."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.raw.page import RawPage
from archive.raw.warc import read_warc, write_warc
from tests.stories import NOON

WARCIO = Path(sys.executable).with_name("warcio")


@pytest.fixture
def exported(bayegan, wired, tmp_path):
    """The wire crawled and its raw pages exported; the WARC file, and the wire."""
    bayegan("crawl")
    done = bayegan("export", "--format", "warc", "-o", "pages.warc.gz")
    assert done.returncode == 0, done.stderr
    return tmp_path / "pages.warc.gz", wired


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def records(file):
    with file.open("rb") as raw:
        for record in ArchiveIterator(raw, check_digests=True):
            body = record.content_stream().read()
            yield record, body


def page(**changes):
    values = {"agency": "namune", "url": "https://www.namune.ir/news/101", "fetched": NOON, "status": 200,
              "body": "<p>گفت‌وگو</p>".encode(), "request": (("User-Agent", "Bayegan"),),
              "response": (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))}  # fmt: skip
    return RawPage(**{**values, **changes})


def test_warcio_s_own_check_finds_nothing_wrong(exported):
    file, _ = exported
    done = subprocess.run([WARCIO, "check", "-v", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout
    assert "fail" not in done.stdout
    assert subprocess.run([WARCIO, "index", file], capture_output=True, check=False).returncode == 0


def test_each_page_is_a_response_a_request_and_what_is_known_of_it(exported):
    file, wire = exported
    kinds, told = [], []
    for record, body in records(file):
        kinds.append(record.rec_type)
        assert record.rec_headers.protocol == "WARC/1.1"
        if record.rec_type == "response":
            assert record.http_headers.get_header("Content-Length") == str(len(body))
            assert record.http_headers.get_header("Content-Type") == "text/html; charset=utf-8"
        if record.rec_type == "request":
            assert record.http_headers.get_header("Host") in wire.home
            assert "Bayegan" in record.http_headers.get_header("User-Agent")
        if record.rec_type == "metadata":
            # Replay tools index metadata of any other kind as if it were the page it tells of.
            assert record.content_type == "application/warc-fields"
            told.append(dict(line.split(": ", 1) for line in body.decode().splitlines()))
    assert kinds[0] == "warcinfo"
    assert kinds[1:] == ["response", "request", "metadata"] * 10
    assert {row["agency"] for row in told} == {"wire"}
    assert all(row["story"] and row["revision"] == "1" for row in told)


def test_a_body_that_was_written_before_is_a_revisit():
    out = io.BytesIO()
    later = datetime(2024, 9, 23, tzinfo=UTC)
    assert write_warc([(page(), {}), (page(fetched=later), {}), (page(body=b"x"), {})], out) == 3
    out.seek(0)
    found = [one for one in ArchiveIterator(out) if one.rec_type in ("response", "revisit")]
    assert [one.rec_type for one in found] == ["response", "revisit", "response"]
    first, again = (one.rec_headers for one in found[:2])
    assert again.get_header("WARC-Payload-Digest") == first.get_header("WARC-Payload-Digest")
    assert again.get_header("WARC-Refers-To-Target-URI") == "https://www.namune.ir/news/101"
    assert again.get_header("WARC-Refers-To-Date") == "2024-09-22T08:30:00Z"
    assert again.get_header("WARC-Date") == "2024-09-23T00:00:00Z"


def test_what_is_written_is_read_again(tmp_path):
    file = tmp_path / "a.warc.gz"
    with file.open("wb") as out:
        write_warc([(page(), {})], out)
    (found,) = read_warc(file)
    assert (found.page.body, found.page.fetched, found.page.url) == (page().body, NOON, page().url)
    assert ("Content-Encoding", "gzip") not in found.page.response


def test_a_foreign_warc_comes_in_as_stories_with_their_pages(exported, bayegan, tmp_path):
    file, wire = exported
    (tmp_path / "other").mkdir()
    done = bayegan("--archive", "other/news.db", "import", file, "--json")
    assert done.returncode == 0, done.stderr
    assert rows(done) == [{"new": 10, "revised": 0, "unchanged": 0, "older": 0, "rejected": 0}]
    hits = rows(bayegan("--archive", "other/news.db", "search", "شماره", "--json"))
    assert len(hits) == 10
    shown = bayegan("--archive", "other/news.db", "page", hits[0]["id"])
    assert shown.stdout.startswith("<!DOCTYPE html>")
    body = rows(bayegan("--archive", "other/news.db", "show", hits[0]["id"], "--json"))[0]["body"]
    assert body == wire.truth()[hits[0]["story_id"]]
    again = rows(bayegan("--archive", "other/news.db", "import", file, "--json"))
    assert again == [{"new": 0, "revised": 0, "unchanged": 10, "older": 0, "rejected": 0}]


@pytest.mark.parametrize("lost", [1, 200, 5000])
def test_a_torn_tail_is_left_out(exported, lost, tmp_path):
    file, _ = exported
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(file.read_bytes()[:-lost])
    found = list(read_warc(torn))
    pages = [one for one in found if one.page is not None]
    assert len(pages) >= 8
    assert all(one.page.body.startswith(b"<!DOCTYPE html>") for one in pages)


def test_a_damaged_page_is_not_taken(tmp_path):
    out = io.BytesIO()
    write_warc([(page(), {})], out)
    plain = tmp_path / "a.warc"
    with io.BytesIO(out.getvalue()) as packed:
        import gzip  # noqa: PLC0415

        whole = gzip.decompress(packed.getvalue())
    plain.write_bytes(whole.replace("گفت".encode(), "گقت".encode()))
    (found,) = read_warc(plain)
    assert (found.page, found.reason) == (None, "its digest is wrong: damaged")


def test_pages_of_nobody_we_know_are_named_and_left(bayegan, wired, tmp_path):
    with (tmp_path / "a.warc.gz").open("wb") as out:
        write_warc(
            [(page(url="https://elsewhere.example/news/1"), {}), (page(status=404, body=b"<p>404</p>"), {})], out
        )
    done = bayegan("import", "a.warc.gz", "--json")
    assert (done.returncode, rows(done)[0]["rejected"]) == (1, 2)
    assert "https://elsewhere.example/news/1: no story of an agency that is known" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.warc", b"no warc at all\n\n", "no WARC"),
        ("a.warc.gz", b"\x1f\x8bxx", "no WARC"),
        ("b.warc", None, "cannot be read"),
    ],
)
def test_what_is_no_warc_is_an_error_in_one_line(bayegan, tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = bayegan("import", name)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]


def test_a_warc_needs_a_file_and_takes_no_words(bayegan, exported):
    assert bayegan("export", "--format", "warc").returncode == 2
    assert bayegan("export", "زلزله", "--format", "warc", "-o", "x.warc.gz").returncode == 2
    assert bayegan("export", "--format", "warc", "--from", "1404/01/01", "-o", "x.warc.gz").stderr.endswith("0 pages\n")
