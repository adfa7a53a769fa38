"""One contract for three engines: equal stories, equal expressions, equal sets, whatever the order of the best."""

import json
import sqlite3
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.engines import ddl
from archive.search import changes
from archive.search.engine import Ids, index_of
from archive.search.expression import AllOf, AnyOf, But, Has
from archive.search.hits import open_archive, search
from archive.search.query import Query, meant
from archive.store import open_store
from archive.story import Credit
from tests.stories import DAY, HOUR, NOON, analysed

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
beside = pytest.importorskip("archive.engines.beside", reason="the extra `tantivy` is not installed")

WORDS = ("کتاب‌خانه", "كتابخانه", "کتاب", "خانه", "می‌رود", "می رود", "رفت", "گفت‌وگو", "گفت و گو", "گفتگو", "تهران", "٢٥", "۲۵", "25", "2.5", "۱۴۰۳",
         "راه‌آهن", "راه", "آهن", "برف‌ها", "برف", "رئیس‌جمهور", "رييس", "و", "از", "AI", "don't", "«نقل»", "سخن‌گو", "۱۲/۷", "C++", "kind:gallery")  # fmt: skip
STORIES = 60


def _story(number):
    """Return a story of words of the list, some of them twice, its columns different."""
    words = [WORDS[(number * 7 + at * (number % 5 + 1)) % len(WORDS)] for at in range(24)]
    return analysed(
        agency=("namune", "sepehr", "kavir")[number % 3], story_id=str(number), url="", kind="gallery" if number % 9 == 8 else "story",
        kicker=words[0] if number % 4 == 0 else "", title=" ".join(words[1:5]), lead=" ".join(words[5:10]) if number % 2 else "",
        body=" ".join(words[10:17]) + ".\n" + " ".join(words[17:]) + f" یگانه{number}", section=("ورزش جهان", "استان‌ها")[number % 2],
        tags=("جام‌جهانی", "فوتبال") if number % 6 == 0 else (), byline="مریم نمونه‌ای" if number == 7 else "",
        credit=Credit(reporter="خبرگزاری کویر") if number % 10 == 8 else None, published=NOON - number // 4 * DAY - timedelta(minutes=number),
    )  # fmt: skip


@pytest.fixture(scope="module")
def engines(tmp_path_factory, postgresql):
    """The same stories, one of them revised, in each engine: a connection each, by name."""
    folder = tmp_path_factory.mktemp("engines")
    with ExitStack() as stack:
        places = {
            "fts5": folder / "fts5.db",
            "tantivy": folder / "beside.db",
            "postgresql": postgresql.archive(folder / "shared.db"),
        }
        for path in places.values():
            with open_store(path) as store:
                for number in range(STORIES):
                    store.add(_story(number), now=NOON)
                store.add(analysed(story_id="3", url="", title="سرخط نو", body="متنی که دیگر است"), now=NOON + HOUR)
        with open_store(places["tantivy"]) as store, open_archive(places["tantivy"]) as conn:
            changes.begin(store.conn, "tantivy")
            assert beside.catch_up(conn, folder / "beside.db.tantivy") == STORIES
        yield {name: stack.enter_context(open_archive(path)) for name, path in places.items()}


def test_each_has_its_own_index(engines):
    assert {name: type(index_of(conn)).__name__ for name, conn in engines.items()} == {
        "fts5": "Fts5", "tantivy": "Beside", "postgresql": "TermIndex",
    }  # fmt: skip


def every(conn, node):
    return set(index_of(conn).walk(node, Ids(), STORIES * 2, oldest=False))


