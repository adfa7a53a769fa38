"""Reading raw pages again: what a better rule finds goes in its place, without a revision, and nothing is lost."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.store import open_store
from tests.wire import faults

# What an agency file may say wrongly: its body loses its first paragraph.
WRONG = 'drop = [".item-text p:first-child"]\n'


@pytest.fixture
def agency_file(tmp_path, wired):
    return tmp_path / "own" / "wire.toml"


@pytest.fixture
def misread(bayegan, wired, agency_file):
    """The wire, crawled by a wrong rule that is corrected then."""
    right = agency_file.read_text("utf-8")
    agency_file.write_text(right + WRONG, "utf-8")
    bayegan("crawl")
    agency_file.write_text(right, "utf-8")
    return wired


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def archive(tmp_path, sql, *values):
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        return conn.execute(sql, values).fetchall()


def test_a_dry_run_shows_what_would_change_and_changes_nothing(bayegan, misread, tmp_path):
    before = archive(tmp_path, "SELECT id, body FROM stories ORDER BY id")
    done = bayegan("reprocess", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    found = rows(done)
    assert len(found) == 10
    assert {row["outcome"] for row in found} == {"changed"}
    for row in found:
        assert "body" in row["fields"], row
        was, now = row["fields"]["body"]
        assert len(now) > len(was)
    assert "10 pages read: 0 same, 10 changed, 0 found, 0 lost, 0 failed; nothing was written" in done.stderr
    assert archive(tmp_path, "SELECT id, body FROM stories ORDER BY id") == before
    assert " -> " in bayegan("reprocess", "--dry-run").stdout


def test_the_better_reading_takes_the_place_of_the_other_without_a_revision(bayegan, misread, tmp_path):
    bayegan("reprocess")
    told = dict(archive(tmp_path, "SELECT story_id, body FROM stories"))
    assert told == misread.truth()
    assert archive(tmp_path, "SELECT DISTINCT revision FROM stories") == [(1,)]
    again = bayegan("reprocess", "--dry-run")
    assert again.stdout == ""
    assert "10 pages read: 10 same" in again.stderr
    assert bayegan("verify").returncode == 0
    assert rows(bayegan("crawl", "--json"))[0]["revised"] == 0


def test_words_that_were_read_anew_are_found(bayegan, misread):
    story = misread.stories[0]
    words = story.paragraphs[0].split()[:6]
    bayegan("reprocess")
    found = rows(bayegan("search", f'"{" ".join(words)}"', "--json"))
    assert str(story.id) in [hit["story_id"] for hit in found]


def test_only_the_pages_asked_for_are_read(bayegan, misread):
    assert "0 pages read" in bayegan("reprocess", "--dry-run", "--from", "1404/01/01").stderr
    assert "10 pages read" in bayegan("reprocess", "--dry-run", "--from", "1403/07/01", "--to", "1403/07/30").stderr
    assert "10 pages read" in bayegan("reprocess", "--dry-run", "--agency", "wire").stderr
    assert "0 pages read" in bayegan("reprocess", "--dry-run", "--agency", "mehr").stderr
    assert bayegan("reprocess", "--agency", "wier").returncode == 2


def test_a_superseded_revision_is_read_again_too(bayegan, wired, agency_file, tmp_path):
    right = agency_file.read_text("utf-8")
    agency_file.write_text(right + WRONG, "utf-8")
    bayegan("crawl")
    old = wired.stories[0]
    new = replace(old, paragraphs=("نخستین بند تازه است.", *old.paragraphs), modified=old.modified + timedelta(days=1))
    wired.stories[0] = new
    bayegan("crawl")
    agency_file.write_text(right, "utf-8")
    bayegan("reprocess")
    found = archive(tmp_path, "SELECT v.body FROM story_revisions v JOIN stories s ON s.id = v.story"
                    " WHERE s.story_id = ? ORDER BY number", str(old.id))  # fmt: skip
    assert [body for (body,) in found] == ["\n".join(one.paragraphs) for one in (old, new)]
    assert bayegan("verify").returncode == 0


def test_a_page_that_gave_no_story_gives_one_by_a_better_rule(bayegan, wired, agency_file, tmp_path):
    right = agency_file.read_text("utf-8")
    story = wired.stories[0]
    text = "".join(f"<p>{one}</p>" for one in story.paragraphs)
    odd = f"<html><head><title>{story.title}</title></head><body><h1 class='title'>{story.title}</h1><section class='odd'>{text}</section></body></html>"
    wired.fault(wired.path(story), faults.body(odd))
    agency_file.write_text(right + 'drop = [".odd"]\n', "utf-8")
    (tmp_path / "own" / "families").mkdir()
    bayegan("crawl")
    missing = archive(tmp_path, "SELECT state FROM links WHERE story IS NULL")
    if not missing:
        pytest.fail("the page was meant to give no story")
    family = 'body = ["section.odd", ".item-text"]\ntitle = ["h1.title", ".item-title .title"]\n'
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "odd.toml").write_text(family, "utf-8")
    agency_file.write_text(right.replace('"nastooh"', '"odd"'), "utf-8")
    done = bayegan("reprocess", "--json")
    found = [row for row in rows(done) if row["outcome"] == "found"]
    assert len(found) == 1
    assert archive(tmp_path, "SELECT body FROM stories WHERE url LIKE ?", f"%{story.id}%")[0][0] == "\n".join(
        story.paragraphs
    )
    assert archive(tmp_path, "SELECT count(*) FROM link_pages") == [(0,)]
    assert archive(tmp_path, "SELECT count(*) FROM story_pages") == [(10,)]


def test_a_story_whose_page_gives_none_any_more_stays(bayegan, wired, agency_file, tmp_path):
    bayegan("crawl")
    before = archive(tmp_path, "SELECT id, body FROM stories ORDER BY id")
    agency_file.write_text(agency_file.read_text("utf-8") + 'drop = ["p", "div", "h1", "span"]\n', "utf-8")
    family = tmp_path / "families"
    family.mkdir()
    (family / "nothing.toml").write_text('body = ["nav"]\ntitle = ["nav"]\nlead = ["nav"]\n', "utf-8")
    page = archive(tmp_path, "SELECT page FROM story_pages LIMIT 1")[0][0]
    with closing(sqlite3.connect(next((tmp_path / "raw").glob("*.db")))) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("DELETE FROM bodies WHERE hash <> ? AND hash NOT IN (SELECT hash FROM dictionaries)", (page,))
        conn.commit()
    done = bayegan("reprocess")
    assert done.returncode == 1
    assert "failed" in done.stdout
    assert len(archive(tmp_path, "SELECT id FROM stories")) == len(before)


def test_a_house_line_learnt_later_is_cut_from_older_stories(tmp_path, bayegan, wired):
    line = "به کانال ما در پیام‌رسان‌ها بپیوندید."
    wired.stories = [replace(one, paragraphs=(*one.paragraphs, line)) for one in wired.stories]
    bayegan("crawl")
    bayegan("agencies", "--lines", "wire", "--keep", line)
    bayegan("reprocess")
    assert all(body.endswith(line) for (body,) in archive(tmp_path, "SELECT body FROM stories"))
    with open_store(tmp_path / "news.db") as store:
        store.conn.execute("UPDATE house_lines SET kept = 0")
    bayegan("reprocess")
    told = archive(tmp_path, "SELECT body, boilerplate FROM stories")
    assert not any(line in body for body, _ in told)
    assert all(line in json.loads(cut) for _, cut in told)
