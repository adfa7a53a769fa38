"""Words: index and query agree, whatever stands between the parts of a word, and no root is eaten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.letters import HALF_SPACE, fold
from archive.text.stems import stem
from archive.text.words import index_texts, index_words, phrases, query_terms, spans, stem_words, tokens

WORDS = st.sampled_from(
    "کتابخانه‌های كتاب‌هاي می‌روند نمی‌شود گفت‌وگوهای خانه‌ی خانهٔ رئیس‌جمهور بین‌المللی پیش‌بینی مسئولان علماء ایران ۱۲ ۲٫۵ ۱٬۰۰۰ G20 "
    "بزرگ‌ترین هسته‌ای گرفته‌اند کشورمان و را در NATO آن‌ها راه‌آهن #سیل_شمال دانش‌آموزان‌شان".split()
)
TEXTS = st.lists(WORDS | st.text(alphabet="ابپتکگیهونمر‌ ۱۲.،_ئآ", max_size=8), min_size=1, max_size=12).map(" ".join)


def finds(query: str, text: str, *, optional: bool = True) -> bool:
    """Say whether a story that reads `text` has all words of `query`, those too that are optional in it (or not)."""
    exact, stems = (f" {column} " for column in (index_words(text), stem_words(text)))
    terms = query_terms(query)
    terms = terms if optional else [term for term in terms if not term.optional] or terms
    return bool(terms) and all(
        any(f" {' '.join(phrase)} " in exact for phrase in term.exact) or any(f" {one} " in stems for one in term.stems)
        for term in terms
    )


@given(st.lists(TEXTS, max_size=4))
def test_texts_that_are_read_once_give_what_each_gives_alone(texts):
    columns = [index_words(text) for text in texts]
    assert index_texts(*texts) == (columns, stem_words("\n".join(texts)))


@given(TEXTS)
def test_every_word_of_a_text_is_found_by_its_own_spelling(text):
    for start, end, _ in spans(text):
        assert finds(text[start:end], text)


@given(st.lists(WORDS, min_size=1, max_size=12))
def test_every_word_is_found_with_its_half_spaces_deleted_or_as_blanks(words):
    text = " ".join(words)
    for word in words:
        assert finds(word.replace(HALF_SPACE, ""), text)
        assert finds(word.replace(HALF_SPACE, " "), text)
        assert finds(word, text.replace(HALF_SPACE, ""))
        assert finds(word, text.replace(HALF_SPACE, " "))


@given(TEXTS)
def test_the_words_shown_are_the_words_indexed(text):
    shown = [word for _, _, word in spans(text)]
    assert tokens(" . ".join(shown)) == tokens(text)
    assert index_words(text).split()[: len(shown)] == tokens(text)


@pytest.mark.parametrize(
    ("query", "story"),
    [
        pytest.param("می‌نویسد", "مینویسد", id="prefix-lost"),
        pytest.param("مینویسد", "می نویسد", id="prefix-as-blank"),
        pytest.param("بندرهای", "بندر های", id="plural-as-blank"),
        pytest.param("جزیره‌ای", "جزیره ای", id="indefinite-as-blank"),
        pytest.param("جزیره‌ی", "جزیرهٔ", id="ezafe"),
        pytest.param("جست‌وجو", "جست و جو", id="joined-by-and"),
        pytest.param("جست و جو", "جستجو", id="and-left-out"),
        pytest.param("پاسخ‌گو", "پاسخگو", id="compound-lost"),
        pytest.param("پاسخگو", "پاسخ گو", id="compound-as-blank"),
        pytest.param("آتش نشانی", "آتشنشانی", id="neighbours"),
        pytest.param("راجعبه", "راجع به", id="preposition"),
        pytest.param("هیأت", "هیئت", id="hamza-ye"),
        pytest.param("مسؤولیت", "مسئولیت", id="hamza-waw"),
        pytest.param("حجة‌الاسلام", "حجت الاسلام", id="arabic-heh"),
        pytest.param("بندرها", "بندر", id="plural"),
        pytest.param("کارگر", "کارگران", id="plural-of-people"),
        pytest.param("رانندگان", "راننده", id="plural-after-heh"),
        pytest.param("دانش‌آموز", "دانش‌آموزان‌شان", id="plural-and-owner"),
        pytest.param("دیوار", "دیواری", id="indefinite"),
        pytest.param("بهار", "بهارمان", id="owner"),
        pytest.param("کوتاه‌ترین", "کوتاه", id="degree"),
        pytest.param("جزایر", "جزیره", id="broken-plural"),
        pytest.param("حمله", "حملات", id="arabic-plural"),
        pytest.param("می‌سازند", "ساخت", id="verb"),
        pytest.param("نمی‌سازد", "ساخته‌اند", id="verb-perfect"),
        pytest.param("ساختن", "می‌سازد", id="infinitive"),
        pytest.param("ساخته", "ساخت", id="participle"),
        pytest.param("دانش آموزی", "دانش‌آموز", id="end-of-a-compound"),
        pytest.param("12", "۱۲", id="digits"),
        pytest.param("1000", "۱٬۰۰۰", id="thousands"),
        pytest.param("2.5", "۲٫۵", id="decimal"),
        pytest.param("G20", "G-20", id="letters-and-digits"),
    ],
)
def test_a_story_is_found_however_it_was_spelt(query, story):
    assert finds(query, f"خبر {story} رسید")
    assert finds(story, f"خبر {query} رسید")


@pytest.mark.parametrize(
    ("query", "story"),
    [
        pytest.param("سیل", "#سیل_شمال", id="hashtag"),
        pytest.param("دانش آموزان", "دانش‌آموز", id="inflected-part"),
        pytest.param("جمهور", "رئیس‌جمهور", id="half-space"),
        pytest.param("آهن", "راهآهن", id="compound-printed-as-one"),
    ],
)
def test_a_word_is_found_by_its_part(query, story):
    assert finds(query, f"خبر {story} رسید")


@pytest.mark.parametrize(
    ("query", "story"),
    [
        pytest.param("باران", "بار", id="ان"),
        pytest.param("کشتی", "کشت", id="ی"),
        pytest.param("درمان", "در", id="مان"),
        pytest.param("فرش", "فر", id="ش"),
        pytest.param("ماهی", "ماه", id="ی-of-an-animal"),
        pytest.param("دفتر", "دف", id="تر"),
        pytest.param("میهن", "هن", id="می"),
        pytest.param("زاهدان", "زاهد", id="town"),
        pytest.param("2.5", "25", id="decimal"),
        pytest.param("رها", "ر", id="ها"),
        pytest.param("هسته", "هست", id="no-participle"),
        pytest.param("گروگان", "گروه", id="گان"),
    ],
)
def test_another_word_is_not_found(query, story):
    assert not finds(query, f"خبر {story} رسید")
    assert not finds(story, f"خبر {query} رسید")


@pytest.mark.parametrize(
    "word", "ایران پایان زبان استان میلاد تنها مردم آسمان سازمان جهان تهران نشان قهرمان سیاسی ورزش دولت".split()
)
def test_a_root_keeps_its_end(word):
    assert stem(fold(word)) == fold(word)


@pytest.mark.parametrize(
    ("query", "story"),
    [
        pytest.param("درباره‌ی برف می‌گوید", "برف آمد", id="light-verb"),
        pytest.param("برف نمی‌شود", "برف آمد", id="no"),
        pytest.param("برفی که آنجا بوده‌است", "برف", id="copula"),
        pytest.param("۲ قایق", "دو قایق", id="digit"),
        pytest.param("دوازده قایق", "۱۲ قایق", id="word"),
    ],
)
def test_what_binds_a_sentence_need_not_be_met_and_small_numbers_are_written_both_ways(query, story):
    assert finds(query, story, optional=False)


@pytest.mark.parametrize(
    ("query", "story"),
    [
        pytest.param("برف می‌بارد", "برف آمد", id="verb"),
        pytest.param("نشت داده‌ها", "نشت", id="noun-like-a-light-verb"),
        pytest.param("توان موشکی", "موشکی", id="noun-like-can"),
        pytest.param("می‌گوید", "برف آمد", id="alone"),
        pytest.param("۲۲ قایق", "دو قایق", id="other-number"),
    ],
)
def test_what_tells_of_a_story_must_be_met(query, story):
    assert not finds(query, story, optional=False)


@given(TEXTS)
def test_stems_stand_in_the_order_of_the_words(text):
    first = [stem_words(word).split()[0] for _, _, word in spans(text)]
    assert stem_words(text).split()[: len(first)] == first


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        pytest.param("تصمیم می‌گیرد", "او تصمیم میگیرد که", id="lost"),
        pytest.param("تصمیم میگیرد", "او تصمیم می گیرد که", id="as-blank"),
        pytest.param("خط راه آهن", "در خط راه‌آهن تبریز", id="printed"),
        pytest.param("خط راه‌آهن", "در خط راه آهن تبریز", id="apart"),
        pytest.param("خط راهآهن", "در خط راه آهن تبریز", id="joined"),
        pytest.param("گفت و گوی تازه", "یک گفت‌وگوی تازه", id="and"),
    ],
)
def test_a_phrase_is_found_across_half_spaces(phrase, text):
    indexed = f" {index_words(text)} "
    assert any(f" {' '.join(one)} " in indexed for one in phrases(phrase))


@given(TEXTS)
def test_a_phrase_has_few_spellings(text):
    assert len(phrases(text)) <= 16
