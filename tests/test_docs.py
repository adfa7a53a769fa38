"""The docs and the code say the same: links lead somewhere, commands and their options exist and are all told."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest

from archive.browse.functions import register
from archive.errors import BayeganError
from archive.store import open_store
from scheduler.cli import COMMANDS, bayegan
from scheduler.metrics import Metrics

TOP = Path(__file__).parent.parent
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CALL = re.compile(r"^\s+(?:[^#\n]*?&& )?(?:\.venv/bin/)?bayegan (.*?)(?:\s{2,}#.*| >.*)?$", re.MULTILINE)
TICKED = re.compile(r"`bayegan ([a-z]+)")


def text(page):
    return page.read_text("utf-8")


def calls():
    """Every line of an indented block that calls the command: the page, and its words."""
    for page in PAGES:
        for said in CALL.findall(text(page)):
            yield pytest.param(shlex.split(said.replace("…", "")), id=f"{page.stem}:{said[:50]}")


def group_options():
    return {name for option in bayegan.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}


def find(words):
    """Return the command that `words` call, past the options of `bayegan` itself, and what comes after it."""
    words = list(words)
    while words and words[0].startswith("-"):
        takes = next((not option.is_flag for option in bayegan.params if words[0] in option.opts), False)
        del words[: 2 if takes else 1]
    if not words:
        return bayegan, []
    command = import_module(COMMANDS[words[0]][0]).command
    rest = words[1:]
    context = click.Context(bayegan)
    while isinstance(command, click.Group) and rest and (found := command.get_command(context, rest[0])) is not None:
        command, rest = found, rest[1:]
    return command, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    targets = [one.partition("#")[0] for one in LINK.findall(text(page)) if not one.startswith(("http", "mailto", "#"))]
    assert [one for one in targets if not (page.parent / one).exists()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_of(name):
    assert any(re.search(rf"\bbayegan (?:--\S+ \S+ )*{name}\b", text(page)) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_told_of_exists(page):
    assert [name for name in TICKED.findall(text(page)) if name not in COMMANDS] == []


@pytest.mark.parametrize("words", list(calls()))
def test_every_call_that_is_shown_is_one_the_command_understands(words):
    command, rest = find(words)
    known = group_options() | {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    assert [word for word in rest if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known] == []


def test_both_readmes_show_the_same_commands_and_lead_to_the_same_pages():
    english, persian = text(TOP / "README.md"), text(TOP / "README.fa.md")
    shown = re.compile(r"^    \S.*$", re.MULTILINE)
    ours = re.compile(r"\]\((?!README|LICENSE|http)([^)]*)\)")
    assert shown.findall(english) == shown.findall(persian)
    assert set(ours.findall(english)) == set(ours.findall(persian))
    assert re.findall(r"`python -m [^`]*`", english) == re.findall(r"`python -m [^`]*`", persian)


def test_every_module_a_page_says_to_run_is_there():
    told = {name for page in PAGES for name in re.findall(r"python -m (tests[.\w]*)", text(page))}
    assert [name for name in told if not (TOP / name.replace(".", "/")).with_suffix(".py").exists()
            and not (TOP / name.replace(".", "/") / "__main__.py").exists()] == []  # fmt: skip


def test_every_figure_for_prometheus_is_told_of_and_no_other():
    served = {f"{one.name}_total" if one.type == "counter" else one.name for one in Metrics().registry.collect()}
    assert set(re.findall(r"bayegan_[a-z_]+", text(TOP / "docs" / "operate.md"))) == served


def test_every_sql_function_table_and_view_is_told_of(tmp_path):
    with open_store(tmp_path / "news.db") as store:
        before = {name for (name,) in store.conn.execute("SELECT name FROM pragma_function_list")}
        register(store.conn)
        functions = {name for (name,) in store.conn.execute("SELECT name FROM pragma_function_list")} - before
        tables = store.conn.execute(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
        )
        named = {name for (name,) in tables if not name.startswith("story_index_")}
    told = text(TOP / "docs" / "browse.md")
    assert {name for name in functions if f"`{name}(" not in told} == set()
    assert {name for name in named if f"`{name}`" not in told} == set()


def test_every_exit_code_is_told_of():
    codes, kinds = set(), [BayeganError]
    while kinds:
        kind = kinds.pop()
        codes.add(kind.exit_code)
        kinds += kind.__subclasses__()
    told = text(TOP / "README.md")
    assert [code for code in sorted(codes) if not re.search(rf"\b{code} \(", told)] == []
