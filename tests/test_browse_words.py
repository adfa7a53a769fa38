"""The words of the pages: one file a language, the same keys, none missing and none left over."""

import re
import string
from datetime import date
from pathlib import Path

import pytest

import archive.browse
from archive.search.note import SENTENCES
from archive.tongue import LANGUAGES, tongue

ROOM = Path(archive.browse.__file__).parent


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    persian, english = (tongue(language).words for language in LANGUAGES)
    assert many(persian) == many(english)
    for key in many(persian):
        assert places(persian[key]) == places(english[key]), key


def many(words):
    """Return the keys without those that say one thing otherwise than many."""
    return [key for key in words if not (key.endswith("_one") and key.removesuffix("_one") in words)]


def test_no_word_is_left_over_and_none_is_missing():
    texts = "\n".join(
        file.read_text("utf-8")
        for file in (*ROOM.glob("templates/*.html"), *ROOM.glob("*.py"), ROOM.parent / "tongue.py")
    )
    words = set(many(tongue("en").words))
    built = tuple(set(re.findall(r"(?:\bt|words\.get)\(\s*f?\"(\w+_)[\"{]", texts)))  # t("kind_" + kind)
    assert set(re.findall(r"\bt\(\s*\"(\w+)\"", texts)) - words - set(built) == set()
    texts += "".join(f'"note_{key}"' for key in SENTENCES)
    named = set(re.findall(r"[\"'](\w+)[\"']", texts)) | {"hours", "days", "minutes"}
    assert {word for word in words - named if not word.startswith(built)} == set()


@pytest.mark.parametrize(
    ("language", "number", "day", "moment"),
    [
        pytest.param("fa", "۱۲٬۳۴۵", "۱ مهر ۱۴۰۳", "۱ مهر ۱۴۰۳، ۱۲:۰۰", id="persian"),
        pytest.param("en", "12,345", "1 Mehr 1403", "22 September 2024, 12:00", id="english"),
    ],
)
def test_numbers_and_days_are_written_as_the_language_does(language, number, day, moment):
    t = tongue(language)
    assert t.number(12345) == number
    assert t.jalali(date(2024, 9, 22)) == day
    assert t.moment("2024-09-22T08:30:00Z") == moment


@pytest.mark.parametrize("text", [None, "", "yesterday"])
def test_a_moment_that_is_not_known_is_said_to_be_so(text):
    assert tongue("en").moment(text) == "undated"
    assert tongue("fa").both(text) == "بی‌تاریخ"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(3, "3 minutes"), (119, "119 minutes"), (180, "3 hours"), (4000, "3 days"), (-5, "-5 minutes")],
)
def test_a_lag_is_said_in_its_own_unit(minutes, said):
    assert tongue("en").span(minutes) == said


def test_one_is_said_otherwise_than_many():
    assert [tongue("en")("stories", n=number) for number in (0, 1, 2)] == ["0 stories", "1 story", "2 stories"]
    assert tongue("fa")("stories", n=1) == "۱ خبر"


@pytest.mark.parametrize(
    ("kind", "english", "persian"),
    [
        pytest.param("silent", "Silent", "خاموش", id="plain"),
        pytest.param("drift:title", "Layout changed title", "چیدمان صفحه عوض شده تیتر", id="of-a-field"),
        pytest.param("novel", "novel", "novel", id="unheard-of"),
    ],
)
def test_an_alarm_is_named(kind, english, persian):
    assert (tongue("en").alarm(kind), tongue("fa").alarm(kind)) == (english, persian)
