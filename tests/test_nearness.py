"""The first hits in a better order: what is told of a query's words by the texts themselves."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from archive.search import finding, nearness
from archive.search.fts import wish
from archive.search.grammar import parse
from archive.search.hits import open_archive, search
from archive.search.nearness import nearer, sought
from archive.search.query import Query
from archive.store import open_store
from tests.stories import NOON, analysed

FILLER = "در این روزها هوا سرد است و همه در خانه مانده‌اند. " * 8
TEXTS = {
    "apart": f"قطار رسید. {FILLER} {FILLER} مسافر دیگری زنجان را ندید.",
    "beside": f"آمدند. {FILLER} {FILLER} قطار زنجان رسید.",
    "early": f"قطار زنجان رسید. {FILLER} {FILLER}",
    "one": f"قطار قطار قطار. {FILLER} {FILLER}",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive of these texts, and the id of each."""
    path = tmp_path_factory.mktemp("near") / "news.db"
    with open_store(path) as store:
        for number, (name, text) in enumerate(TEXTS.items()):
            published = NOON - timedelta(minutes=number)
            store.add(analysed(story_id=name, url="", title="خبر", lead="", body=text, published=published), now=NOON)
    with open_archive(path) as conn:
        yield conn, dict(conn.execute("SELECT story_id, id FROM stories"))


def order(archive, query, scores):
    """Return the names of stories ranked with `scores`, in the order their texts put them."""
    conn, ids = archive
    ranked = [(ids[name], score) for name, score in scores.items()]
    names = {story: name for name, story in ids.items()}
    return [names[story] for story, _ in nearer(conn, ranked, sought(wish(parse(query, NOON).tree).words, {}, 100))]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("قطار زنجان", id="words"),
        pytest.param("قطارهای زنجان", id="plural"),
        pytest.param("قطار زنجا*", id="prefix"),
        pytest.param("قطار (زنجان OR سمنان)", id="either"),
    ],
)
def test_words_side_by_side_and_early_come_first(archive, query):
    assert order(archive, query, dict.fromkeys(TEXTS, 1.0)) == ["early", "beside", "apart", "one"]


def test_a_score_that_is_much_higher_stays_first(archive):
    assert order(archive, "قطار زنجان", {"one": 9.0, "apart": 1.0, "beside": 1.0}) == ["one", "beside", "apart"]


def test_a_word_alone_leaves_the_order_as_it_is(archive):
    assert order(archive, "قطار", {"one": 1.0, "early": 1.0, "apart": 1.0}) == ["one", "early", "apart"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("قطار‌های تازه", True, id="half-space"),
        pytest.param("«قطار» رسید", True, id="quotes"),
        pytest.param("قطارها", True, id="ending"),
        pytest.param("قطارت‌خانه", False, id="another-word"),
        pytest.param("ابرقطار", False, id="end-of-another-word"),
    ],
)
def test_a_word_stands_where_its_form_and_an_ending_stand(text, found):
    (word,) = sought(wish(parse("قطار", NOON).tree).words, {}, 100)
    assert bool(nearness._places(f" {text.translate(nearness._letters())} ", word)) == found


def test_hits_beyond_the_first_keep_their_places_and_scores_fall(archive, monkeypatch):
    conn, ids = archive
    monkeypatch.setattr(nearness, "FIRST", 2)
    ranked = [(ids[name], score) for name, score in (("one", 2.0), ("early", 1.9), ("beside", 1.0), ("apart", 0.5))]
    found = nearer(conn, ranked, sought(wish(parse("قطار زنجان", NOON).tree).words, {}, 100))
    assert [story for story, _ in found] == [ids[name] for name in ("early", "one", "beside", "apart")]
    assert found[2:] == ranked[2:]
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_pages_of_any_length_show_one_order(archive):
    conn, _ = archive
    whole = [hit.id for hit in search(conn, Query(text="قطار زنجان")).hits]
    seen, cursor = [], ""
    for _ in whole:
        page = search(conn, Query(text="قطار زنجان", limit=1, cursor=cursor))
        seen += [hit.id for hit in page.hits]
        cursor = page.cursor
    assert (seen, cursor) == (whole, "")


def test_a_search_whose_time_is_over_while_texts_are_read_keeps_its_order(archive, monkeypatch):
    def over(*_):
        raise interruption()

    conn, _ = archive
    monkeypatch.setattr(finding, "nearer", over)
    found = search(conn, Query(text="قطار زنجان"))
    assert len(found.hits) == 3
    assert [note.key for note in found.notes] == ["late"]


def interruption():
    """Return the error of a statement that was interrupted."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.set_progress_handler(lambda: True, 1)
        try:
            conn.execute("SELECT 1").fetchall()
        except sqlite3.OperationalError as error:
            return error
    raise AssertionError
