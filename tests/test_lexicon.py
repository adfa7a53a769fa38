"""The lexicon: lemmas and half-spaces learnt from stories, and a search that never loads hazm."""

import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from archive.lexicon import Learnt, is_learnt, learn, printings
from archive.search.hits import open_archive, search
from archive.search.query import Query
from archive.store import open_store
from archive.text.lemmas import tidy as by_hazm
from archive.text.letters import HALF_SPACE
from archive.text.tidy import completed, tidy
from scheduler.cli import bayegan
from tests.stories import DAY, NOON, analysed

LEMMAS = {"بهتر": "خوب"}
BODIES = ["قالی بهتر رسید", "قالی خوب رسید", "بندر‌ها و بندر‌ها و بندر‌ها", "بندر ها و بندرها"]


def lemma(word):
    return LEMMAS.get(word)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "news.db"
    with open_store(path) as store:
        for number, body in enumerate(BODIES):
            moment = NOON + number * DAY
            store.add(
                analysed(story_id=str(number), url="", title="خبر", lead="", body=body, published=moment), now=moment
            )
        assert learn(store.conn, lemma).stories == len(BODIES)
    return path


def found(path, text, **options):
    with open_archive(path) as conn:
        return {hit.story_id for hit in search(conn, Query(text=text, every=True, **options)).hits}


def test_every_form_of_a_lemma_is_found_when_asked_for(path):
    assert found(path, "خوب") == {"1"}
    assert found(path, "lemma:خوب") == {"0", "1"}
    assert found(path, "خوب", lemmas=True) == {"0", "1"}
    assert found(path, "ریشه:بهتر قالی") == {"0", "1"}
    assert found(path, "قالی -lemma:خوب") == set()


def test_a_word_without_a_lemma_is_asked_for_by_its_own_spelling(path):
    assert found(path, "lemma:قالی") == {"0", "1"}
    assert found(path, "lemma:نیست") == set()


def test_the_forms_are_marked(path):
    with open_archive(path) as conn:
        hits = search(conn, Query(text="lemma:خوب")).hits
    assert {hit.snippet for hit in hits} == {"قالی <mark>بهتر</mark> رسید", "قالی <mark>خوب</mark> رسید"}


def test_a_story_is_read_once_and_again_when_it_is_revised(path):
    with open_store(path) as store:
        assert learn(store.conn, lemma) == Learnt()
        later = NOON + 9 * DAY
        store.add(analysed(story_id="0", url="", title="خبر", lead="", body="دیگر شد", published=NOON), now=later)
        store.add(analysed(story_id="9", url="", title="خبر", lead="", body="تازه", published=later), now=later)
        assert learn(store.conn, lemma).stories == 2
        assert learn(store.conn, lemma).stories == 0


