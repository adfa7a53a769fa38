"""What many tests need: an invented wire to crawl."""

import gc
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from archive import place
from tests.wire.wire import FaultyWire

# Once a process, Datasette asks SQLite what it can do on connections that it never closes. Python 3.13 tells of such
# ones when they are collected, in whichever test that is; of ours it shall tell.
with warnings.catch_warnings(action="ignore", category=ResourceWarning):
    import datasette.filters  # noqa: F401
    from datasette.utils.sqlite import sqlite_version

    sqlite_version()
    gc.collect()

if TYPE_CHECKING:
    from tests.postgres import Server

settings.register_profile("bayegan", deadline=None)  # timings never fail a test: machines are shared
settings.load_profile("bayegan")


@pytest.fixture
def open_wire() -> Iterator[Callable[..., FaultyWire]]:
    """Open wires as a test wants them, `open_wire(200, family="iran-samaneh")`; they close with the test."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(FaultyWire(*args, **options))


@pytest.fixture
def wire(open_wire: Callable[..., FaultyWire]) -> FaultyWire:
    """A wire of twenty stories in Nastooh's layout."""
    return open_wire()


@pytest.fixture
def bayegan(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run `bayegan ...` in an empty folder, `bayegan("links", "--json")`, and return what it did."""
    command = Path(sys.executable).with_name("bayegan")

    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [command, *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
        )

    return run


@pytest.fixture
def wired(tmp_path: Path, open_wire: Callable[..., FaultyWire]) -> FaultyWire:
    """A wire of ten stories, with settings in that folder that crawl it as the agency `wire`."""
    wire = open_wire(10)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "wire.toml").write_text(
        f'name = "خبرگزاری آزمون"\nhome = "{wire.home}"\nfamily = "nastooh"\nstory = \'/news/(?P<id>\\d+)\'\n', "utf-8"
    )
    (tmp_path / "settings.toml").write_text(
        '[crawler]\ndelay_s = 0\nsitemap_s = 0\nprivate_hosts = ["127.0.0.1"]\nagencies_dir = "own"\n[agencies]\nwire = {}\n',
        "utf-8",
    )
    return wire


@pytest.fixture(scope="session")
def postgresql() -> Iterator["Server"]:
    """A PostgreSQL of this run."""
    postgres = pytest.importorskip("tests.postgres", reason="the extra `cluster` is not installed")
    if why := postgres.missing():
        pytest.skip(why)
    with postgres.server() as running:
        yield running


@pytest.fixture(scope="module")
def shared_archives(postgresql: "Server") -> Iterator[Callable[[Path], place.Shared]]:
    """Let every archive that a module opens by a path be a shared one."""
    from tests.postgres import table  # noqa: PLC0415 - an extra

    known: dict[Path, place.Shared] = {}

    def shared_at(path: Path) -> place.Shared:
        if isinstance(path, place.Shared):
            return path
        if path not in known:
            known[path] = postgresql.archive(path)
        return known[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "shared_at", shared_at)
        patch.setattr("archive.engines.postgres.Postgres.__getitem__", table, raising=False)
        yield shared_at
