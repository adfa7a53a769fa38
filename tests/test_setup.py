"""Set-up finds a Python or says in one line that there is none."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
TOOLS = ("sh", "id", "cut", "cat", "touch", "dirname")


@pytest.fixture
def bare(tmp_path):
    """A machine without any Python: a PATH of a few tools, an empty home, and nobody in the user database."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))
    _write(tools / "getent", f"echo root:x:0:0::{tmp_path}/home:/bin/sh")
    return tools


def _write(file, line):
    file.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    file.chmod(0o755)


def _setup(bare, folder):
    return subprocess.run(
        [shutil.which("sh"), TOP / ".ci" / "setup", folder / ".venv", "none.txt"],
        env={"PATH": str(bare), "HOME": str(folder / "home")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    any(Path(place).exists() for place in ("/opt/pyenv", "/usr/local/pyenv", "/usr/local/bin/python3.12", "/usr/local/bin/python3.13")),
    reason="this machine has a Python where set-up looks without being told",
)  # fmt: skip
@pytest.mark.parametrize("uv", [pytest.param(False, id="no-uv"), pytest.param(True, id="an-uv-that-finds-none")])
def test_a_machine_without_python_is_told_so_in_one_line(bare, tmp_path, uv):
    if uv:
        _write(bare / "uv", "echo no network >&2; exit 2")
    done = _setup(bare, tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("setup: python: none of 3.12 or newer on PATH, under pyenv or with uv")


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("bin/python3.12", id="on-the-path"),
        pytest.param("bin/python3.13", id="a-newer-one"),
        pytest.param("home/.pyenv/versions/3.12.1/bin/python3", id="under-pyenv"),
        pytest.param("uv", id="only-uv-knows-it"),
    ],
)
def test_a_python_is_found_wherever_it_is(bare, tmp_path, place):
    python = tmp_path / ("managed/python3.12" if place == "uv" else place)
    python.parent.mkdir(parents=True, exist_ok=True)
    _write(python, f'[ "$2" = venv ] && echo made >"{tmp_path}/made"; [ "$1" = -c ]')
    if place == "uv":
        _write(bare / "uv", f'[ "$1 $2" = "python find" ] && echo {python}')
    _write(bare / "python3", "exit 1")  # an old one, without venv
    _setup(bare, tmp_path)
    assert (tmp_path / "made").exists()
    assert os.access(python, os.X_OK)
