"""What commands say to people is English or, with --lang fa, Persian: the same things, from one file a language."""

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

import archive.commands
import scheduler.commands
from archive.store import open_store
from archive.tongue import LANGUAGES, tongue
from tests.stories import analysed
from tests.terminal import on_a_terminal
from tests.test_front_door import BAYEGAN

ROOMS = [Path(room.__file__).parent for room in (archive.commands, scheduler.commands)]
NOON = datetime(2024, 9, 22, 8, 30, tzinfo=UTC)
LATER = datetime(2024, 9, 22, 10, 30, tzinfo=UTC)


@pytest.fixture
def story(tmp_path):
    """A story that was changed, in an archive of that folder; its number."""
    with open_store(tmp_path / "news.db") as store:
        store.add(analysed(story_id="1", title="زلزله در تهران", body="زلزله‌ای ۴ ریشتری تهران را لرزاند."), now=NOON)
        again = analysed(story_id="1", title="زلزله در تهران", body="زلزله‌ای ۵ ریشتری تهران را لرزاند.")
        return store.add(again, now=LATER).id


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    persian, english = (tongue(language, "commands").words for language in LANGUAGES)
    assert list(persian) == list(english)
    for key in persian:
        assert places(persian[key]) == places(english[key]) or key.endswith("_one"), key


def test_no_word_is_left_over():
    texts = "\n".join(
        file.read_text("utf-8") for room in ROOMS for file in (*room.glob("*.py"), ROOMS[0].parent / "tongue.py")
    )
    named = set(re.findall(r"[\"'](\w+)[\"']", texts)) | {"headline", "added", "removed", "reworded", "number-changed"}
    built = tuple(set(re.findall(r"t\(f[\"'](\w+_)\{", texts)))
    keys = {key.removesuffix("_one") for key in tongue("fa", "commands").words}
    assert {key for key in keys - named if not key.startswith(built)} == set()


@pytest.mark.parametrize(
    ("command", "english", "persian"),
    [
        pytest.param(["search", "زلزله"], "1 story\n", "۱ خبر\n", id="search"),
        pytest.param(["log", "--changed"], "1 entry\n", "۱ مورد\n", id="log"),
        pytest.param(
            ["coverage"],
            "0 days of agencies: 0 stored, 0 missing\n",
            "۰ روزِ خبرگزاری: ۰ داریم، ۰ کم است\n",
            id="coverage",
        ),
    ],
)
def test_remarks_are_in_the_language_asked_for(bayegan, story, command, english, persian):
    assert bayegan(*command).stderr == english
    assert bayegan("--lang", "fa", *command).stderr == persian


def test_every_facet_has_a_name_in_both_languages(bayegan, story):
    for language, names in (("en", ["agency", "month", "day"]), ("fa", ["خبرگزاری", "ماه", "روز"])):
        lines = bayegan("--lang", language, "search", "زلزله", "--facets").stdout.splitlines()
        assert [name for name in names if not any(line.startswith(f"{name}: ") for line in lines)] == []


def test_a_difference_is_told_in_persian_with_persian_digits(bayegan, story):
    said = bayegan("--lang", "fa", "diff", story).stdout
    assert said.startswith(f"خبر {story}، ویرایش ۱ (2024-09-22T08:30:00Z) ← ۲ (2024-09-22T10:30:00Z)\n")
    assert "عدد دیگر: متن، بند ۱\n" in said


def test_json_is_the_same_in_every_language(bayegan, story):
    for command in (["search", "زلزله", "--json"], ["diff", str(story), "--json"], ["log", "--json"]):
        assert bayegan("--lang", "fa", *command).stdout == bayegan(*command).stdout


def test_the_environment_may_choose_and_a_terminal_lays_persian_from_right_to_left(story, tmp_path):
    _, screen = on_a_terminal([BAYEGAN, "search", "زلزله"], tmp_path, BAYEGAN_LANG="fa")
    assert "\N{RIGHT-TO-LEFT ISOLATE}۱ خبر\N{POP DIRECTIONAL ISOLATE}" in screen


def test_a_language_nobody_speaks_here_is_refused(bayegan):
    assert bayegan("--lang", "de", "agencies").returncode == 2