COLUMN = st.sampled_from(["title lead body", "title lead body stems", "title", "lead", "body", "stems", ""])
TERM = st.sampled_from(
    sorted({word for number in range(STORIES) for word in _story(number).entry.body.split()} | {"نیست"})
)
HAS = st.one_of(
    st.builds(lambda column, words, prefix: Has(column, tuple(words), prefix), COLUMN, st.lists(TERM, min_size=1, max_size=3), st.booleans()),
    st.builds(lambda column, word, size: Has(column, (word[:size],), prefix=True), COLUMN, TERM, st.integers(1, 3)),
    st.sampled_from([Has("meta", ("agency:namune",)), Has("meta", ("kind:gallery",)), Has("meta", ("section:ورزش", "section:جهان"))]),
)  # fmt: skip
FTS = st.recursive(
    HAS,
    lambda inner: st.one_of(
        st.builds(lambda nodes: AllOf(tuple(nodes)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda nodes: AnyOf(tuple(nodes)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(But, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(node=FTS)
def test_every_expression_finds_the_same_in_all(engines, node):
    found = {name: every(conn, node) for name, conn in engines.items()}
    assert found["fts5"] == found["tantivy"] == found["postgresql"], str(node)
    for name, conn in engines.items():
        index, ids = index_of(conn), sorted(found["fts5"], reverse=True)
        assert index.count(node, Ids()) == len(ids), name
        assert {one for one, _ in index.best(node, Ids(), STORIES * 2)} == set(ids), name
        some = [*ids[::2], 20200101000001]
        assert sorted(index.among(node, some)) == sorted(index.every(node, Ids()))[::-1][::2][::-1], name
        assert {one for one, _ in index.best_of(node, some, STORIES)} == set(ids[::2]), name
        assert (
            list(index.walk(node, Ids(first=ids[-1], last=ids[0]) if ids else Ids(), 2, oldest=True)) == ids[::-1][:2]
        ), name


@pytest.mark.parametrize(
    "text",
    [
        "کتابخانه", "كتاب‌خانه", "کتاب خانه", "گفت‌وگو", "گفت و گو", '"گفت و گو"', '"می رود"', "راه‌آهن -برف", "تهران OR برف", "۲۵", "25", "2.5",
        "کتا*", "بر* -برف‌ها", "title:کتاب", "lead:برف", "body:رفت", "agency:sepehr", "section:استانها", 'tag:"جام جهانی"', "tag:جام*", "byline:مريم",
        "credit:کویر", "kind:gallery", "-کتاب", "date:1403/06/31", "from:1403/06/25 to:1403/06/31 خانه", "date:دیروز", "رئیس‌جمهور رييس", "lemma:رفت",
        "یگانه7 یگانه8", "و", "don't", "C++", "نو", '"سرخط نو"', "AI", "۱۲/۷",
    ],
)  # fmt: skip
def test_every_query_finds_the_same_in_all(engines, text):
    found = {name: search(conn, Query(text=text, sort="newest", limit=200, now=NOON)) for name, conn in engines.items()}
    pages = {name: [hit.id for hit in one.hits] for name, one in found.items()}
    assert pages["fts5"] == pages["tantivy"] == pages["postgresql"]
    assert len({(one.count, one.about, one.notes) for one in found.values()}) == 1
    assert [hit.snippet for hit in found["fts5"].hits] == [hit.snippet for hit in found["postgresql"].hits]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.sampled_from([*WORDS, '"', "OR", "-", "(", ")", "*", "title:", "tag:جام", "agency:namune"]), max_size=6
    ).map(" ".join)
)
def test_whatever_is_typed_finds_the_same_in_all(engines, text):
    asked = meant(Query(text=text, now=NOON))
    if asked is None:
        return
    found = [every(conn, asked.wish.matching()) for conn in engines.values()]
    assert found[0] == found[1] == found[2], text


def test_the_best_hit_is_the_same_where_one_is_clearly_better(engines):
    for conn in engines.values():
        hits = search(conn, Query(text="سرخط نو", limit=5)).hits
        assert hits[0].story_id == "3"
        assert hits[0].score > 0


@pytest.fixture
def followed(tmp_path):
    path, folder = tmp_path / "news.db", tmp_path / "news.db.tantivy"
    with open_store(path) as store:
        store.add(analysed(story_id="1", url="", title="نخستین خبر"), now=NOON)
        changes.begin(store.conn, "tantivy")
    return path, folder


def follow(path, folder):
    with open_archive(path) as conn:
        return beside.catch_up(conn, folder)


def titles(path, text):
    with open_archive(path) as conn:
        return [hit.title for hit in search(conn, Query(text=text, every=True)).hits]


def test_an_index_beside_follows_what_comes_in_and_what_is_changed(followed):
    path, folder = followed
    assert follow(path, folder) == 1
    with open_store(path) as store:
        store.add(analysed(story_id="2", url="", title="دومین خبر"), now=NOON)
        store.add(analysed(story_id="1", url="", title="واژه‌ای تازه", body="متن نو"), now=NOON + HOUR)
        store.add(analysed(story_id="1", url="", title="واژه‌ای تازه", body="متن نو"), now=NOON + 2 * HOUR)
    assert titles(path, "تازه") == []  # it finds what it knows
    assert follow(path, folder) == 2
    assert follow(path, folder) == 0
    assert (titles(path, "تازه"), titles(path, "نخستین"), titles(path, "دومین")) == (["واژه‌ای تازه"], [], ["دومین خبر"])


def test_an_index_that_was_killed_before_it_noted_how_far_it_came_reads_it_again(followed, monkeypatch):
    path, folder = followed
    follow(path, folder)
    with open_store(path) as store:
        store.add(analysed(story_id="2", url="", title="دومین خبر"), now=NOON)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(beside, "_reach", killed)
        with pytest.raises(KeyboardInterrupt):
            follow(path, folder)
    assert follow(path, folder) == 1
    assert titles(path, "دومین") == ["دومین خبر"]


def test_an_index_of_another_analysis_is_made_anew(followed):
    path, folder = followed
    follow(path, folder)
    (folder / "position.json").write_text(json.dumps({"position": 0, "analysis": 0}))
    assert follow(path, folder) == 1
    assert titles(path, "نخستین") == ["نخستین خبر"]


def test_changes_are_noted_only_while_somebody_follows_and_their_numbers_rise(followed):
    path, _ = followed
    with open_store(path) as store:
        assert changes.last(store.conn) == 0
        for number in range(3):
            store.add(analysed(story_id=f"1{number}", url=""), now=NOON)
        assert len(changes.since(store.conn, 0)) == 3
        changes.forget(store.conn, 3)
        store.add(analysed(story_id="20", url=""), now=NOON)
        assert changes.last(store.conn) == 4
        changes.end(store.conn, "tantivy")
        store.add(analysed(story_id="21", url=""), now=NOON)
        assert changes.last(store.conn) == 4


def test_the_command_makes_follows_and_removes_it(bayegan, tmp_path):
    with open_store(tmp_path / "news.db") as store:
        store.add(analysed(title="نخستین خبر"), now=NOON)
    assert json.loads(bayegan("index", "--json").stdout)["written"] == 1
    with open_store(tmp_path / "news.db") as store:
        store.add(analysed(story_id="2", url="", title="دومین خبر"), now=NOON)
    assert json.loads(bayegan("index", "--json").stdout) == {"path": "news.db.tantivy", "written": 1, "stories": 2}
    assert "دومین" in bayegan("search", "دومین").stdout
    assert bayegan("index", "--remove").returncode == 0
    assert not (tmp_path / "news.db.tantivy").exists()
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn:
        assert conn.execute("SELECT count(*) FROM followers").fetchone()[0] == 0
    assert "دومین" in bayegan("search", "دومین").stdout


def test_a_shared_archive_keeps_no_changes():
    assert not {"followers", "changes"} & set(ddl.columns())
