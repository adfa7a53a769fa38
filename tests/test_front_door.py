"""What a newcomer meets first: help that reads like a table of contents, the manual, completion, a calm terminal."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from archive.store import open_store
from scheduler.cli import bayegan as program
from scheduler.commands.help import PAGES, page
from scheduler.contents import COMMANDS, CONTENTS
from tests.stories import analysed
from tests.terminal import on_a_terminal

BAYEGAN = Path(sys.executable).with_name("bayegan")
DOCS = Path(__file__).parent.parent / "docs"
RED = "\x1b[31m"


@pytest.fixture
def archive(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        store.add(
            analysed(title="زلزله در تهران", body="زلزله‌ای تهران را لرزاند."), now=datetime(2024, 9, 22, tzinfo=UTC)
        )
    return tmp_path / "news.db"


def completed(words, shell="bash"):
    """What the command answers when a shell asks how the last of `words` goes on."""
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1), "_BAYEGAN_COMPLETE": f"{shell}_complete"}
    return subprocess.run([BAYEGAN], env=os.environ | asked, capture_output=True, text=True, check=True).stdout


def test_help_lists_each_command_once_by_what_one_wants_to_do(bayegan):
    lines = bayegan("--help").stdout.splitlines()
    assert [f"{part}:" for part in CONTENTS] == [line for line in lines if line.rstrip(":") in CONTENTS]
    assert [sum(line.startswith(f"  {name} ") for line in lines) for name in COMMANDS] == [1] * len(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_first_sentence_stands_alone(name):
    command = program.get_command(click.Context(program), name)
    assert command.name == name
    assert command.get_short_help_str(200).endswith(".")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        pytest.param("serach", " Did you mean 'search'?", id="a-slip"),
        pytest.param("جستجو", "", id="nothing-like-it"),
        pytest.param("\x1b[31mx", "", id="an-escape"),
    ],
)
def test_an_unknown_command_is_answered_with_the_likely_one(bayegan, word, near):
    done = bayegan(word)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(f"'.{near}")
    assert "\x1b" not in done.stderr


def test_the_manual_has_every_page_of_the_docs():
    assert {file for file, _ in PAGES.values()} == {one.name for one in DOCS.glob("*.md")} | {"settings.toml"}


@pytest.mark.parametrize("topic", PAGES)
def test_a_page_of_the_manual_is_shown_as_written(bayegan, topic):
    assert page(topic).strip() == bayegan("help", topic).stdout.strip()


def test_help_names_its_pages_and_knows_the_commands(bayegan):
    assert [topic for topic in PAGES if f"  {topic} " not in bayegan("help").stdout] == []
    assert bayegan("help", "backfill").stdout == bayegan("backfill", "--help").stdout


def test_help_for_what_nobody_knows_names_the_likely_page(bayegan):
    done = bayegan("help", "serching")
    assert (done.returncode, done.stderr) == (
        2,
        "bayegan: help: serching: no such page or command; did you mean searching?\n",
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        pytest.param(["bayegan", "back"], ["plain,backfill", "plain,backup"], id="command"),
        pytest.param(["bayegan", "search", "--fac"], ["plain,--facets"], id="option"),
        pytest.param(["bayegan", "search", "--sort", "ne"], ["plain,newest"], id="choice"),
        pytest.param(["bayegan", "crawl", "isn"], ["plain,isna"], id="agency"),
        pytest.param(["bayegan", "log", "--agency", "meh"], ["plain,mehr"], id="agency-as-an-option"),
        pytest.param(["bayegan", "alerts", "te"], ["plain,test"], id="sub-command"),
    ],
)
def test_a_shell_completes_commands_options_choices_and_agencies(words, first):
    assert completed(words).split()[: len(first)] == first


def test_completion_tells_what_a_command_does_where_the_shell_shows_it():
    assert "Show one story as it was printed." in completed(["bayegan", "sho"], "zsh")


def test_completion_knows_the_agencies_of_the_settings_and_says_nothing_of_broken_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sepehr.toml").write_text(
        'name = "سپهر"\nhome = "https://www.example.ir"\nstory = "/n/"\n', "utf-8"
    )
    (tmp_path / "settings.toml").write_text('[crawler]\nagencies_dir = "own"\n', "utf-8")
    assert completed(["bayegan", "crawl", "sep"]).split() == ["plain,sepehr"]
    (tmp_path / "settings.toml").write_text("[crawler\n", "utf-8")
    assert completed(["bayegan", "crawl", "sep"]).strip() == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(bayegan, shell):
    done = bayegan("completion", shell)
    assert done.returncode == 0
    assert f"_BAYEGAN_COMPLETE={shell}_complete" in done.stdout


def test_quiet_leaves_results_and_errors_and_takes_away_remarks(bayegan, archive):
    said, quiet = (bayegan(*flags, "search", "زلزله") for flags in ((), ("--quiet",)))
    assert quiet.stdout == said.stdout != ""
    assert (said.stderr, quiet.stderr) == ("1 story\n", "")
    assert bayegan("--quiet", "show", 5).stderr.startswith("bayegan: no story 5")


def test_a_terminal_has_colours_unless_no_color_is_set(archive):
    search = [BAYEGAN, "--archive", archive, "search", "زلزله"]
    _, coloured = on_a_terminal(search, archive.parent)
    _, plain = on_a_terminal(search, archive.parent, NO_COLOR="1")
    assert f"{RED}\x1b[1mزلزله" in coloured
    assert "\x1b[" not in plain
    assert "[زلزله" in plain


def test_a_bar_is_for_a_terminal_a_pipe_sees_none_of_it(bayegan, archive):
    done = bayegan("export")
    assert (done.returncode, "export" in done.stderr) == (0, False)
    _, screen = on_a_terminal([BAYEGAN, "--archive", archive, "verify"], archive.parent)
    assert "verify" in screen
    _, screen = on_a_terminal([BAYEGAN, "--quiet", "--archive", archive, "verify"], archive.parent)
    assert screen == ""
