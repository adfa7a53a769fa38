"""House lines: what an agency prints under three or more different stories is learnt, cut, kept aside, and told."""

import json
import logging
from dataclasses import replace

import pytest

from archive import house_lines
from archive.analysis import analyse
from archive.store import open_store
from archive.verdict import Verdict
from crawler.footer import as_footer, key, strip_footer, under_stories
from crawler.house import learn, with_lines
from scheduler.commands.crawl import crawl_all
from tests.stories import NOON, story
from tests.test_crawl import settings
from tests.wire.stories import invent

LINE = "به کانال ما در پیام‌رسان‌ها بپیوندید."
OTHER = "این گزارش با کمک خوانندگان کامل می‌شود."
BODIES = [list(one.paragraphs) for one in invent(8, seed=7)]


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        yield store


def add(store, paragraphs, number):
    told = story(
        story_id=str(number),
        url=f"https://www.namune.ir/news/{number}",
        title=f"تیتر {number}",
        body="\n".join(paragraphs),
    )
    return store.add(analyse(told), now=NOON)


EVENT = [
    [
        f"سیل در روستای شماره {n} خانه‌های مردم را ویران کرد و راه‌های کوهستانی را بست.",
        f"{n} نفر به بیمارستان شهر رفتند.",
        "استاندار دستور رسیدگی داد.",
    ]
    for n in range(9)
]


@pytest.mark.parametrize(
    ("stories", "lines"),
    [
        pytest.param([[*one, LINE] for one in BODIES[:3]], [LINE], id="under-three"),
        pytest.param([[*one, LINE] for one in BODIES[:2]], [], id="under-two"),
        pytest.param([[*BODIES[0], LINE]] * 5, [], id="five-copies-are-one-story"),
        pytest.param(EVENT, [], id="reports-of-one-event"),
        pytest.param([[*one, LINE, OTHER] for one in BODIES[:3]], [LINE, OTHER], id="two-lines"),
        pytest.param([[*one, LINE, "انتهای پیام/ی"] for one in BODIES[:3]], [LINE], id="over-a-sign-off"),
        pytest.param([[LINE, *one] for one in BODIES[:4]], [], id="over-the-story"),
        pytest.param([[*one, LINE, f"در این روز علی و {n} تن دیگر از شهرهای استان آمدند و تا پایان شب در نشست‌ها و کارگاه‌ها ماندند و بازگشتند."] for n, one in enumerate(BODIES[:4])], [], id="a-heading-of-what-follows"),
        pytest.param([[LINE]] * 4, [], id="a-story-is-not-its-own-footer"),
        pytest.param([[*one, one[0] * 3] for one in [["متن " * 40]] * 4], [], id="too-long-for-a-line"),
        pytest.param([[*one, form] for one, form in zip(BODIES, ("به كانال ما در پيام رسان ها بپيونديد.", LINE, LINE.replace("ها", "ها")), strict=False)], [LINE], id="however-it-is-typed"),
        pytest.param([], [], id="no-stories"),
    ],
)  # fmt: skip
def test_what_stands_under_three_different_stories_is_a_house_line(stories, lines):
    found = under_stories(stories)
    assert sorted(found) == sorted(key(one) for one in lines)
    patterns = [as_footer(one) for one in found]
    if lines:
        assert strip_footer(["متن", *lines], footers=patterns).kept == ("متن",)


def test_a_learnt_line_is_cut_from_the_stories_that_taught_it_and_kept_aside(store):
    stored = [add(store, [*one, LINE], number) for number, one in enumerate(BODIES[:4], 1)]
    plain = add(store, BODIES[5], 5)
    (line,) = learn(store, "namune", NOON)
    assert (line.printed, line.stories, len(line.examples)) == (LINE, 4, 4)
    for one, body in zip(stored, BODIES, strict=False):
        row = store.row(one.id)
        assert (row["body"], json.loads(row["boilerplate"]), row["revision"]) == ("\n".join(body), [LINE], 1)
    assert json.loads(store.row(plain.id)["boilerplate"]) == []
    assert learn(store, "namune", NOON) == []


def test_a_story_seen_again_without_its_line_is_unchanged(store):
    for number, one in enumerate(BODIES[:3], 1):
        add(store, [*one, LINE], number)
    learn(store, "namune", NOON)
    assert add(store, BODIES[0], 1).verdict is Verdict.UNCHANGED


def test_the_words_of_a_cut_line_find_no_story(store):
    for number, one in enumerate(BODIES[:3], 1):
        add(store, [*one, LINE], number)
    learn(store, "namune", NOON)
    store.conn.execute("INSERT INTO story_index (story_index, rank) VALUES ('integrity-check', 1)")
    (count,) = store.conn.execute("SELECT count(*) FROM story_index WHERE story_index MATCH 'body : کانال'").fetchone()
    assert count == 0


def test_a_line_that_a_person_keeps_is_not_cut(store, open_wire):
    store.add_agency("wire")
    line = house_lines.HouseLine(line=key(LINE), printed=LINE, stories=3)
    house_lines.add(store.conn, "wire", [line], NOON)
    agency = open_wire(1).agency
    assert with_lines(store.conn, agency).footers == (*agency.footers, as_footer(key(LINE)))
    assert house_lines.keep(store.conn, "wire", key(LINE))
    assert with_lines(store.conn, agency).footers == agency.footers
    assert not house_lines.keep(store.conn, "wire", "چیز دیگر")


def test_a_crawl_learns_and_the_next_one_cuts(store, open_wire):
    wire = open_wire(12)
    plain = list(wire.stories)
    wire.stories = [replace(one, paragraphs=(*one.paragraphs, LINE)) for one in plain[:6]]
    list(crawl_all(store, settings(), [wire.agency], logging.ERROR))
    wire.stories = [replace(one, paragraphs=(*one.paragraphs, LINE)) for one in plain]
    (report,) = crawl_all(store, settings(), [wire.agency], logging.ERROR)
    assert (report.new, report.revised) == (6, 0)
    rows = list(store.conn.execute("SELECT story_id, body, boilerplate FROM stories"))
    assert {story_id: body for story_id, body, _ in rows} == {str(one.id): "\n".join(one.paragraphs) for one in plain}
    assert all(LINE in json.loads(cut) for _, _, cut in rows)


def test_house_lines_are_shown_and_kept_by_command(bayegan, wired):
    wired.stories = [replace(one, paragraphs=(*one.paragraphs, LINE)) for one in wired.stories]
    done = bayegan("crawl")
    assert f"wire: house line learnt, and cut from now on: {LINE}" in done.stderr
    (row,) = map(json.loads, bayegan("agencies", "--lines", "wire", "--json").stdout.splitlines())
    assert (row["printed"], row["stories"], row["kept"]) == (LINE, 10, False)
    assert LINE in bayegan("agencies", "--lines", "wire").stdout
    kept = bayegan("agencies", "--lines", "wire", "--keep", LINE, "--json")
    assert (kept.returncode, json.loads(kept.stdout)["kept"]) == (0, True)
    wrong = bayegan("agencies", "--lines", "wire", "--keep", "چیز دیگر")
    assert (wrong.returncode, wrong.stderr) == (2, "bayegan: --keep: چیز دیگر: no house line of wire\n")
