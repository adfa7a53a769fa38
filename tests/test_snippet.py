"""A snippet: the densest passage of the printed text, its hits marked, nothing of it markup."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from archive.search.snippet import WORDS, Marks, densest, highlight, snippet
from archive.text.words import spans


def marks(terms):
    return Marks(terms=frozenset(terms))


LONG = " ".join(f"واژه{n}" for n in range(100))


def test_the_passage_with_most_hits_is_shown():
    text = f"برف {LONG} برف و باران و برف {LONG}"
    shown = snippet(text, marks({"برف", "باران"}))
    assert shown.count("<mark>") == 3
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_a_short_text_is_shown_whole():
    assert snippet("برف، و باران!", marks({"باران"})) == "برف، و <mark>باران</mark>!"


def test_without_a_hit_the_beginning_is_shown():
    assert snippet(LONG, marks({"نیست"})).startswith("واژه0 واژه1")


def test_a_text_with_hardly_a_blank_is_cut_all_the_same():
    text = LONG.replace(" ", "،")
    assert snippet(f"{text}،باران،{text}", marks({"باران"})) == (
        "… واژه94،واژه95،واژه96،واژه97،واژه98،واژه99،<mark>باران</mark>،" + text[: text.index("واژه23")] + " …"
    )


def test_a_hit_near_the_end_is_shown_with_what_stands_before_it():
    assert snippet(f"{LONG} باران", marks({"باران"})).endswith("واژه99 <mark>باران</mark>")


def test_markup_of_the_text_is_harmless():
    assert (
        snippet("<script>برف</script> & باران", marks({"برف"}))
        == "&lt;script&gt;<mark>برف</mark>&lt;/script&gt; &amp; باران"
    )


@given(st.text(alphabet=st.sampled_from("کتاب‌ها ۱۲<>&.\n") | st.characters(codec="utf-8"), max_size=300))
def test_a_snippet_is_a_passage_of_the_text(text):
    shown = unescape(re.sub("</?mark>", "", snippet(text, marks({"کتاب"}))))
    passage = shown.removeprefix("… ").removesuffix(" …")
    assert passage in " ".join(text.split()) or len(list(spans(text))) == 0
    assert len(list(spans(shown))) <= WORDS


@given(st.lists(st.booleans(), max_size=90), st.integers(1, 40))
def test_the_first_of_the_densest_passages_is_shown(hits, size):
    counts = {at: sum(hits[at : at + size]) for at, hit in enumerate(hits) if hit}
    first = densest(hits, size)
    assert first == min((at for at, count in counts.items() if count == max(counts.values())), default=0)


def test_the_words_of_a_phrase_are_marked_only_where_they_stand_side_by_side():
    phrase = Marks(terms=frozenset({"گفتگو"}), phrases=frozenset({("گفت", "و", "گو")}))
    assert snippet("گفت و گو، و گفت و رفت", phrase).count("<mark>") == 3
    assert snippet("در گفت‌و‌گو", phrase) == "در <mark>گفت‌و‌گو</mark>"


def test_words_that_begin_with_a_prefix_are_marked():
    assert snippet("كتابخانه و دفتر", Marks(prefixes=("کتاب",))) == "<mark>كتابخانه</mark> و دفتر"


def test_a_whole_text_can_be_marked_with_its_lines():
    assert highlight("برف <b>\nباران برف", marks({"برف"})) == "<mark>برف</mark> &lt;b&gt;\nباران <mark>برف</mark>"


def test_a_word_whose_ending_a_blank_parts_is_marked_whole():
    shown = snippet("كتاب هاي تازه، می رود", Marks(terms=frozenset({"کتابهای", "میرود"})))
    assert shown == "<mark>كتاب</mark> <mark>هاي</mark> تازه، <mark>می</mark> <mark>رود</mark>"
