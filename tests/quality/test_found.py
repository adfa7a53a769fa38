"""How much is found however it was spelt: numbers that may not fall, on invented stories, on real ones if present."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from archive.analysis import analyse
from archive.search.hits import open_archive, search
from archive.search.query import Query, fts_expression
from archive.store import open_store
from archive.story import Story
from archive.text.letters import HALF_SPACE
from archive.text.words import spans
from tests.bench.known_items import SETS, distinct, read
from tests.bench.search import variants
from tests.bench.systems import Ours
from tests.quality.spellings import DIFFERENT, SAME, STORIES
from tests.stories import NOON

SHARED = Path(os.environ.get("BAYEGAN_SHARED") or Path(__file__).parents[2].parent / "shared") / "data"
# Half-spaces of the title, and of the stories: None = as printed.
VARIANTS = {
    "as-printed": (None, None),
    "title-deleted": ("", None),
    "title-blanks": (" ", None),
    "stories-deleted": (None, ""),
    "stories-blanks": (None, " "),
}


def archive(path, texts):
    """Make an archive of one story a text, numbered from 0; return a function that opens it."""
    with open_store(path) as store:
        moments = [NOON - timedelta(minutes=number) for number in range(len(texts))]
        stories = [
            Story(agency="namune", story_id=str(number), title=".", body=text, published=moment)
            for number, (text, moment) in enumerate(zip(texts, moments, strict=True))
        ]
        store.add_all([analyse(story) for story in stories], now=NOON)
    return open_archive(path)


def spaced(text, half_space):
    return text if half_space is None else text.replace(HALF_SPACE, half_space)


def matches(conn, query, number):
    """Say whether story `number` has all words of `query`."""
    sql = "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = (SELECT id FROM stories WHERE story_id = ?)"
    return conn.execute(sql, (fts_expression(query), str(number))).fetchone() is not None


def reciprocal_rank(conn, query, number):
    found = [hit.story_id for hit in search(conn, Query(text=query, limit=10)).hits]
    return 1 / (found.index(str(number)) + 1) if str(number) in found else 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_story_is_found_by_its_title_whatever_became_of_half_spaces(tmp_path, variant):
    in_title, in_stories = VARIANTS[variant]
    titles = [spaced(title, in_title) for title in STORIES]
    with archive(tmp_path / "news.db", [spaced(text, in_stories) for text in STORIES.values()]) as conn:
        ranks = [reciprocal_rank(conn, title, number) for number, title in enumerate(titles)]
        whole = [matches(conn, title, number) for number, title in enumerate(titles)]
    assert sum(ranks) / len(ranks) >= 0.97
    assert sum(whole) / len(whole) >= 0.60


def test_spellings_of_one_word_find_each_other_and_other_words_do_not(tmp_path):
    same = [pair for one, other in SAME for pair in ((one, other), (other, one))]
    different = [pair for one, other in DIFFERENT for pair in ((one, other), (other, one))]
    pairs = [*same, *different]
    with archive(tmp_path / "news.db", [f"خبر تازه {word} رسید" for _, word in pairs]) as conn:
        found = [matches(conn, query, number) for number, (query, _) in enumerate(pairs)]
    missed = [pair for pair, ok in zip(same, found, strict=False) if not ok]
    wrong = [pair for pair, ok in zip(different, found[len(same) :], strict=True) if ok]
    assert len(missed) <= len(same) * 0.02, missed
    assert len(wrong) <= len(different) * 0.05, wrong


def test_every_word_is_found_in_a_story_that_lost_its_half_spaces(tmp_path):
    text = " ".join([*STORIES, *STORIES.values()])
    words = {text[start:end] for start, end, word in spans(text) if HALF_SPACE in word}
    with archive(tmp_path / "news.db", [text.replace(HALF_SPACE, "")]) as conn:
        assert [word for word in sorted(words) if not matches(conn, word, 0)] == []
    assert len(words) > 50


@pytest.mark.skipif(not (SHARED / "spelling-pairs.jsonl").exists(), reason="no shared data beside the checkout")
def test_real_pairs_of_spellings(tmp_path):
    rows = [json.loads(line) for line in (SHARED / "spelling-pairs.jsonl").read_text("utf-8").splitlines()]
    with archive(tmp_path / "news.db", [f"خبر تازه {row['story_word']} رسید" for row in rows]) as conn:
        found = [matches(conn, row["query"], number) for number, row in enumerate(rows)]
    must = [ok for row, ok in zip(rows, found, strict=True) if row["match"] is True]
    must_not = [ok for row, ok in zip(rows, found, strict=True) if row["match"] is False]
    assert sum(must) / len(must) >= 0.98
    assert sum(must_not) / len(must_not) <= 0.05


FARS = SHARED / "fars-stories.jsonl.gz"


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Every third real story; what titles and short queries found of them in five variants."""
    if not FARS.exists():
        pytest.skip("no shared data beside the checkout")
    stories = distinct(read(FARS))[::3]
    sets = {name: SETS[name](stories, 40) for name in ("titles", "short")}
    return stories, variants(sets, stories, {"ours": Ours}, tmp_path_factory.mktemp("real"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "reciprocal", "whole"), [("titles", 0.95, 0.62), ("short", 0.95, 0.75)])
def test_real_stories_are_found_whatever_became_of_half_spaces(real, name, reciprocal, whole):
    """The worst of five variants, of 494 stories; more and harder ones: `python -m tests.bench.search`."""
    found = [by_system["ours"].figures for by_system in real[1][name].values()]
    assert len(found) == 5
    assert min(figures[0] for figures in found) >= reciprocal
    assert min(figures[2] for figures in found) >= whole


def test_every_word_of_real_stories_is_found_where_they_lost_their_half_spaces(real, tmp_path):
    texts = sorted((item.text for item in real[0]), key=lambda text: -text.count(HALF_SPACE))[:10]
    with archive(tmp_path / "news.db", [text.replace(HALF_SPACE, "") for text in texts]) as conn:
        for number, text in enumerate(texts):
            words = sorted({text[start:end] for start, end, word in spans(text) if HALF_SPACE in word})[:25]
            assert len(words) > 15
            assert [word for word in words if not matches(conn, word, number)] == []
