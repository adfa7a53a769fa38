"""The lists of words: folded, sorted, and what `tools/headwords.py` makes of hazm's."""

import runpy
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

from archive.text.letters import fold

LISTS = files("archive.text.lists")


def rows(name):
    return [line for line in LISTS.joinpath(f"{name}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("name", ["function", "headwords", "names", "plurals", "spellings", "verbs"])
def test_lists_are_folded_and_say_nothing_twice(name):
    assert [row for row in rows(name) if fold(row) != row] == []
    assert len(rows(name)) == len(set(rows(name)))


@pytest.mark.parametrize("name", ["headwords", "verbs"])
def test_the_shipped_list_is_what_the_tool_makes(name):
    assert f"hazm {version('hazm')} " in LISTS.joinpath(f"{name}.txt").read_text("utf-8").splitlines()[0]
    made = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "headwords.py"))
    assert made[name]() == rows(name)
