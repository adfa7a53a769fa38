"""What is installed is what was pinned: a package whose bytes are others is refused; the bill of materials is complete."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PINNED = ("requirements.txt", "requirements-dev.txt", "requirements-audit.txt")


@pytest.fixture
def wheel(tmp_path):
    """One small package."""
    path = tmp_path / "namune-1.0-py3-none-any.whl"
    _wheel(path, "WHAT = 'what was pinned'\n")
    return path


def _wheel(path, code):
    files = {
        "namune.py": code,
        "namune-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: namune\nVersion: 1.0\n",
        "namune-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, "namune-1.0.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)


def _pin(wheel):
    """A requirements file that names the package by its place, since pip holds these to their hashes, too."""
    pinned = wheel.with_name("requirements.txt")
    pinned.write_text(f"{wheel} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n", "utf-8")
    return pinned


def _install(pinned, target):
    words = ["--no-index", "--target", target, "--require-hashes", "-r", pinned]
    return subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", "install", "--disable-pip-version-check", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_package_with_the_pinned_hash_is_installed(wheel, tmp_path):
    done = _install(_pin(wheel), tmp_path / "here")
    assert done.returncode == 0, done.stderr
    assert "what was pinned" in (tmp_path / "here" / "namune.py").read_text("utf-8")


def test_a_package_that_was_tampered_with_is_refused(wheel, tmp_path):
    pinned = _pin(wheel)
    _wheel(wheel, "WHAT = 'something else'\n")
    done = _install(pinned, tmp_path / "here")
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "here" / "namune.py").exists()


def test_a_package_without_a_hash_is_refused(wheel, tmp_path):
    pinned = wheel.with_name("requirements.txt")
    pinned.write_text(f"{wheel}\n", "utf-8")
    done = _install(pinned, tmp_path / "here")
    assert done.returncode != 0
    assert "Hashes are required" in done.stderr
    assert not (tmp_path / "here" / "namune.py").exists()


def test_set_up_refuses_what_was_tampered_with(wheel, tmp_path):
    pinned = _pin(wheel)
    _wheel(wheel, "WHAT = 'something else'\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)
    told = {"PIP_NO_INDEX": "1", "PIP_TARGET": str(tmp_path / "here"), "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        ["sh", TOP / ".ci" / "setup", tmp_path / ".venv", pinned],
        env={**os.environ, **told},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("name", PINNED)
def test_every_package_is_pinned_with_its_hashes_and_nobodys_address(name):
    text = (TOP / name).read_text("utf-8")
    for one in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[A-Za-z0-9._-]+(\[[^\]]*\])?==\S+", one), one
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", one), one
    assert "://" not in text


@pytest.fixture(scope="module")
def bill():
    done = subprocess.run([sys.executable, TOP / "tools" / "sbom.py"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_bill_of_materials_lists_every_pinned_package_once(bill):
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (TOP / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert sorted((one["name"], one["version"]) for one in bill["components"]) == sorted(pinned)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_the_bill_of_materials_hangs_together(bill):
    refs = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    assert {needed for one in bill["dependencies"] for needed in one["dependsOn"]} <= refs
    assert "pkg:pypi/lxml@" in "".join(
        next(one for one in bill["dependencies"] if "trafilatura" in one["ref"])["dependsOn"]
    )


def test_every_licence_is_known_and_one_we_can_use():
    words = [sys.executable, TOP / "tools" / "sbom.py", "--licences"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert [line for line in done.stdout.splitlines() if line.startswith("!")] == []
    assert done.returncode == 0
    assert re.search(r"^ +scrapy +\S+ +BSD-3-Clause$", done.stdout, re.MULTILINE)
