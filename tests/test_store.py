"""The store: a story once, however often it is met; every revision kept; nothing half done."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from archive import rows
from archive.analysis import analyse
from archive.errors import ArchiveError, BusyError
from archive.schema import APPLICATION_ID, MIGRATIONS
from archive.store import DAY as NUMBERS_A_DAY
from archive.store import Verdict, judge, open_store
from tests.stories import DAY, HOUR, NOON, analysed, story


@pytest.fixture
def path(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def store(path):
    with open_store(path) as store:
        yield store


def texts(store, number):
    found = store.conn.execute("SELECT number, body FROM story_revisions WHERE story = ? ORDER BY number", (number,))
    return found.fetchall()


def counted(store, table):
    return store.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def broken_off(store):
    with store.atomic():
        store.add(analysed(), now=NOON)
        with store.atomic():
            raise KeyboardInterrupt


def test_what_is_undone_is_undone_as_a_whole_and_its_agency_is_made_known_again(store):
    with pytest.raises(KeyboardInterrupt):
        broken_off(store)
    assert (counted(store, "stories"), counted(store, "agencies")) == (0, 0)
    store.add(analysed(), now=NOON)
    assert (counted(store, "stories"), counted(store, "agencies")) == (1, 1)


@pytest.mark.parametrize(
    ("known", "new", "verdict"),
    [(None, "a", Verdict.NEW), ("a", "a", Verdict.UNCHANGED), ("a", "b", Verdict.REVISED)],
)
def test_the_content_hash_judges(known, new, verdict):
    assert judge(known, new) == verdict


def test_a_story_comes_back_as_it_was(store):
    full = story(
        tags=("کتاب", "یزد"),
        kicker="در نشست کتابداران",
        byline="خبرنگار",
        section="فرهنگ",
        modified=NOON + HOUR,
        boilerplate=("انتهای پیام",),
    )
    stored = store.add(analyse(full), now=NOON)
    row = store.db["stories"].get(stored.id)
    assert rows.story(row) == full


def test_a_story_met_twice_is_stored_once(store):
    first = store.add(analysed(), now=NOON)
    second = store.add(analysed(), now=NOON + HOUR)
    assert (first.verdict, second.verdict, second.id) == (Verdict.NEW, Verdict.UNCHANGED, first.id)
    row = store.db["stories"].get(first.id)
    assert (row["first_seen"], row["last_seen"]) == ("2024-09-22T08:30:00Z", "2024-09-22T09:30:00Z")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"url": "https://www.namune.ir/news/101/نام-دیگر"}, id="changed-slug-same-id"),
        pytest.param({"story_id": None}, id="no-id-same-address"),
        pytest.param(
            {"story_id": None, "url": "http://namune.ir/news/101/کتابخانه/?utm_source=x"}, id="address-decorated"
        ),
        pytest.param({"story_id": None, "url": ""}, id="nothing-but-its-words"),
        pytest.param({"title": "كتابخانه‌هاي روستايي شبانه‌روزي مي‌شوند"}, id="arabic-letters"),
        pytest.param(
            {"story_id": None, "url": "https://namune.com/news/101/کتابخانه"}, id="another-host-of-the-agency"
        ),
        pytest.param({"story_id": None, "url": "https://namune.ir/x101"}, id="its-short-link"),
        pytest.param(
            {"story_id": None, "url": "https://m.namune.ir/amp/news/101/كتابخانه"}, id="amp-in-arabic-letters"
        ),
    ],
)
def test_a_known_story_is_known_again(store, changes):
    store.add_agency("namune", hosts=["www.namune.ir", "namune.com"])
    first = store.add(analysed(short_link="https://namune.ir/x101"), now=NOON)
    second = store.add(analysed(**changes), now=NOON + HOUR)
    assert (second.id, second.verdict) == (first.id, Verdict.UNCHANGED)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"story_id": "102", "url": "https://www.namune.ir/news/102"}, id="another-id"),
        pytest.param({"agency": "sepehr"}, id="another-agency-with-the-same-id"),
        pytest.param({"story_id": "102"}, id="another-id-at-the-same-address"),
    ],
)
def test_another_story_is_another(store, changes):
    first = store.add(analysed(), now=NOON)
    second = store.add(analysed(**changes), now=NOON)
    assert second.verdict is Verdict.NEW
    assert second.id != first.id


def test_a_story_is_known_at_every_address_it_ever_had(store):
    first = store.add(analysed(), now=NOON)
    store.add(analysed(url="https://www.namune.ir/culture/101"), now=NOON)
    again = store.add(analysed(story_id=None, title="سرخط دیگر"), now=NOON + HOUR)
    assert (again.id, again.verdict) == (first.id, Verdict.REVISED)


def test_hosts_that_are_learnt_later_join_what_was_met_before(store):
    first = store.add(analysed(story_id=None), now=NOON)
    store.add_agency("namune", hosts=["namune.ir", "namune.com"])
    again = store.add(analysed(story_id=None, url="https://namune.com/news/101/کتابخانه", title="دیگر"), now=NOON)
    assert again.id == first.id
    assert (
        store.add(analysed(story_id=None, url="https://namune.org/news/101/کتابخانه", body="", lead=""), now=NOON).id
        != first.id
    )


def test_a_short_link_that_leads_home_joins_nothing(store):
    first = store.add(analysed(story_id=None, short_link="https://www.namune.ir/"), now=NOON)
    other = store.add(analysed(story_id=None, url="https://www.namune.ir/", title="دیگر"), now=NOON)
    assert other.id != first.id


def test_a_half_space_that_slipped_is_a_revision_one_that_is_lost_is_none(store):
    store.add(analysed(body="گفت: کار می‌کنیم."), now=NOON)
    lost, slipped = (store.add(analysed(body=f"گفت: کار {word}."), now=NOON) for word in ("میکنیم", "میک‌نیم"))
    assert (lost.verdict, slipped.verdict) == (Verdict.UNCHANGED, Verdict.REVISED)


def test_another_version_of_identity_works_out_addresses_hashes_and_sums_anew(path):
    with open_store(path) as store:
        number = store.add(analysed(), now=NOON).id
        store.add(analysed(body="دیگر"), now=NOON)
        rows_before = (
            store.conn.execute("SELECT * FROM stories").fetchall(),
            store.conn.execute("SELECT * FROM revisions").fetchall(),
        )
        store.conn.execute("UPDATE stories SET content_hash = '', address = '', sum = x''")
        store.conn.execute("UPDATE revisions SET content_hash = '', sum = x''")
        assert store.refresh_identities() is False
        store.conn.execute("UPDATE versions SET version = 0 WHERE part = 'identity'")
    with open_store(path) as store:
        assert store.add(analysed(body="دیگر"), now=NOON).id == number
        rows_after = (
            store.conn.execute("SELECT * FROM stories").fetchall(),
            store.conn.execute("SELECT * FROM revisions").fetchall(),
        )
    assert rows_after == rows_before


def test_an_archive_is_for_its_owner_alone(path):
    with open_store(path) as store:
        store.add(analysed(), now=NOON)
        modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert modes == dict.fromkeys(("news.db", "news.db-wal", "news.db-shm", "news.db.lock"), 0o600)


def test_the_same_form_on_another_day_is_another_story(store):
    price = {"story_id": None, "url": "", "title": "نرخ سکه", "lead": "", "body": "بهای سکه تغییری نکرد."}
    first = store.add(analysed(**price), now=NOON)
    second = store.add(analysed(**price, published=NOON + DAY), now=NOON + DAY)
    assert second.id != first.id


def test_a_revision_keeps_what_was_said_before(store):
    first = store.add(analysed(body="۱۲ نفر"), now=NOON)
    second = store.add(analysed(body="۱۵ نفر"), now=NOON + HOUR)
    third = store.add(analysed(body="۱۸ نفر"), now=NOON + 2 * HOUR)
    assert (second.verdict, third.verdict, third.id) == (Verdict.REVISED, Verdict.REVISED, first.id)
    assert texts(store, first.id) == [(1, "۱۲ نفر"), (2, "۱۵ نفر"), (3, "۱۸ نفر")]
    row = store.db["stories"].get(first.id)
    assert (row["revision"], row["revised"]) == (3, "2024-09-22T10:30:00Z")


def test_a_revision_keeps_the_publication_date_and_takes_the_new_address(store):
    first = store.add(analysed(), now=NOON)
    moved = analysed(body="دیگر", url="https://www.namune.ir/news/101/نو", published=NOON + DAY)
    store.add(moved, now=NOON + HOUR)
    row = store.db["stories"].get(first.id)
    assert (row["published"], row["address"]) == ("2024-09-22T08:30:00Z", "namune.ir/news/101/نو")


def test_a_second_look_fills_what_the_first_did_not_know(store):
    first = store.add(analysed(published=None, section=""), now=NOON)
    store.add(analysed(section="فرهنگ"), now=NOON)
    row = store.db["stories"].get(first.id)
    assert (row["published"], row["section"]) == ("2024-09-22T08:30:00Z", "فرهنگ")


def test_the_number_of_a_story_begins_with_its_day_in_tehran(store):
    late = datetime(2024, 9, 21, 20, 45, tzinfo=UTC)  # already the 22nd, and 1 Mehr, in Tehran
    assert store.add(analysed(published=late), now=NOON).id == 20240922 * NUMBERS_A_DAY + 1
    assert store.add(analysed(story_id="9", url=""), now=NOON).id == 20240922 * NUMBERS_A_DAY + 2


def test_an_undated_story_is_filed_under_the_day_it_was_first_seen(store):
    assert store.add(analysed(published=None), now=NOON).id // NUMBERS_A_DAY == 20240922


def test_a_batch_goes_in_whole_or_not_at_all(store):
    broken = analysed(story_id="102", url="")
    object.__setattr__(broken, "content_hash", object())
    with pytest.raises(sqlite3.Error):
        store.add_all([analysed(), broken], now=NOON)
    assert store.db["stories"].count == 0


def test_the_index_equals_what_the_view_would_write(store):
    number = store.add(analysed(), now=NOON).id
    store.add(analysed(body="متن دیگر"), now=NOON)
    store.add(analysed(story_id="2", url="", title="دوم", body="امانت", tags=("الف", "ب")), now=NOON)
    store.conn.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")
    found = store.conn.execute("SELECT rowid FROM story_index WHERE story_index MATCH '\"دیگر\"'").fetchall()
    assert found == [(number,)]
    found = store.conn.execute("SELECT rowid FROM story_index WHERE story_index MATCH '\"امانت\"'").fetchall()
    assert found == [(number + 1,)]  # the other story; the revised one says so no more


def test_another_analysis_writes_the_index_anew(path):
    with open_store(path) as store:
        store.add(analysed(), now=NOON)
        store.conn.execute("INSERT INTO story_index (story_index) VALUES ('delete-all')")
        assert store.refresh_index() is False
        store.conn.execute("UPDATE versions SET version = 0")
        assert store.refresh_index() is True
        store.conn.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")


def test_the_archive_is_durable_and_strict(store):
    pragmas = {
        name: store.conn.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with pytest.raises(sqlite3.IntegrityError):
        store.conn.execute("INSERT INTO revisions VALUES (1, 'x', '', '', '', '', NULL, '', '', '', x'')")
    store.add(analysed(), now=NOON)
    with pytest.raises(sqlite3.IntegrityError):
        store.conn.execute("UPDATE stories SET agency = 'nobody'")


def test_only_one_process_writes(path):
    with open_store(path), pytest.raises(BusyError) as caught, open_store(path):
        pass
    assert caught.value.exit_code == 75
    assert "another bayegan writes to this archive" in str(caught.value)


def test_a_killed_migration_leaves_the_older_version_whole(tmp_path, monkeypatch):
    path = tmp_path / "old.db"
    with open_store(path) as store:
        store.add(analysed(), now=NOON)
    monkeypatch.setattr(
        "archive.schema.MIGRATIONS", (*MIGRATIONS, "CREATE TABLE half (x);\nCREATE TABLE stories (x);\n")
    )
    with pytest.raises(sqlite3.OperationalError), open_store(path):
        pass
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert conn.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchall() == []


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        pytest.param(["CREATE TABLE cats (x)"], "an SQLite file of another program", id="foreign"),
        pytest.param(
            [f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 999"],
            "made by a newer bayegan",
            id="newer",
        ),
    ],
)
def test_a_file_that_is_not_ours_is_left_alone(path, statements, message):
    with closing(sqlite3.connect(path)) as conn:
        for statement in statements:
            conn.execute(statement)
    with pytest.raises(ArchiveError, match=message), open_store(path):
        pass


def test_a_file_that_is_no_database_is_left_alone(path):
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(ArchiveError, match="no archive"), open_store(path):
        pass


def test_an_archive_below_a_file_is_an_error_of_one_line(path):
    path.write_text("a file, no folder", "utf-8")
    with pytest.raises(ArchiveError, match="cannot be opened"), open_store(path / "news.db"):
        pass
