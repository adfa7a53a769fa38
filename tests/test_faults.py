"""The harness of faults itself: what it calls well, what it refuses to, and how it says so."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from tests.faults import __main__ as command
from tests.faults import broken
from tests.faults.row import MIB, Row, Size, skip
from tests.faults.scenarios import SCENARIOS
from tests.faults.table import Result, as_json, markdown, plain, read
from tests.faults.truth import Verdict, compare

WELL = Row(fault="kill -9", tried=4, survived=4, worst_s=1.5, worst_rss=80 * MIB, control="early", caught=True)


def result(row, name="kill"):
    return Result(name=name, size=Size.CI, day="2024-09-22", seconds=1.0, row=row, machine="4 cores")


@pytest.mark.parametrize(
    ("row", "well"),
    [
        pytest.param(WELL, True, id="all-survived"),
        pytest.param(replace(WELL, lost=1), False, id="a-story-was-lost"),
        pytest.param(replace(WELL, survived=3), False, id="one-did-not-survive"),
        pytest.param(replace(WELL, caught=False), False, id="the-control-was-not-caught"),
        pytest.param(replace(WELL, tried=0, survived=0), False, id="nothing-was-tried"),
    ],
)
def test_well_is_only_what_was_tried_and_survived_and_whose_control_was_caught(row, well, monkeypatch, capsys):
    def scenario(_size, _folder):
        return row

    monkeypatch.setattr(command, "SCENARIOS", (scenario,))
    assert row.well is well
    assert command.main([]) == (0 if well else 1)
    told = capsys.readouterr()
    assert ("NOT WELL" in told.err) is not well
    assert "kill -9" in told.out


def test_what_cannot_be_tried_is_said_loudly_and_stands_in_the_table(monkeypatch, capsys):
    def disk_full(_size, _folder):
        return skip("disk full", "needs root")

    monkeypatch.setattr(command, "SCENARIOS", (disk_full,))
    assert command.main(["--only", "disk"]) == 0
    told = capsys.readouterr()
    assert "SKIPPED: disk_full: needs root" in told.err
    assert "SKIPPED" in told.out


def test_a_scenario_that_breaks_is_lost_and_the_next_is_tried(monkeypatch, capsys):
    def breaks(_size, _folder):
        raise RuntimeError("oh")

    def sound(_size, _folder):
        return WELL

    monkeypatch.setattr(command, "SCENARIOS", (breaks, sound))
    assert command.main(["--jobs", "1"]) == 1
    assert "RuntimeError: oh" in capsys.readouterr().out


def test_scenarios_apart_are_told_in_the_order_of_the_table_and_one_that_says_nothing_is_lost():
    def nowhere(_size, _folder):
        """Stand in no table that another process has."""

    found = [*command.run_apart(2, (broken.archive_of_the_future, nowhere), Size.CI)]
    assert [(one.name, one.row.well) for one in found] == [("archive_of_the_future", True), ("nowhere", False)]
    assert found[1].row.lost


def test_the_table_has_its_figures():
    text = plain([result(WELL), result(replace(WELL, caught=False, lost=2))])
    assert "1.50 s     80 MiB  early: caught" in text
    assert text.splitlines()[2].startswith("!")
    assert markdown([result(WELL)]).endswith("Run on 2024-09-22: 4 cores.")
    assert "| `kill` | ci | kill -9 | 4 | 4 | 0 | 1.50 s | 80 MiB | early: caught |" in markdown([result(WELL)])


def test_what_was_printed_is_read_again_and_the_last_run_counts(tmp_path):
    early, late = result(replace(WELL, lost=1)), result(WELL)
    (tmp_path / "one.jsonl").write_text(f"{as_json(early)}\n{as_json(late)}\n", "utf-8")
    assert read([tmp_path / "one.jsonl"]) == [late]


def test_every_scenario_says_in_a_line_what_it_does():
    assert [one.__name__ for one in SCENARIOS if not (one.__doc__ or "").splitlines()] == []
    assert len({one.__name__ for one in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        pytest.param([("1", "گفت‌وگو", 1), ("2", "متن", 1)], Verdict(), id="all-there"),
        pytest.param([("1", "گفت‌وگو", 1)], Verdict(lost=1), id="one-is-gone"),
        pytest.param([("1", "گفت‌وگو", 1), ("2", "متن", 1), ("2", "متن", 1)], Verdict(twice=1), id="one-is-there-twice"),
        pytest.param([("1", "گفتوگو", 1), ("2", "متن", 1)], Verdict(wrong=1), id="a-half-space-is-gone"),
        pytest.param([("1", "گفت‌وگو", 1), ("2", "متن", 2)], Verdict(wrong=1), id="a-revision-nobody-made"),
        pytest.param([("1", "گفت‌وگو", 1), ("2", "متن", 1), ("3", "متن", 1)], Verdict(wrong=1), id="one-nobody-published"),
    ],
)  # fmt: skip
def test_an_archive_is_held_against_what_was_published(tmp_path, rows, verdict):
    with closing(sqlite3.connect(tmp_path / "news.db")) as conn, conn:
        conn.execute("CREATE TABLE stories (story_id, body, revision)")
        conn.executemany("INSERT INTO stories VALUES (?, ?, ?)", rows)
    assert compare(tmp_path / "news.db", {"1": "گفت‌وگو", "2": "متن"}, {"1", "2"}) == verdict