def test_an_interrupted_reading_goes_on_where_it_stopped(path):
    with open_store(path) as store:
        later = NOON + timedelta(days=20)
        store.add(analysed(story_id="7", url="", title="خبر", lead="", body="تازه", published=later), now=later)
        with pytest.raises(ZeroDivisionError):
            learn(store.conn, lambda _: 1 // 0)
        assert not store.conn.in_transaction
        assert learn(store.conn, lemma).stories == 1


def test_half_spaces_are_set_as_the_archive_prints_them(path):
    with open_archive(path) as conn:
        assert is_learnt(conn)
        known = printings(conn)
        assert tidy("این بندرها و آن بندر ها", known) == f"این بندر{HALF_SPACE}ها و آن بندر{HALF_SPACE}ها"


@pytest.mark.parametrize(
    ("text", "ways", "tidied"),
    [
        pytest.param("كتابهاي", {"کتاب‌های": 3}, "كتاب‌هاي", id="letters-stay"),
        pytest.param("کتابهای", {"کتاب‌های": 3, "کتابهای": 9}, "کتابهای", id="mostly-joined"),
        pytest.param("می رود", {"می‌رود": 3, "می رود": 5}, "می‌رود", id="blanks-are-misprints"),
        pytest.param("در آمد", {"در‌آمد": 1, "در آمد": 30}, "در آمد", id="mostly-apart"),
        pytest.param("می، رود", {"می‌رود": 3}, "می، رود", id="comma"),
        pytest.param("پیش بینی ها", {"پیش‌بینی‌ها": 2, "پیش‌بینی": 9}, "پیش‌بینی‌ها", id="longest-first"),
        pytest.param("پیش‌بینی", {"پیشبینی": 9, "پیش‌بینی": 1}, "پیش‌بینی", id="printed-ones-stay"),
    ],
)
def test_words_are_tidied_as_they_are_mostly_printed(text, ways, tidied):
    def known(form):
        return {way: n for way, n in ways.items() if way.replace(" ", "").replace(HALF_SPACE, "") == form}

    assert tidy(text, known) == tidied


@pytest.mark.parametrize(
    ("text", "guessed", "ways", "completed_as"),
    [
        pytest.param("باغچه ها", "باغچه‌ها", {}, "باغچه‌ها", id="of-unknown-words-the-guess-is-taken"),
        pytest.param("میروند", "می‌روند", {}, "می‌روند", id="in-words-without-a-blank-too"),
        pytest.param("بند ها", "بند‌ها", {"بند‌ها": 2, "بندها": 9}, "بند ها", id="what-is-known-is-not-overruled"),
        pytest.param("«باغچه ها»  و\n(كتاب ها)", "«باغچه‌ها» و\n(كتاب‌ها)", {}, "«باغچه‌ها»  و\n(كتاب‌ها)", id="blanks-stay"),
        pytest.param("پیش‌بینی", "پیش‌بینی", {}, "پیش‌بینی", id="printed-ones-stay"),
        pytest.param(" ", " ", {}, " ", id="nothing"),
    ],
)  # fmt: skip
def test_a_guess_completes_what_was_learnt(text, guessed, ways, completed_as):
    def known(form):
        return {way: n for way, n in ways.items() if way.replace(" ", "").replace(HALF_SPACE, "") == form}

    assert completed(text, guessed, known) == completed_as


@pytest.mark.parametrize(
    ("printed", "tidied"),
    [
        pytest.param("كتاب هاي تازه مي روند", "كتاب‌هاي تازه مي‌روند", id="letters-stay"),
        pytest.param("  ميروند به خانه ها !", "  مي‌روند به خانه‌ها !", id="blanks-and-marks-stay"),
        pytest.param("آن ها،که گفت :«نمی دانم»\n\nA ها", "آن‌ها،که گفت :«نمی‌دانم»\n\nA ها", id="lines-stay"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_hazm_sets_half_spaces_and_changes_nothing_else(printed, tidied):
    assert by_hazm(printed) == tidied


def test_show_tidy_uses_what_was_learnt(path):
    with open_archive(path) as conn:
        (last,) = conn.execute("SELECT max(id) FROM stories").fetchone()
    shown = CliRunner().invoke(bayegan, ["--archive", str(path), "show", str(last), "--tidy"])
    assert f"بندر{HALF_SPACE}ها و بندر{HALF_SPACE}ها" in shown.output


def test_hazm_fills_the_lexicon(path):
    with open_store(path) as store:
        store.conn.execute("DELETE FROM learnt")
    ran = CliRunner().invoke(bayegan, ["--archive", str(path), "lexicon", "--json"])
    assert '"stories": 4' in ran.output
    with open_archive(path) as conn:
        assert dict(conn.execute("SELECT form, lemma FROM lexicon"))["بندرها"] == "بندر"


def test_no_search_loads_hazm(path):
    code = (
        "import sys; from scheduler.cli import bayegan\n"
        "try: bayegan(sys.argv[1:])\n"
        "finally: print([name for name in sys.modules if name.split('.')[0] in ('hazm', 'nltk', 'numpy')])"
    )
    asked = ["--archive", str(path), "search", "رسید", "lemma:خوب", "--lemmas"]
    ran = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=False)
    assert ran.stdout.rstrip().endswith("[]"), ran.stderr
    assert "قالی" in ran.stdout
