"""Raw pages: kept once by hash, packed with an earlier page, on the disk before their story, given back byte by byte."""

import json
import logging
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import pages
from archive.errors import ArchiveError, BusyError
from archive.intake import Intake
from archive.link import Link
from archive.pages import Span
from archive.raw.files import folder_of, open_raw
from archive.raw.months import damaged, months, open_month, read_page
from archive.raw.page import Dictionary, Packer, RawPage, digest, month_of, teaches, unpack
from archive.store import open_store
from archive.verdict import Verdict
from archive.visit import Visit
from scheduler.commands.crawl import crawl_all
from tests.stories import DAY, HOUR, NOON, analysed
from tests.test_crawl import settings
from tests.wire import faults

SITE = "<html><body><ul>" + "".join(f"<li>فهرست شماره {n} از خبرگزاری نمونه</li>" for n in range(400)) + "</ul>"


def page(text="متن خبر با گفت‌وگو", *, fetched=NOON, agency="namune", **changes):
    return RawPage(agency=agency, url="https://www.namune.ir/news/101", fetched=fetched, status=200,
                   body=f"{SITE}<p>{text}</p></body></html>".encode(), request=(("User-Agent", "Bayegan"),),
                   response=(("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), **changes)  # fmt: skip


@pytest.fixture
def raw(tmp_path):
    with open_raw(tmp_path / "raw") as raw:
        yield raw


@given(st.binary(max_size=5000), st.binary(min_size=8, max_size=5000) | st.none())
def test_what_is_packed_comes_back(body, known):
    dictionary = None if known is None else Dictionary(month="1403-07", hash=digest(known), body=known)
    packed = Packer(dictionary).pack(replace(page(), body=body))
    assert unpack(packed.packed, packed.size, known) == body
    assert packed.hash == digest(body)


def test_a_page_is_packed_by_what_an_earlier_one_has_not():
    earlier = page("خبر دیگری از دیروز").body
    alone = Packer(None).pack(page())
    known = Packer(Dictionary(month="1403-07", hash=digest(earlier), body=earlier)).pack(page())
    assert len(known.packed) < len(alone.packed) / 3
    assert len(known.packed) < 200


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        pytest.param(datetime(2024, 9, 22, 8, 30, tzinfo=UTC), "1403-07", id="mehr"),
        pytest.param(datetime(2024, 9, 21, 20, 29, tzinfo=UTC), "1403-06", id="before-midnight-in-tehran"),
        pytest.param(datetime(2024, 9, 21, 20, 30, tzinfo=UTC), "1403-07", id="after-midnight-in-tehran"),
        pytest.param(datetime(2025, 3, 20, 12, tzinfo=UTC), "1403-12", id="leap-day-of-esfand"),
    ],
)
def test_a_month_is_the_jalali_one_in_tehran(moment, month):
    assert month_of(moment) == month


def test_a_page_is_given_back_with_its_headers(raw, tmp_path):
    packed = Packer(None).pack(page())
    raw.keep(packed, teach=True)
    found = read_page(tmp_path / "raw", "1403-07", packed.hash)
    assert found == page()
    assert (tmp_path / "raw" / "1403-07.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "raw").stat().st_mode & 0o077 == 0


def test_a_body_is_kept_once_and_each_fetch_noted(raw, tmp_path):
    for n in range(3):
        raw.keep(Packer(None).pack(page(fetched=NOON + n * HOUR)), teach=True)
    with closing(open_month(tmp_path / "raw" / "1403-07.db")) as conn:
        counts = [conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("bodies", "fetches")]
    assert counts == [1, 3]
    when = NOON + HOUR
    assert read_page(tmp_path / "raw", "1403-07", digest(page().body), "2024-09-22T09:30:00Z").fetched == when


def test_the_first_story_s_page_teaches_the_agency_s_others(raw):
    assert raw.dictionary("namune", "1403-07") is None
    raw.keep(Packer(None).pack(page("نه خبر")), teach=False)
    assert raw.dictionary("namune", "1403-07") is None
    raw.keep(Packer(None).pack(page()), teach=True)
    raw.keep(Packer(None).pack(page("دومی")), teach=True)
    assert raw.dictionary("namune", "1403-07").body == page().body
    assert raw.dictionary("sepehr", "1403-07") is None
    assert raw.dictionary("namune", "1403-08") is None
    assert not teaches(100)


def test_a_worn_dictionary_is_replaced_and_the_old_one_still_read(raw, tmp_path):
    raw.keep(Packer(None).pack(page("نخست")), teach=True)
    first = raw.dictionary("namune", "1403-07")
    packer, kept = Packer(first), []
    for n in range(60):
        new_site = "".join(f"<div class=c{n}>{digest(str(i).encode())}</div>" for i in range(100)) if n >= 20 else ""
        one = page(f"خبر {n} {new_site}")
        kept.append(one)
        raw.keep(packer.pack(one), teach=True)
    second = raw.dictionary("namune", "1403-07")
    assert second != first
    raw.keep(Packer(second).pack(page("پس از آن")), teach=True)
    folder = tmp_path / "raw"
    assert all(read_page(folder, "1403-07", digest(one.body)).body == one.body for one in (*kept, page("پس از آن")))


def test_damage_is_found(raw, tmp_path):
    for text in ("یک", "دو", "سه"):
        raw.keep(Packer(None).pack(page(text)), teach=True)
    raw.close()
    file = tmp_path / "raw" / "1403-07.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        assert list(damaged(conn)) == []
        conn.execute(
            "UPDATE bodies SET packed = CAST(substr(packed, 1, 40) || x'00' || substr(packed, 42) AS BLOB) WHERE id = 2"
        )
        assert list(damaged(conn)) == [digest(page("دو").body)]
    with pytest.raises(ArchiveError, match="damaged"):
        read_page(tmp_path / "raw", "1403-07", digest(page("دو").body))


def test_a_file_that_was_only_begun_is_no_month_and_is_gone_on_with(raw, tmp_path):
    file = tmp_path / "raw" / "1403-07.db"
    file.touch()
    assert months(tmp_path / "raw") == []
    raw.keep(Packer(None).pack(page()), teach=True)
    assert months(tmp_path / "raw") == [file]


def test_two_writers_exclude_each_other(raw, tmp_path):
    with pytest.raises(BusyError), open_raw(tmp_path / "raw"):
        pass


def test_two_archives_of_one_folder_are_not_crawled_at_once(wired, raw, bayegan, tmp_path):
    done = bayegan("--archive", "other.db", "crawl")
    assert done.returncode == 75
    assert done.stderr == (
        f"bayegan: {tmp_path}/raw: in use: another archive beside this one is written to; give each a folder of its own\n"
    )


def test_another_program_s_file_is_left_alone(tmp_path):
    (tmp_path / "raw").mkdir()
    with closing(sqlite3.connect(tmp_path / "raw" / "1403-07.db")) as conn:
        conn.execute("CREATE TABLE t (x)")
    with open_raw(tmp_path / "raw") as raw, pytest.raises(ArchiveError, match="another program"):
        raw.keep(Packer(None).pack(page()), teach=True)


@pytest.fixture
def intake(tmp_path):
    with open_store(tmp_path / "news.db") as store, open_raw(tmp_path / "raw") as raw:
        store.add_agency("namune")
        yield Intake(store=store, agency="namune", raw=raw)


def visit(text, fetched=NOON):
    return Visit(page=Packer(None).pack(page(text, fetched=fetched)))


def test_each_revision_knows_its_page_and_an_unchanged_story_needs_no_other(intake, tmp_path):
    intake.discover([Link(url="https://www.namune.ir/news/101")], NOON)
    (lease,) = intake.lease(1, NOON)
    first = intake.keep(lease.id, analysed(), NOON, None, visit("یک"))
    intake.keep(lease.id, analysed(), NOON + HOUR, None, visit("یک، با آگهی دیگر", NOON + HOUR))
    again = intake.keep(lease.id, analysed(body="متن دیگر"), NOON + DAY, None, visit("دو", NOON + DAY))
    assert (first.verdict, again.verdict) == (Verdict.NEW, Verdict.REVISED)
    conn, folder = intake.store.conn, tmp_path / "raw"
    texts = []
    for revision in (1, 2):
        where = pages.page_of(conn, first.id, revision)
        texts.append(read_page(folder, where.month, where.page).body)
    assert texts == [page("یک").body, page("دو").body]
    with closing(open_month(folder / "1403-07.db")) as month:
        assert month.execute("SELECT count(*) FROM bodies").fetchone() == (2,)


def test_the_page_of_a_known_story_at_an_address_never_looked_at_is_kept(intake, tmp_path):
    intake.discover(
        [Link(url="https://www.namune.ir/news/101"), Link(url="https://www.namune.ir/news/101/گفت‌وگو")], NOON
    )
    one, other = intake.lease(2, NOON)
    first = intake.keep(one.id, analysed(), NOON, None, visit("یک"))
    again = intake.keep(other.id, analysed(), NOON, None, visit("یک، در نشانی دیگر"))
    assert (again.id, again.verdict) == (first.id, Verdict.UNCHANGED)
    where = pages.page_of(intake.store.conn, first.id)
    assert read_page(tmp_path / "raw", where.month, where.page).body == page("یک، در نشانی دیگر").body


def test_a_story_is_not_stored_when_its_page_cannot_be(intake, monkeypatch):
    intake.discover([Link(url="https://www.namune.ir/news/101")], NOON)
    (lease,) = intake.lease(1, NOON)

    def full(*_args, **_options):
        raise ArchiveError("raw/1403-07.db", "cannot be written", "database or disk is full")

    monkeypatch.setattr(type(intake.raw), "keep", full)
    with pytest.raises(ArchiveError, match="disk is full"):
        intake.keep(lease.id, analysed(), NOON, None, visit("یک"))
    assert intake.store.db["stories"].count == 0


def test_a_crawl_keeps_every_page_byte_by_byte(tmp_path, open_wire):
    wire = open_wire(12)
    empty, hostile = wire.stories[0], wire.stories[1]
    wire.fault(wire.path(empty), faults.body("<html><body></body></html>"))
    wire.fault(wire.path(hostile), faults.status(404))
    with open_store(tmp_path / "news.db") as store:
        list(crawl_all(store, settings(), [wire.agency], logging.ERROR))
        kept = list(pages.pages(store.conn, Span()))
        told = dict(store.conn.execute("SELECT id, url FROM stories"))
    folder = folder_of(tmp_path / "news.db")
    bodies = {one.story or -1: read_page(folder, one.month, one.page, one.fetched) for one in kept}
    assert len(bodies) == 11
    assert bodies.pop(-1).body == b"<html><body></body></html>"
    for number, raw_page in bodies.items():
        assert unquote(raw_page.url) == told[number]
        sent = wire.answer(
            type("Asked", (), {"path": raw_page.url.removeprefix(wire.home.rstrip("/")), "headers": {}})()
        )
        assert raw_page.body == sent.body
        assert "Bayegan" in dict(raw_page.request)["User-Agent"]
        assert dict(raw_page.response)["Content-Type"] == "text/html; charset=utf-8"
    (month,) = months(folder)
    with closing(open_month(month)) as conn:
        assert list(damaged(conn)) == []
        assert conn.execute("SELECT count(*) FROM bodies WHERE dictionary IS NOT NULL").fetchone()[0] >= 5


def test_with_the_switch_off_nothing_is_kept(tmp_path, open_wire):
    with open_store(tmp_path / "news.db") as store:
        list(crawl_all(store, settings(raw_pages=False), [open_wire(3).agency], logging.ERROR))
        assert list(pages.pages(store.conn, Span())) == []
    assert not folder_of(tmp_path / "news.db").exists()


def test_the_page_of_a_story_is_printed(bayegan, wired):
    bayegan("crawl")
    (hit, *_) = map(json.loads, bayegan("search", "شماره", "--json").stdout.splitlines())
    told = next(one for one in wired.stories if str(one.id) == hit["story_id"])
    shown = bayegan("page", hit["id"]).stdout
    assert told.title in shown
    assert shown.startswith("<!DOCTYPE html>")
    known = json.loads(bayegan("page", hit["id"], "--json").stdout)
    assert (known["status"], known["page"]) == (200, digest(shown.encode()))
    headers = bayegan("page", hit["id"], "--headers").stdout
    assert "User-Agent: Bayegan/0.1" in headers
    assert "Content-Type: text/html; charset=utf-8" in headers
    assert bayegan("page", 20200101000001).returncode == 1
    missing = bayegan("page", hit["id"], "--revision", 9)
    assert missing.stderr.endswith(f"revision 9 of story {hit['id']}: its raw page was not kept\n")


def test_a_killed_crawl_leaves_no_story_without_its_page(bayegan, wired, tmp_path):
    wired.fault("*", faults.hang(0.05))
    for pause_s in (2.0, 2.6, 3.2):
        with subprocess.Popen([Path(sys.executable).with_name("bayegan"), "crawl"], cwd=tmp_path,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as crawling:  # fmt: skip
            time.sleep(pause_s)
            crawling.send_signal(signal.SIGKILL)
    wired.heal()
    for _ in range(20):
        if bayegan("crawl").returncode == 0:
            break
        time.sleep(0.5)
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        where = [(one.month, one.page) for one in pages.pages(conn, Span())]
        assert conn.execute("SELECT count(*) FROM stories").fetchone() == (10,)
        assert {state for (state,) in conn.execute("SELECT DISTINCT state FROM links")} == {"done"}
    assert len(where) == 10
    assert all(read_page(tmp_path / "raw", month, one).status == 200 for month, one in where)


def test_a_month_later_there_is_another_file(intake, tmp_path):
    intake.discover([Link(url="https://www.namune.ir/news/101")], NOON)
    (lease,) = intake.lease(1, NOON)
    intake.keep(lease.id, analysed(), NOON, None, visit("یک"))
    later = NOON + timedelta(days=31)
    intake.keep(lease.id, analysed(body="دیگر"), later, None, visit("دو", later))
    assert [file.name for file in months(tmp_path / "raw")] == ["1403-07.db", "1403-08.db"]
