"""What changed between two versions: named, word by word; how words are written is no change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.revisions import Kind, changes, compare


def row(body="بند یک درباره کتاب‌های تازه.\nبند دو درباره ۴۲ نفر.", **changed):
    return {"title": "کتابخانه‌ها باز شدند", "kicker": "", "lead": "لید خبر", "body": body} | changed


def kinds(old, new):
    return [(change.kind, change.field, change.paragraph) for change in changes(old, new)]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"title": "کتابخانه‌ها بسته شدند"}, [(Kind.HEADLINE, "title", None)], id="headline"),
        pytest.param({"kicker": "روتیتر"}, [(Kind.ADDED, "kicker", None)], id="a-kicker-came"),
        pytest.param({"lead": ""}, [(Kind.REMOVED, "lead", None)], id="the-lead-went"),
        pytest.param({"body": "بند یک درباره کتاب‌های تازه.\nبند دو درباره ۴۲ نفر.\nبند سه که تازه آمد."}, [(Kind.ADDED, "body", 3)], id="a-paragraph-came"),
        pytest.param({"body": "بند دو درباره ۴۲ نفر."}, [(Kind.REMOVED, "body", 1)], id="a-paragraph-went"),
        pytest.param({"body": "بند یک درباره کتاب‌های کهنه.\nبند دو درباره ۴۲ نفر."}, [(Kind.REWORDED, "body", 1)], id="reworded"),
        pytest.param({"body": "بند یک درباره کتاب‌های تازه.\nبند دو درباره ۴۳ نفر."}, [(Kind.NUMBER, "body", 2)], id="number"),
        pytest.param({"body": "بند یک درباره کتاب‌های تازه.\nبند دو درباره ۴۲ نفر و ۳ اسب."}, [(Kind.ADDED, "body", 2)], id="words-came"),
        pytest.param({"body": "بند یک درباره کتاب‌های تازه.\nبند دو درباره نفر."}, [(Kind.REMOVED, "body", 2)], id="a-number-went"),
        pytest.param({"body": "بند يك درباره كتابهاي تازه\nبند دو درباره 42 نفر"}, [], id="arabic-letters-half-space-marks-digits"),
        pytest.param({"body": "بند یک درباره کتاب های تازه.\nبند دو درباره ۴۲ نفر.\nکد خبر ۱۲۳۴"}, [], id="half-space-as-blank-and-a-footer"),
        pytest.param({"body": "بند یک درباره کتا‌بهای تازه.\nبند دو درباره ۴۲ نفر."}, [(Kind.REWORDED, "body", 1)], id="a-half-space-slipped"),
    ],
)  # fmt: skip
def test_a_change_is_named_for_what_became_of_the_passage(changed, found):
    assert kinds(row(), row(**changed)) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("۱۲ نفر آمدند", "۱۵ نفر آمدند", id="digits"),
        pytest.param("دوازده نفر آمدند", "پانزده نفر آمدند", id="words"),
        pytest.param("دوازده نفر آمدند", "۱۵ نفر آمدند", id="words-to-digits"),
        pytest.param("۲٫۵ درصد", "۲۵ درصد", id="a-point"),
    ],
)
def test_numbers_are_known_in_digits_and_in_words(old, new):
    assert [kind for kind, _, _ in kinds(row(lead=old), row(lead=new))] == [Kind.NUMBER]


def test_a_passage_is_told_word_by_word():
    (change,) = changes(row(), row(body="بند یک درباره کتابهای بسیار تازه.\nبند دو درباره ۴۲ نفر."))
    assert change.as_json() == {
        "kind": "added",
        "field": "body",
        "paragraph": 1,
        "old": "بند یک درباره کتاب‌های تازه.",
        "new": "بند یک درباره کتابهای بسیار تازه.",
        "words": ["بند یک درباره کتابهای", ["", "بسیار"], "تازه."],
    }


def test_a_paragraph_between_others_is_found_among_reworded_ones():
    old = row(body="یک دو سه چهار پنج شش\nهفت هشت نه ده یازده\nپایان راه بود و بس")
    new = row(body="یک دو سه چهار پنج هفت\nتازه آمد اینجا نشست\nپایان راه بود و همین")
    assert kinds(old, new) == [
        (Kind.NUMBER, "body", 1),
        (Kind.REMOVED, "body", 2),
        (Kind.ADDED, "body", 2),
        (Kind.REWORDED, "body", 3),
    ]


TEXTS = st.text(st.sampled_from("گفتمیکه ‌\n.۱۲،"), max_size=60)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself_or_from_its_half_spaces_lost(text):
    assert changes(row(body=text), row(body=text)) == []
    assert changes(row(body=text), row(body=text.replace("\N{ZERO WIDTH NON-JOINER}", ""))) == []


@given(TEXTS, TEXTS)
def test_the_words_of_both_texts_come_back(old, new):
    pieces = compare(old, new)
    assert " ".join(piece.old for piece in pieces).split() == old.split()
    assert " ".join(piece.new for piece in pieces).split() == new.split()
