"""Fingerprints: what texts share they show, the same in every process."""

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.fingerprints import GRAM, GUARANTEE, fingerprints

LETTERS = st.text(alphabet="ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی0123456789", min_size=1, max_size=400)


@given(LETTERS, LETTERS, LETTERS, LETTERS, st.text(alphabet="ابپتسکی", min_size=GUARANTEE, max_size=GUARANTEE))
def test_any_shared_run_of_67_letters_gives_a_common_fingerprint(before, after, other_before, other_after, shared):
    first = fingerprints(before + shared + after)
    second = fingerprints(other_before + shared + other_after)
    assert first.keys() & second.keys()


@given(LETTERS)
def test_a_fingerprint_is_a_63_bit_number_with_the_place_where_it_first_stands(letters):
    for value, at in fingerprints(letters).items():
        assert 0 <= value < 2**63
        assert fingerprints(letters[at : at + GRAM]).keys() == {value}


@given(LETTERS)
def test_about_two_in_49_places_are_kept(letters):
    # The density of winnowing is 2 / (window + 1); on any text it is at most one a place.
    assert 1 <= len(fingerprints(letters)) <= max(1, len(letters) - GRAM + 1)


def test_a_long_text_has_about_forty_fingerprints_in_a_thousand_letters():
    letters = "".join(random.Random(7).choices("ابپتجدرزسشعفقکگلمنوهی", k=20_000))
    assert 36 <= len(fingerprints(letters)) / 20 <= 46


@pytest.mark.parametrize(("letters", "count"), [("", 0), ("کوتاه", 1), ("ا" * GRAM, 1), ("ا" * 1000, 1)])
def test_short_and_monotonous_texts(letters, count):
    assert len(fingerprints(letters)) == count


def test_fingerprints_are_the_same_in_every_process():
    code = "from archive.duplicates.fingerprints import fingerprints; print(sorted(fingerprints('خبرگزاری' * 40 + 'پایان')))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert told == {f"{sorted(fingerprints('خبرگزاری' * 40 + 'پایان'))}\n"}
