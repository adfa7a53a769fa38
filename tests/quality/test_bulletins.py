"""Forms filled anew are never copies, and what others run of one always is: on forms no threshold was chosen by."""

from itertools import combinations

import pytest

from archive.duplicates.judgement import Kind, judge
from archive.duplicates.sketch import paragraphs_of
from archive.duplicates.sketch import words as flat
from tests.quality.bulletins import FORMS, bulletin, rerun

ISSUES = 12


def words(text):
    return flat(paragraphs_of("", "", text))


@pytest.mark.parametrize("form", FORMS)
def test_two_issues_of_a_form_are_no_copies(form):
    issues = [words(f"به گزارش خبرگزاری نمونه، {bulletin(form, seed)}") for seed in range(ISSUES)]
    assert {judge(first, second).kind for first, second in combinations(issues, 2)} <= {Kind.UPDATE, Kind.REUSE}


@pytest.mark.parametrize("form", FORMS)
def test_an_issue_run_by_others_is_a_copy(form):
    for seed in range(ISSUES):
        text = bulletin(form, seed)
        assert judge(words(text), words(rerun(text, "سپهر", seed))).kind is Kind.COPY
