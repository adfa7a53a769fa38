"""A search of many stories: fields, order, pages, counts, facets, bounds; and what it is planned with."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.search import candidates, facets, finding, frequencies, plan, ranking
from archive.search.expression import AnyOf, Has, anywhere
from archive.search.fts import wish
from archive.search.grammar import parse
from archive.search.hits import open_archive, search
from archive.search.plan import Beginning, affordable, is_short, spelt_out
from archive.search.query import Query, fts_expression, meant
from archive.store import open_store
from archive.story import Credit
from tests.stories import DAY, NOON, analysed

STORIES = 120


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    """An archive of 120 stories, four a day: every third is of sepehr, every tenth a gallery, every fifth about snow."""
    path = tmp_path_factory.mktemp("many") / "news.db"
    with open_store(path) as store:
        for number in range(STORIES):
            store.add(_story(number), now=NOON)
    with open_archive(path) as conn:
        yield conn


def _story(number):
    return analysed(
        agency="sepehr" if number % 3 == 0 else "namune",
        story_id=str(number),
        url="",
        kind="gallery" if number % 10 == 9 else "story",
        title="بارش برف" if number % 5 == 0 else f"خبر شماره{number}",
        lead="گفت‌وگوی تلفنی" if number % 4 == 0 else "",
        body=f"متن واژه{number} برف" if number % 2 else f"متن واژه{number}",
        section="استان‌ها" if number % 2 else "ورزش جهان",
        tags=("جام‌جهانی", "فوتبال") if number % 6 == 0 else (),
        byline="مریم نمونه‌ای" if number == 7 else "",
        credit=Credit(reporter="خبرگزاری کویر") if number == 8 else None,
        published=NOON - (number // 4) * DAY - timedelta(minutes=number),
    )


def ids(conn, text, **options):
    return {int(hit.story_id) for hit in search(conn, Query(text=text, limit=1000, now=NOON, **options)).hits}


GALLERIES = {number for number in range(STORIES) if number % 10 == 9}
ALL = set(range(STORIES)) - GALLERIES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("متن", ALL, id="galleries-are-left-out"),
        pytest.param("kind:gallery", GALLERIES, id="unless-asked-for"),
        pytest.param("متن kind:gallery OR kind:story", ALL | GALLERIES, id="both-kinds"),
        pytest.param("title:برف", {n for n in ALL if n % 5 == 0}, id="title"),
        pytest.param("body:برف", {n for n in ALL if n % 2}, id="body"),
        pytest.param("body:برف title:برف", {n for n in ALL if n % 10 == 5}, id="body-and-title"),
        pytest.param("lead:گفت‌وگوي", {n for n in ALL if n % 4 == 0}, id="lead"),
        pytest.param('"گفت وگوی تلفنی"', {n for n in ALL if n % 4 == 0}, id="phrase-across-a-half-space"),
        pytest.param('"تلفنی گفت‌وگوی"', set(), id="phrase-the-other-way-round"),
        pytest.param("برف -title:برف", {n for n in ALL if n % 2 and n % 5}, id="not"),
        pytest.param("-برف", {n for n in ALL if n % 2 == 0 and n % 5}, id="only-not"),
        pytest.param("واژه7 OR واژه8", {7, 8}, id="or"),
        pytest.param("واژه7 OR -متن", {7}, id="or-not"),
        pytest.param("متن (واژه7 OR واژه8)", {7, 8}, id="group"),
        pytest.param("واژه11*", {11, 110, 111, 112, 113, 114, 115, 116, 117, 118}, id="prefix"),
        pytest.param("گفت‌وگ* تلفنی", {n for n in ALL if n % 4 == 0}, id="prefix-with-half-space"),
        pytest.param("agency:sepehr", {n for n in ALL if n % 3 == 0}, id="agency"),
        pytest.param("خبرگزاری:SEPEHR", {n for n in ALL if n % 3 == 0}, id="agency-in-persian"),
        pytest.param("section:استانها", {n for n in ALL if n % 2}, id="section-with-its-half-space-lost"),
        pytest.param('section:"استان ها"', {n for n in ALL if n % 2}, id="section-with-a-blank"),
        pytest.param("section:جهان -tag:فوتبال", {n for n in ALL if n % 2 == 0 and n % 6}, id="a-word-of-the-section"),
        pytest.param('tag:"جام جهانی"', {n for n in ALL if n % 6 == 0}, id="tag"),
        pytest.param("tag:جام*", {n for n in ALL if n % 6 == 0}, id="prefix-of-a-tag"),
        pytest.param("byline:مريم", {7}, id="byline-with-arabic-yeh"),
        pytest.param("credit:کویر", {8}, id="credit"),
        pytest.param("date:1403/07/01", {0, 1, 2, 3}, id="day"),
        pytest.param("متن date:دیروز", {4, 5, 6, 7}, id="yesterday"),
        pytest.param("متن from:2024-09-21 to:۱۴۰۳/۰۶/۳۱", {4, 5, 6, 7}, id="from-to"),
        pytest.param("متن date:1405", set(), id="no-such-days"),
    ],
)  # fmt: skip
def test_a_query_finds_exactly_what_it_says(conn, text, found):
    assert ids(conn, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("متن برف گفت‌وگوی تلفنی", {n for n in ALL if n % 20 == 0}, id="four-words"),
        pytest.param("متن برف تلفنی agency:sepehr section:ورزش", {0, 60}, id="with-filters"),
        pytest.param("متن برف تلفنی agency:sepehr section:ورزش -tag:فوتبال", set(), id="without-a-tag"),
        pytest.param("متن برف تلفنی -agency:sepehr -متن", set(), id="without-one-of-them"),
    ],
)  # fmt: skip
def test_every_one_of_many_words_and_filters_holds(conn, text, found):
    assert ids(conn, text, every=True) == found


WORD, PHRASE = Has("", ("هازی",)), Has("title lead body", ("هازی", "ای"))


@pytest.mark.parametrize(
    ("node", "simpler"),
    [
        pytest.param(AnyOf((WORD, PHRASE, Has("stems", ("هازی", "ای")))), WORD, id="a-phrase-beside-its-first-word"),
        pytest.param(AnyOf((Has("stems", ("ای",)), PHRASE)), Has("", ("ای",)), id="beside-its-last-one-as-a-stem"),
        pytest.param(AnyOf((Has("title", ("هازی",)), PHRASE)), None, id="a-word-of-one-column-is-not-enough"),
        pytest.param(AnyOf((Has("", ("هازی",), prefix=True), PHRASE)), None, id="nor-the-beginning-of-a-word"),
        pytest.param(AnyOf((Has("", ("ا",)), Has("", ("هازی", "ا"), prefix=True))), None, id="nor-is-a-word-its-beginning"),
        pytest.param(Has("title lead body stems", ("هازی",)), WORD, id="a-word-a-prefix-was-spelt-out-as"),
        pytest.param(Has("title lead body stems", ("هازی",), prefix=True), None, id="a-prefix-must-not-find-filters"),
    ],
)  # fmt: skip
def test_what_finds_nothing_more_is_not_looked_for(node, simpler):
    assert anywhere(node) == (simpler or node)


@pytest.mark.parametrize(
    "text", ["گفت‌وگو", "گفت‌وگوی تلفنی", "متن برف‌ها", '"گفت‌وگوی تلفنی" OR واژه7', "واژه1*", "-گفت‌وگو"]
)
def test_the_simpler_expression_finds_the_same(conn, text):
    asked = meant(Query(text=text, now=NOON)).wish
    sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? ORDER BY rowid"
    plain, simple = ([row[0] for row in conn.execute(sql, (str(one),))] for one in (asked.ranking(), asked.matching()))
    assert plain == simple


def test_a_page_that_is_not_full_is_looked_for_once(conn, monkeypatch):
    asked = []
    told = candidates.all_matching
    monkeypatch.setattr(finding, "all_matching", lambda *asks, **how: asked.append(1) or told(*asks, **how))
    assert len(search(conn, Query(text="واژه7", sort="newest")).hits) == len(asked) == 1


@pytest.mark.parametrize("text", ["متن", "برف", "تلفنی -واژه4", "agency:sepehr", "date:1403/06"])
@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
@pytest.mark.parametrize("bound", [5000, 10, 3])
def test_pages_hold_every_hit_once_and_in_order(conn, monkeypatch, text, sort, bound):
    """However few of the newest hits are ranked: the older ones follow."""
    monkeypatch.setattr(finding, "NEWEST", bound)
    seen, cursor = [], ""
    while True:
        page = search(conn, Query(text=text, sort=sort, limit=7, cursor=cursor))
        seen += [hit.id for hit in page.hits]
        cursor = page.cursor
        if not cursor:
            break
        assert page.hits
    everything = [hit.id for hit in search(conn, Query(text=text, sort=sort, limit=1000)).hits]
    assert seen == everything
    assert len(set(seen)) == len(seen) > 20
    if sort != "best":
        assert seen == sorted(seen, reverse=sort == "newest")


def test_a_page_does_not_move_when_stories_come_in(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store, open_archive(path) as conn:
        for number in range(20):
            store.add(_story(number), now=NOON)
        whole = [hit.id for hit in search(conn, Query(text="متن", limit=100)).hits]
        first = search(conn, Query(text="متن", limit=5))
        for number in range(100, 110):
            store.add(analysed(story_id=str(number), url="", body="متن متن متن", published=NOON + DAY), now=NOON)
        second = search(conn, Query(text="متن", limit=100, cursor=first.cursor))
    assert [hit.id for hit in (*first.hits, *second.hits)] == whole


@pytest.mark.parametrize("cursor", ["x", "n", "o5", "b5", "n5-3", "b99999999999999999-1", "b5-1; DROP"])
def test_a_cursor_of_something_else_is_an_error(conn, cursor):
    with pytest.raises(QueryError, match="comes from no search"):
        search(
            conn,
            Query(text="متن", sort="newest", cursor=cursor) if cursor != "o5" else Query(text="متن", cursor=cursor),
        )


def test_a_better_hit_comes_first_unless_another_order_is_asked(conn):
    best = search(conn, Query(text="برف", limit=1000)).hits
    assert "برف" in best[0].title
    assert [hit.score for hit in best] == sorted((hit.score for hit in best), reverse=True)


def test_words_too_common_to_rank_by_come_first_where_they_stand_in_the_title(conn, monkeypatch):
    monkeypatch.setattr(finding, "affordable", lambda *_: ())
    hits = search(conn, Query(text="برف", limit=1000)).hits
    titled = ["برف" in hit.title for hit in hits]
    assert titled == sorted(titled, reverse=True)
    assert any(titled)
    assert not all(titled)


def test_a_ranking_of_all_time_is_that_of_the_newest_when_these_are_all(conn):
    one, other = (
        [(hit.id, hit.score) for hit in search(conn, Query(text="برف", all_time=all_time)).hits]
        for all_time in (False, True)
    )
    assert one == other


def test_the_count_says_whether_it_was_counted(conn, monkeypatch):
    exact = search(conn, Query(text="متن"))
    assert (exact.count, exact.about) == (len(ALL), False)
    monkeypatch.setattr(finding, "NEWEST", 20)
    reckoned = search(conn, Query(text="متن"))
    assert reckoned.about
    assert reckoned.count == pytest.approx(len(ALL), rel=0.1)
    assert search(conn, Query(text="متن", all_time=True)).count == len(ALL)


def test_facets_are_counted_without_reading_rows(conn):
    steps = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {facets.COUNTED}", ("[]",))]
    assert any("COVERING INDEX stories_facets" in step for step in steps), steps


def test_facets_count_hits_by_agency_section_and_month(conn):
    found = search(conn, Query(text="متن", facets=True, limit=1)).facets
    sepehr = sum(1 for number in ALL if number % 3 == 0)
    assert found["agency"] == {"namune": len(ALL) - sepehr, "sepehr": sepehr}
    assert found["section"] == {"ورزش جهان": 60, "استان‌ها": 48}
    assert list(found["month"]) == ["1403/07", "1403/06"]
    assert sum(found["month"].values()) == len(ALL)


def test_when_none_has_all_words_those_with_some_come_with_a_note(conn):
    found = search(conn, Query(text="واژه7 واژه8 نیست‌درجهان"))
    assert {hit.story_id for hit in found.hits} == {"7", "8"}
    assert found.notes == ("no story has all words; these have some of them",)
    assert search(conn, Query(text="نیست‌درجهان")).count == 0


def test_where_few_have_all_of_several_words_those_with_some_follow_with_a_note(conn):
    found = search(conn, Query(text="متن واژه7 برف", facets=True))
    assert [hit.story_id for hit in found.hits][:1] == ["7"]
    assert {int(hit.story_id) for hit in found.hits} > {7, 5}
    assert found.notes == ("all words are in 1 of these, which come first; the others have some of them",)
    assert (found.count, sum(found.facets["agency"].values())) == (1, 1)  # they speak of those that have all
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_pages_of_stories_that_have_all_words_and_of_those_that_follow_overlap_nowhere(conn):
    text, seen, cursor = "متن واژه7 برف", [], ""
    whole = [hit.id for hit in search(conn, Query(text=text, limit=100)).hits]
    while len(seen) < len(whole):
        page = search(conn, Query(text=text, limit=4, cursor=cursor))
        seen += [hit.id for hit in page.hits]
        cursor = page.cursor
    assert (seen, cursor) == (whole, "")


@pytest.mark.parametrize("promising", [1_000, 20, 1])
def test_of_many_that_have_some_words_those_with_the_most_are_ranked(conn, monkeypatch, promising):
    """However few are ranked: the others follow, the newest first."""
    monkeypatch.setattr(ranking, "PROMISING", promising)
    found = search(conn, Query(text="برف واژه7 تلفنی نیست‌درجهان", limit=1000)).hits
    assert found[0].story_id == "7"
    assert {int(hit.story_id) for hit in found} == {n for n in ALL if n % 2 or n % 5 == 0 or n % 4 == 0}
    ranks = [hit.score for hit in found]
    assert ranks == sorted(ranks, reverse=True)
    followers = [hit.id for hit in found if hit.score == 0]
    assert followers == sorted(followers, reverse=True)
    assert len(followers) == max(0, len(found) - promising)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param("واژه7 برف", {}, id="two-words"),
        pytest.param('"متن واژه7" برف متن', {}, id="a-phrase"),
        pytest.param("متن واژه7 body:برف", {}, id="a-column"),
        pytest.param("متن واژه7 برف", {"sort": "newest"}, id="newest"),
        pytest.param("متن واژه7 برف", {"sort": "oldest"}, id="oldest"),
        pytest.param("متن واژه7 برف", {"every": True}, id="every-word-asked-for"),
    ],
)
def test_only_stories_that_have_all_words_come_where_they_were_asked_for(conn, text, options):
    found = search(conn, Query(text=text, **options))
    assert [hit.story_id for hit in found.hits] == ["7"]
    assert found.notes == ()


def test_what_follows_passes_the_filters_too(conn):
    passing = {number for number in ALL if number % 2 and number != 5}
    assert ids(conn, "متن واژه7 برف section:استان‌ها -واژه5") == passing


def test_what_is_asked_beside_the_words_holds_for_those_with_some_of_them_too(conn):
    assert ids(conn, "واژه7 واژه8 section:جهان") == {8}
    assert ids(conn, "واژه7 واژه8 -واژه7") == {8}


def test_a_search_that_takes_too_long_shows_what_it_found(conn, monkeypatch):
    monkeypatch.setattr("archive.search.deadline._STEPS", 1)
    found = search(conn, Query(text="متن", limit_s=-1))
    assert found.notes == ("stopped after -1 s: shown is what was found until then",)


def test_a_ranking_of_all_time_that_takes_too_long_is_one_line(conn, monkeypatch):
    monkeypatch.setattr("archive.search.deadline._STEPS", 1)
    with pytest.raises(QueryError, match="not ranked within"):
        search(conn, Query(text="متن", all_time=True, limit_s=-1))


def test_a_common_prefix_is_spelt_out_as_its_commonest_words(conn, monkeypatch):
    monkeypatch.setattr(plan, "PREFIX_POSTINGS", 5)
    monkeypatch.setattr(frequencies, "PREFIX_POSTINGS", 5)
    monkeypatch.setattr(frequencies, "PREFIX_WORDS", 3)
    found = search(conn, Query(text="واژه1*", limit=1000))
    assert len(found.hits) == 3
    assert found.notes[0] == "واژه1*: the 3 commonest of 31 words are looked for"


def test_a_rare_prefix_is_left_to_the_index():
    node = Has("title", ("کتاب",), prefix=True)
    assert spelt_out(node, lambda _: Beginning(postings=10, words=3, commonest=("کتاب",)), []) == node


@pytest.mark.parametrize(
    "text", ["متن", "برف تلفنی", "متن واژه7 برف", '"گفت‌وگوی تلفنی"', "واژه7 واژه8 نیست‌درجهان", "برف -تلفنی"]
)
@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
def test_hits_are_the_same_whether_they_are_asked_for_at_once(conn, monkeypatch, text, sort):
    pages = []
    for at_once in (True, False):
        monkeypatch.setattr(finding, "is_short", lambda *_, at_once=at_once: at_once)
        pages.append(search(conn, Query(text=text, sort=sort, limit=7)))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("text", "known", "short"),
    [
        pytest.param("زلزله ایران", {"زلزله": 10_000, "ایران": 500_000}, False, id="thousands-share-them"),
        pytest.param("زلزله کویر", {"زلزله": 10_000, "کویر": 5_000}, True, id="some-share-them"),
        pytest.param("کویر", {"کویر": 90}, True, id="a-word-of-few"),
        pytest.param("کویر", {"کویر": 9_000}, False, id="a-word-of-many"),
        pytest.param('"زلزله کویر"', {"زلزله": 10_000, "کویر": 100_000}, True, id="side-by-side"),
        pytest.param('"ایران کویر"', {"ایران": 500_000, "کویر": 100_000}, False, id="long-lists"),
        pytest.param("کو* زلزله", {"زلزله": 10_000}, True, id="a-prefix-beside-a-word"),
        pytest.param("کو*", {}, False, id="nobody-counted-a-prefix"),
    ],
)
def test_few_hits_of_short_lists_are_asked_for_at_once(text, known, short):
    assert is_short(wish(parse(text, NOON).tree).words, known, 1_000_000, 100) is short


def test_only_words_rare_enough_are_ranked_by():
    words = wish(parse("گزارش ایران زلزله", NOON).tree).words
    known = {"گزارش": 900_000, "ایران": 60_000, "زلزله": 500}
    chosen = affordable(words, known, postings=150_000)
    assert [node.nodes[0].phrase for node in chosen] == [("زلزله",), ("ایران",)]
    assert affordable(words[:1], known) == ()
    assert affordable(words, {}) == words  # nobody counted: a small archive, or a new one


WORDS = ("متن", "برف", "title:", "tag:", "date:", "agency:", "kind:", "(", ")", '"', "-", "OR", "NOT", "AND", "*", "واژه7", "گفت‌وگوی", "كتاب", "۱۴۰۳/07", "..", ":", "'", "^", "{", "}", "+", "NEAR", "\0", "‌", "\u202e", "%", ";", "--", "امروز", "a", "٫", "¼", "😀", "\ud800")  # fmt: skip


def test_twenty_thousand_random_queries_raise_nothing(conn):
    dice = random.Random(20_000)
    for _ in range(20_000):
        text = "".join(dice.choice(WORDS) + dice.choice(("", " ")) for _ in range(dice.randrange(1, 9)))
        conn.execute(
            "SELECT 1 FROM story_index WHERE story_index MATCH ? LIMIT 1", (fts_expression(text, NOON),)
        ).fetchall()


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=10).map(" ".join),
    st.sampled_from(["best", "newest", "oldest"]),
    st.booleans(),
)
def test_no_query_breaks_a_search(conn, text, sort, facets):
    found = search(conn, Query(text=text, sort=sort, facets=facets, limit=5, now=NOON))
    assert len(found.hits) >= min(5, found.count) or found.about


def test_words_are_counted_as_stories_come_in_change_and_are_written_when_the_writer_ends(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        store.add(_story(1), now=NOON)
        store.add(_story(2), now=NOON)
        store.add(analysed(story_id="1", url="", agency="namune", title="زلزله", body="لرزه"), now=NOON)
    counted = _frequencies(path)
    assert counted["متن"] == 1
    assert counted["لرزه"] == counted["زلزله"] == 1
    assert counted["agency:namune"] == 2
    with open_store(path) as store:
        frequencies.recount(store.conn)
    assert {term: count for term, count in counted.items() if count} == _frequencies(path)


def test_words_of_a_batch_are_counted_as_those_of_stories_that_come_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(frequencies, "LOT", 3)
    some = [_story(number) for number in range(10)]
    with open_store(tmp_path / "batch.db") as store:
        store.add_all(some, now=NOON)
    with open_store(tmp_path / "alone.db") as store:
        for one in some:
            store.add(one, now=NOON)
    assert _frequencies(tmp_path / "batch.db") == _frequencies(tmp_path / "alone.db")
    with open_store(tmp_path / "alone.db") as store:
        frequencies.recount(store.conn)
    assert _frequencies(tmp_path / "batch.db") == _frequencies(tmp_path / "alone.db")


def test_a_search_is_right_when_nobody_counted_words(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        for number in range(40):
            store.add(_story(number), now=NOON)
    right = _answers(path)
    for wrong in (
        "DELETE FROM frequencies",
        "UPDATE frequencies SET stories = 0",
        "UPDATE frequencies SET stories = stories * 7 + 1",
    ):
        with closing(sqlite3.connect(path)) as writer, writer:
            writer.execute(wrong)
        writer.close()
        assert _answers(path) == right


def _answers(path):
    with open_archive(path) as conn:
        return [ids(conn, text) for text in ("متن", "واژه1*", "برف متن", "-برف", "title:برف OR واژه7", "tag:جام*")]


def _frequencies(path):
    with open_archive(path) as conn:
        return dict(conn.execute("SELECT term, stories FROM frequencies").fetchall())


def test_what_is_learnt_later_of_an_unchanged_story_is_found_too(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        store.add(analysed(section="", tags=()), now=NOON)
        store.add(analysed(section="فرهنگی", tags=("کتاب",)), now=NOON)
        store.conn.execute("INSERT INTO story_index (story_index, rank) VALUES ('integrity-check', 1)")
    with open_archive(path) as conn:
        assert ids(conn, "section:فرهنگی tag:کتاب") == {101}


def test_about_how_many_is_reckoned_from_the_days(conn):
    newest = candidates.Found(ids=[20240922_000004, 20240922_000002], whole=False)
    assert candidates.about(conn, newest, candidates.Ids()) == pytest.approx(STORIES * 2 / 3, rel=0.1)
    oldest = candidates.Found(ids=[20240824_000001, 20240825_000001, 20240825_000002], whole=False)
    assert candidates.about(conn, oldest, candidates.Ids()) == pytest.approx(STORIES * 3 / 6, rel=0.1)
    assert candidates.about(conn, oldest, candidates.Ids(first=20240825_000001)) > STORIES * 2 / 3
