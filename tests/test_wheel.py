"""What is installed from a wheel or an sdist has all it needs: pages, words, agencies, the demonstration wire, the manual."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
ROOMS = ("archive", "crawler", "scheduler")


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The folder of a wheel and an sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    return folder


def committed(*places):
    """The files of the checkout below `places`, as git knows them."""
    if not (TOP / ".git").exists():
        pytest.skip("no checkout: git cannot say which files there are")
    told = subprocess.run(["git", "ls-files", *places], cwd=TOP, capture_output=True, text=True, check=True)
    return set(told.stdout.splitlines())


def test_the_wheel_has_every_file_of_the_rooms_and_the_manual(dist):
    (wheel,) = dist.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    pages = {f"scheduler/manual/{name.removeprefix('docs/')}" for name in committed("docs", "settings.toml")}
    assert (committed(*ROOMS) | pages) - packed == set()


def test_the_sdist_has_every_file_of_the_checkout(dist):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        packed = {name.partition("/")[2] for name in tar.getnames()}
    assert {name for name in committed(".") if (TOP / name).exists()} - packed == set()


def test_the_demonstration_and_the_manual_run_from_the_wheel_alone(dist, tmp_path):
    (wheel,) = dist.glob("*.whl")
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)  # noqa: S202 - a wheel we built
    start = "import archive, sys; from scheduler.cli import main; print(archive.__file__); main(sys.argv[1:])"

    def run(*words):
        command = [sys.executable, "-c", start, *words]
        env = os.environ | {"PYTHONPATH": str(place)}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=100)
        where, _, said = done.stdout.partition("\n")
        assert where.startswith(str(place))
        return said

    assert run("help", "searching").startswith("# Searching")
    assert "new" in run("demo")
