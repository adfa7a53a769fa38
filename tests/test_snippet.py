"""A snippet: the densest passage of the printed text, its hits marked, nothing of it markup."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from archive.search.snippet import WORDS, snippet
from archive.text.words import spans

LONG = " ".join(f"واژه{n}" for n in range(100))


def test_the_passage_with_most_hits_is_shown():
    text = f"برف {LONG} برف و باران و برف {LONG}"
    shown = snippet(text, {"برف", "باران"})
    assert shown.count("<mark>") == 3
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_a_short_text_is_shown_whole():
    assert snippet("برف، و باران!", {"باران"}) == "برف، و <mark>باران</mark>!"


def test_without_a_hit_the_beginning_is_shown():
    assert snippet(LONG, {"نیست"}).startswith("واژه0 واژه1")


def test_a_hit_near_the_end_is_shown_with_what_stands_before_it():
    assert snippet(f"{LONG} باران", {"باران"}).endswith("واژه99 <mark>باران</mark>")


def test_markup_of_the_text_is_harmless():
    assert (
        snippet("<script>برف</script> & باران", {"برف"}) == "&lt;script&gt;<mark>برف</mark>&lt;/script&gt; &amp; باران"
    )


@given(st.text(alphabet=st.sampled_from("کتاب‌ها ۱۲<>&.\n") | st.characters(codec="utf-8"), max_size=300))
def test_a_snippet_is_a_passage_of_the_text(text):
    shown = unescape(re.sub("</?mark>", "", snippet(text, {"کتاب"})))
    passage = shown.removeprefix("… ").removesuffix(" …")
    assert passage in " ".join(text.split()) or len(list(spans(text))) == 0
    assert len(list(spans(shown))) <= WORDS
