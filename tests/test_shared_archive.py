"""What is said of a shared archive alone: its address, its tables, its writers side by side, its statements."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import place
from archive.engines import ddl
from archive.engines.dialect import postgresql as spelt
from archive.errors import ArchiveError
from archive.place import Shared, is_address
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from scheduler.cli import bayegan
from tests.stories import DAY, NOON, analysed

pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")


@pytest.fixture
def shared(postgresql, tmp_path):
    return postgresql.archive(tmp_path / "news.db")


@pytest.mark.parametrize(
    ("sqlite", "postgresql"),
    [
        pytest.param("SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b = %s", id="place"),
        pytest.param("WHERE a = :name AND b = :state10", "WHERE a = %(name)s AND b = %(state10)s", id="named-places"),
        pytest.param("SELECT '?', ':x', '%' || a", "SELECT '?', ':x', '%%' || a", id="texts-hold-no-places"),
        pytest.param("SELECT a::jsonb", "SELECT a::jsonb", id="a-cast-is-no-place"),
        pytest.param("WHERE a IS ?", "WHERE a IS NOT DISTINCT FROM %s", id="is"),
        pytest.param("WHERE ? IS NULL", "WHERE CAST(%s AS text) IS NULL", id="is-null"),
        pytest.param("FROM stories INDEXED BY x WHERE", "FROM stories WHERE", id="a-hint"),
        pytest.param("WHERE a IN ()", "WHERE a IN (NULL)", id="in-nothing"),
        pytest.param("INSERT OR IGNORE INTO t VALUES (?)", "INSERT INTO t VALUES (%s) ON CONFLICT DO NOTHING", id="ignore"),
        pytest.param(
            "INSERT OR REPLACE INTO t (a, b) VALUES (?, ?)",
            "INSERT INTO t (a, b) VALUES (%s, %s) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET a = excluded.a, b = excluded.b",
            id="replace",
        ),
    ],
)  # fmt: skip
def test_statements_are_spelt_for_postgresql(sqlite, postgresql):
    assert spelt(sqlite) == postgresql


@pytest.mark.parametrize("text", ["postgresql://host/news", "postgres://u:p@host:5433/news?sslmode=require"])
def test_an_address_is_told_from_a_file_and_keeps_its_password(text):
    assert is_address(text)
    shared = Shared.at(text, Path("/data/news.db"))
    assert shared.address == text
    assert ":p@" not in shared.told
    assert type(shared.with_name("raw")) is type(Path())
    assert shared.parent == Path("/data")
    assert place.shared_at(shared) is shared


@pytest.mark.parametrize("path", ["news.db", "/data/postgresql/news.db", "postgresql:/x"])
def test_a_file_is_no_address(path):
    assert not is_address(path)
    assert place.shared_at(Path(path)) is None


def test_without_the_extra_an_address_is_an_error_of_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "archive.engines.postgres", None)
    with (
        pytest.raises(ArchiveError, match=r"pip install 'bayegan\[cluster\]'"),
        open_archive(Shared.at("postgresql://h/n")),
    ):
        pass


def test_a_server_that_is_not_there_is_an_error_of_one_line_without_the_password(tmp_path):
    gone = Shared.at(f"postgresql://me:secret@/news?host={tmp_path}")
    with pytest.raises(ArchiveError, match="cannot be opened") as told, open_archive(gone):
        pass
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_nothing_of_a_cluster_is_loaded_where_an_archive_is_a_file(tmp_path):
    """Not by the writer, not by a search, not by the program itself."""
    with open_store(tmp_path / "news.db"):
        pass
    code = (
        "import sys; from pathlib import Path; from archive.store import open_store; from archive.search.hits import *;"
        " import scheduler.cli, scheduler.daemon, scheduler.desk, scheduler.commands.crawl;"
        f" path = Path({str(tmp_path / 'news.db')!r})\n"
        "with open_store(path): pass\n"
        "with open_archive(path) as conn: search(conn, Query(text='x'))\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('psycopg', 'procrastinate', 'tantivy', 'fsspec')"
        " or name.startswith('archive.engines')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_its_tables_are_those_of_a_file(shared):
    with open_archive(shared) as conn:
        for table, key in ddl.keys().items():
            found = conn.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? AND table_schema = 'public'",
                (table,),
            )
            columns = dict(found.fetchall())
            with sqlite3.connect(":memory:") as lite:
                ddl.index.register(lite)
                ddl.migrate(lite, "memory")
                expected = {row[1] for row in lite.execute(f"PRAGMA table_info({table})")}
            assert set(columns) == expected
            assert set(key) <= set(columns)


def test_an_empty_database_is_no_archive_until_somebody_writes(postgresql, tmp_path):
    empty = Shared.at(postgresql.address("postgres"), tmp_path / "news.db")
    with pytest.raises(ArchiveError, match="an empty database"), open_archive(empty):
        pass


def test_a_newer_archive_is_left_alone(shared):
    with open_store(shared) as store:
        store.conn.execute("UPDATE versions SET version = 9999 WHERE part = 'schema'")
    for opened in (open_store, open_archive):
        with pytest.raises(ArchiveError, match="made by another bayegan"), opened(shared):
            pass


def test_a_report_for_one_machine_says_so(shared):
    with open_archive(shared) as conn, pytest.raises(ArchiveError, match="needs an archive of one machine"):
        conn.execute("SELECT rowid FROM story_index WHERE story_index MATCH 'x'")


def test_writers_side_by_side_lose_nothing_and_store_nothing_twice(shared):
    """Eight writers, each with stories of its own and all with the same ones; numbers of a day meet nowhere."""

    def write(store, writer):
        for number in range(6):
            same = analysed(story_id=f"s{number}", url="", body=f"خبر مشترک شماره {number} است.", published=NOON)
            own = analysed(
                agency=f"agency{writer}", story_id=str(number), url="", body=f"خبر {writer} {number}", published=NOON
            )
            for one in (same, own):
                store.add(one, now=NOON)

    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        stores = [stack.enter_context(open_store(shared)) for _ in range(8)]
        for done in [pool.submit(write, store, writer) for writer, store in enumerate(stores)]:
            done.result()
    with open_archive(shared) as conn:
        rows = conn.execute("SELECT agency, story_id, revision FROM stories").fetchall()
        indexed = conn.execute("SELECT count(*) FROM story_index").fetchone()[0]
    assert len(rows) == len(set(rows)) == indexed == 6 + 8 * 6
    assert {row[2] for row in rows} == {1}


def test_another_analysis_writes_the_index_anew(shared):
    with open_store(shared) as store:
        store.add(analysed(title="بارش برف"), now=NOON)
        store.conn.execute("DELETE FROM story_index")
        store.conn.execute("UPDATE versions SET version = 0 WHERE part = 'index'")
    with open_store(shared) as store:
        counted = store.conn.execute("SELECT stories FROM frequencies WHERE term = 'برف'").fetchone()
        filters = store.conn.execute("SELECT stories FROM frequencies WHERE term = 'agency:namune'").fetchone()
    assert (counted[0], filters[0]) == (1, 1)
    with open_archive(shared) as conn:
        assert search(conn, Query(text="برف")).count == 1


def test_a_batch_goes_in_whole_or_not_at_all(shared):
    with open_store(shared) as store:
        batch = [analysed(story_id="1", url=""), analysed(story_id="2", url="", agency="\0")]
        with pytest.raises(Exception, match="NUL"):
            store.add_all(batch, now=NOON)
        assert store.conn.execute("SELECT count(*) FROM stories").fetchone()[0] == 0


@given(body=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200))
def test_every_text_can_be_indexed_and_found_by_its_words(postgresql, body):
    from archive.engines.terms import query, vector  # noqa: PLC0415 - an extra

    one = analysed(body=body or "متن").entry
    import psycopg  # noqa: PLC0415 - an extra

    from archive.search.expression import Has  # noqa: PLC0415

    with psycopg.connect(postgresql.address("postgres")) as conn:
        for word in one.body.split():
            found = conn.execute(
                "SELECT %s::tsvector @@ %s::tsquery", (vector(one), query(Has("body", (word,))))
            ).fetchone()
            assert found == (True,)


def test_a_story_of_a_later_day_is_numbered_by_its_day(shared):
    with open_store(shared) as store:
        numbers = [
            store.add(analysed(story_id=str(n), url="", published=NOON + n * DAY), now=NOON).id for n in range(3)
        ]
    assert [one // 1_000_000 for one in numbers] == [20240922, 20240923, 20240924]


def test_commands_read_a_shared_archive_or_say_that_they_need_a_file(shared, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store(shared) as store:
        store.add(analysed(), now=NOON)
        number = store.add(analysed(body="متنی دیگر با خبر"), now=NOON + DAY).id

    def said(*words):
        return CliRunner().invoke(bayegan, ["--archive", shared.address, *map(str, words)])

    read = (
        ("search", "خبر"),
        ("show", number),
        ("diff", number),
        ("log",),
        ("cluster", number),
        ("syndication",),
        ("status",),
        ("export",),
    )
    for words in read:
        done = said(*words)
        assert done.exit_code == 0, (words, done.exception)
        assert done.stdout, words
    for words in (("browse",), ("verify",), ("doctor",), ("backup", "copies"), ("lexicon",), ("export", "خبر")):
        assert "not on a shared archive" in str(said(*words).exception), words
    assert not list(tmp_path.glob("news.db"))
