"""Two texts side by side: what they share, wherever it stands, and what they say otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.alignment import Replaced, align
from archive.duplicates.judgement import Kind, judge
from archive.duplicates.sketch import paragraphs_of, words
from archive.duplicates.slots import Slots, compare_slots

FIRST = "مدیر کتابخانه‌های یزد گفت شمار اعضای کتابخانه‌ها در سال گذشته دو برابر شده و به ۴۲ هزار تن رسیده است"
SECOND = "وی افزود بیشتر این اعضا دانش‌آموزانی هستند که عصرها پس از مدرسه در تالار مطالعه می‌مانند و درس می‌خوانند"
THIRD = "ساختمان تازه کتابخانه مرکزی با زیربنای شش هزار متر تا پایان پاییز آماده بهره‌برداری می‌شود و سه تالار دارد"
OTHER = (
    "باران دیشب راه روستاهای کوهستانی را بست و راهداران از بامداد امروز سرگرم گشودن گردنه‌ها هستند و تا ظهر کار می‌کنند"
)
WORDS = st.lists(st.sampled_from("الف ب پ ت ث ج چ #1 #2".split()), max_size=60)


def told(*paragraphs):
    return words(paragraphs_of("", "", "\n".join(paragraphs)))


@given(WORDS, WORDS)
def test_no_word_is_used_twice_and_blocks_say_the_same(a, b):
    found = align(a, b)
    assert found.shared <= min(len(a), len(b))
    assert found.shared == sum(block.size for block in found.blocks)
    assert all(a[one.a : one.a + one.size] == b[one.b : one.b + one.size] for one in found.blocks)
    for start in ("a", "b"):
        places = [getattr(one, start) + at for one in found.blocks for at in range(one.size)]
        assert len(places) == len(set(places))


@given(st.lists(st.integers(0, 10_000).map(str), min_size=8, max_size=60, unique=True))
def test_a_text_lies_wholly_on_itself(words):
    assert align(words, words).shared == len(words)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        pytest.param([FIRST, SECOND, THIRD], [FIRST, SECOND, THIRD], Kind.COPY, id="the-same"),
        pytest.param([FIRST, SECOND, THIRD], [THIRD, FIRST, SECOND], Kind.COPY, id="moved"),
        pytest.param([FIRST, SECOND, THIRD], [FIRST], Kind.COPY, id="shortened"),
        pytest.param([FIRST, SECOND], [FIRST, SECOND, OTHER], Kind.COPY, id="added-to"),
        pytest.param([FIRST, SECOND], [FIRST.replace("۴۲ هزار", "چهل و دو هزار"), SECOND], Kind.COPY, id="number-in-words"),
        pytest.param([FIRST, SECOND], [FIRST.replace("\u200c", ""), SECOND.replace("\u200c", " ")], Kind.COPY, id="half-spaces-lost"),
        pytest.param([FIRST, SECOND], [FIRST.replace("گفت", "اظهار کرد"), SECOND.replace("وی", "او")], Kind.COPY, id="said-otherwise"),
        pytest.param([FIRST], [FIRST.replace("۴۲", "۴۵")], Kind.UPDATE, id="another-number"),
        pytest.param([FIRST, SECOND], [FIRST.replace("یزد", "زنجان").replace("کتابخانه‌ها ", "ورزشگاه‌ها "), SECOND.replace("مدرسه", "باشگاه")], Kind.UPDATE, id="other-names"),
        pytest.param([FIRST, OTHER, OTHER[::-1]], [FIRST, SECOND, THIRD], Kind.REUSE, id="one-passage"),
        pytest.param([FIRST, SECOND], [OTHER], None, id="nothing"),
        pytest.param(["آتش‌بس برقرار شد"], ["آتش بس برقرار شد!"], Kind.COPY, id="few-words"),
        pytest.param(["آتش‌بس برقرار شد"], ["آتش‌بس برقرار نشد"], None, id="few-words-that-differ"),
        pytest.param([], [], None, id="empty"),
    ],
)  # fmt: skip
def test_what_two_stories_are_to_each_other(first, second, kind):
    assert judge(told(*first), told(*second)).kind == kind
    assert judge(told(*second), told(*first)).kind == kind


@pytest.mark.parametrize(
    ("a", "b", "slots"),
    [
        pytest.param("#5 نفر", "#7 تن", (1, 0), id="number"),
        pytest.param("#5", "#5000000", (0, 0), id="scale-lost"),
        pytest.param("#104668", "#104000 و #668", (0, 0), id="number-torn"),
        pytest.param("شنبه", "دوشنبه", (1, 0), id="day"),
        pytest.param("#5", "چند", (0, 0), id="number-against-none"),
        pytest.param("نیشابور", "سبزوار", (0, 1), id="place"),
        pytest.param("رضا کیانی", "علی مرادی", (0, 2), id="person"),
        pytest.param("وی گفت", "او افزود", (0, 0), id="common-words"),
        pytest.param("کتاب", "کتابها", (0, 0), id="ending"),
        pytest.param("تلاش می کنیم", "میکنیم", (0, 0), id="half-space-lost"),
        pytest.param("یک " * 9, "دو " * 9, (0, 0), id="too-long-for-a-slot"),
    ],
)
def test_slots(a, b, slots):
    numbers, names = slots
    assert compare_slots([Replaced(tuple(a.split()), tuple(b.split()), at=90)]) == Slots(numbers=numbers, names=names)


def test_a_number_counts_thrice_in_the_lead():
    assert compare_slots([Replaced(("#5",), ("#7",), at=3)]) == Slots(numbers=3, names=0)
