"""Search: found however it was spelt, shown as it was printed, never broken by a query."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError, QueryError, StoryNotFoundError
from archive.search.grammar import MAX_CHARACTERS
from archive.search.hits import open_archive, search, show
from archive.search.query import Query, fts_expression
from archive.store import open_store
from tests.stories import DAY, NOON, analysed

TITLES = {
    "1": "گفت‌وگوی تلفنی دو کارگردان",
    "2": "كتابخانه‌هاي روستايي يزد",
    "3": "بارش برف در ۱۲ استان",
    "4": "رئیس‌جمهور به تبریز رفت",
}


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "news.db"
    with open_store(path) as store:
        for number, (key, title) in enumerate(TITLES.items()):
            published = NOON - number * DAY
            agency = "sepehr" if key == "4" else "namune"
            one = analysed(
                agency=agency, story_id=key, url="", title=title, lead="", body=f"متن {title}.", published=published
            )
            store.add(one, now=NOON)
    with open_archive(path) as conn:
        yield conn


def ids(conn, text, **options):
    return [hit.story_id for hit in search(conn, Query(text=text, **options)).hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("گفت‌وگوی", ["1"], id="half-space"),
        pytest.param("گفت وگوی", ["1"], id="half-space-as-blank"),
        pytest.param("گفتوگوی", ["1"], id="half-space-lost"),
        pytest.param("کتابخانه‌های روستایی", ["2"], id="persian-for-arabic-letters"),
        pytest.param("كتابخانه‌هاي", ["2"], id="arabic-letters"),
        pytest.param("12 استان", ["3"], id="ascii-digits"),
        pytest.param("١٢", ["3"], id="arabic-digits"),
        pytest.param("رئیس‌جمهور", ["4"], id="hamza"),
        pytest.param("رييس جمهور", ["4"], id="hamza-as-yeh"),
        pytest.param("برف استان", ["3"], id="all-words-must-match"),
        pytest.param("برف نیست‌درجهان یزد", ["2", "3"], id="any-of-them-when-none-has-all"),
        pytest.param("", [], id="nothing"),
        pytest.param('"!؟', [], id="marks-only"),
    ],
)
def test_a_story_is_found_however_it_was_spelt(conn, text, found):
    assert sorted(ids(conn, text)) == found


def test_filters_narrow_by_agency_and_day(conn):
    assert ids(conn, "متن", sort="newest") == ["1", "2", "3", "4"]
    assert ids(conn, "متن", sort="newest", agency="sepehr") == ["4"]
    days = {"first_day": date(2024, 9, 20), "last_day": date(2024, 9, 21)}
    assert ids(conn, "متن", sort="newest", **days) == ["2", "3"]
    assert ids(conn, "متن", agency="nobody") == []


def test_the_count_is_of_all_hits_not_of_those_shown(conn):
    found = search(conn, Query(text="متن", limit=2))
    assert (len(found.hits), found.count) == (2, 4)


def test_a_snippet_shows_the_printed_words_marked(conn):
    (hit,) = search(conn, Query(text="كتابخانه هاي")).hits
    assert "<mark>كتابخانه‌هاي</mark>" in hit.snippet
    assert hit.score > 0


def test_a_better_hit_comes_first(conn):
    assert ids(conn, "تبریز متن")[0] == "4"


def test_an_endless_query_is_cut_and_says_so(conn):
    found = search(conn, Query(text="متن" + " متن" * MAX_CHARACTERS))
    assert found.count == 4
    assert f"only the first {MAX_CHARACTERS} characters are read" in found.notes
    assert "only the first 32 words are read" in found.notes


def test_a_page_of_no_hits_is_refused():
    with pytest.raises(QueryError, match="limit 0"):
        Query(text="متن", limit=0)


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("\"'*^:(){}[]-+ \0AND OR NOT NEARکتاب‌ها۱۲") | st.characters(), max_size=60))
def test_no_query_breaks_the_search(conn, text):
    search(conn, Query(text=text))
    conn.execute("SELECT 1 FROM story_index WHERE story_index MATCH ?", (fts_expression(text),)).fetchall()


def test_a_story_that_is_not_there_is_an_error_that_names_it(conn):
    with pytest.raises(StoryNotFoundError, match=r"no story 5 in news\.db"):
        show(conn, 5, "news.db")


def test_a_missing_archive_says_what_to_do(tmp_path):
    with pytest.raises(ArchiveError, match="crawl or import first"), open_archive(tmp_path / "none.db"):
        pass


def test_a_reader_cannot_write(conn):
    with pytest.raises(Exception, match="readonly"):
        conn.execute("DELETE FROM stories")


def test_a_reader_sees_what_is_committed_while_a_writer_writes(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store, open_archive(path) as reader:
        store.add(analysed(), now=NOON)
        assert search(reader, Query(text="کتابخانه")).count == 1
        store.add(analysed(story_id="2", url=""), now=NOON + timedelta(hours=1))
        assert search(reader, Query(text="کتابخانه")).count == 2
