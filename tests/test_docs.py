"""The docs and the code say the same: links lead somewhere, commands and their options exist and are all told."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest

from archive.errors import BayeganError
from scheduler.cli import COMMANDS, bayegan

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


def test_every_exit_code_is_told_of():
    codes, kinds = set(), [BayeganError]
    while kinds:
        kind = kinds.pop()
        codes.add(kind.exit_code)
        kinds += kind.__subclasses__()
    told = text(TOP / "README.md")
    assert [code for code in sorted(codes) if not re.search(rf"\b{code} \(", told)] == []
