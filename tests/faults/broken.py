"""Settings that are broken, and archives of a newer program: one line says so, and nothing is touched."""

import io
import sqlite3
from collections.abc import Sequence
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from hashlib import sha256
from pathlib import Path
from unittest import mock

from archive import schema
from archive import settings as settings_module
from archive.commands import terminal
from scheduler import cli
from tests.faults.row import Row, Size
from tests.faults.struck import bring

# What reads them, and more than their form: whether they mean something.
CALLS = (("plan",), ("run",), ("crawl", "--due"))
# What has been seen of settings files: half saved, of another program, mistyped, emptied, in another encoding.
SETTINGS: tuple[tuple[str, bytes], ...] = (
    ("cut in the middle of a key", b"[crawler]\ndelay_s = 2.0\nraw_pa"),
    ("cut in the middle of a text", '[crawler]\ncontact = "نشانی'.encode()),
    ("no TOML", b'{"crawler": {}}'),
    ("zeros, as a file system leaves them after a loss of power", bytes(512)),
    ("UTF-16", '[crawler]\ncontact = "نشانی"\n'.encode("utf-16")),
    ("windows-1256", '[crawler]\ncontact = "کتاب"\n'.encode("windows-1256", "replace")),
    ("an unknown part", b"[crawlers]\ndelay_s = 1.0\n"),
    ("an unknown key", b"[crawler]\ndealy_s = 1.0\n"),
    ("a text for a number", b'[crawler]\ndelay_s = "2"\n'),
    ("a number for a list", b"[crawler]\nprivate_hosts = 4\n"),
    ("a part that is no table", b"crawler = 4\n"),
    ("an agency nobody knows", b"[agencies]\nnobody = {}\n"),
    ("a cron line that means nothing", b'[agencies]\nmehr = { cron = "99 * * * *" }\n'),
    ("quiet hours that mean nothing", b'[scheduler]\nquiet = "25:00-26:00"\n[agencies]\nmehr = {}\n'),
    ("twice the same key", b"[crawler]\ndelay_s = 1.0\ndelay_s = 2.0\n"),
)  # fmt: skip


def settings_broken(_size: Size, folder: Path) -> Row:
    """Settings that are broken in any way: exit code 2, one line, the archive as it was."""
    bring(folder / "news.db", 2)
    before, good = _sum(folder), [0, 0]
    for words in CALLS:
        for what, text in SETTINGS:
            (folder / "settings.toml").write_bytes(text)
            good[0] += 1
            good[1] += _refused(folder, words, 2, what)
    with mock.patch.object(terminal, "load", return_value=settings_module.Settings()):
        careless = _refused(folder, ("status",), 2, "")
    return Row(
        fault="settings broken",
        tried=good[0],
        survived=good[1],
        lost=int(_sum(folder) != before),
        control="defaults in place of broken settings",
        caught=not careless,
    )


FUTURE: Sequence[tuple[str, ...]] = (
    ("search", "کتاب"), ("show", "1"), ("export",), ("backup", "copies"), ("verify",), ("doctor",), ("links",), ("log",),
    ("status",), ("coverage",), ("import", "nothing.jsonl"), ("lexicon",), ("recluster", "--from", "1403/07/01", "--to", "1403/07/02"),
    ("requeue", "mehr"), ("crawl", "mehr"), ("run",), ("restore", "news.db", "other.db"), ("reprocess",),
)  # fmt: skip


def archive_of_the_future(_size: Size, folder: Path) -> Row:
    """An archive that a newer bayegan has made: every command refuses it in one line and leaves every byte as it was."""
    bring(folder / "news.db", 2)
    (folder / "nothing.jsonl").touch()
    (folder / "settings.toml").write_text('[crawler]\ncontact = "x@example.org"\n[agencies]\nmehr = {}\n', "utf-8")
    with closing(sqlite3.connect(folder / "news.db")) as conn:
        conn.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = _sum(folder)
    good = sum(_refused(folder, words, 1, " ".join(words)) for words in FUTURE)
    lost = int(_sum(folder) != before)
    with mock.patch.object(schema, "check", return_value=len(schema.MIGRATIONS)):
        careless = _refused(folder, ("lexicon",), 1, "")
    return Row(
        fault="archive of a newer program",
        tried=len(FUTURE),
        survived=good,
        lost=lost,
        control="the version is not looked at",
        caught=not careless,
    )


def _refused(folder: Path, words: Sequence[str], code: int, what: str) -> bool:
    """Whether a command ends with `code` and a line; says on standard error when it does not."""
    ended, said = _call(folder, words)
    well = ended == code and (said.count("bayegan: ") == 1 or words[0] == "doctor")
    if what and not well:
        print(f"faults: {' '.join(words)}: {what}: ended with {ended}: {said.strip()[:500]}", flush=True)
    return well


def _call(folder: Path, words: Sequence[str]) -> tuple[int, str]:
    """Run a command in this process, in `folder`; return its exit code (-1 = a traceback) and what it complained of."""
    said = io.StringIO()
    with chdir(folder), redirect_stdout(io.StringIO()), redirect_stderr(said):
        try:
            cli.main(words)
        except SystemExit as ended:
            return int(ended.code or 0), said.getvalue()
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            return -1, f"{type(error).__name__}: {error}"
    return 0, said.getvalue()


def _sum(folder: Path) -> str:
    """Return a sum of the archive's bytes, its raw pages' too."""
    files = [folder / "news.db", *sorted((folder / "raw").glob("*.db"))]
    return sha256(b"".join(one.read_bytes() for one in files)).hexdigest()
