"""A migration is killed at any call of its writer: the next start finds a whole older archive and brings it up to date."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

from archive import schema
from tests.faults import shim
from tests.faults.io_errors import Found, again, complaints, struck
from tests.faults.row import Row, Size, skip
from tests.faults.shim import Kind
from tests.faults.struck import CARELESS, bring

FAULT = "migration killed"
# What changes the disk: a process that is killed before another call has done the same.
KINDS = Kind.WRITE | Kind.SYNC | Kind.TRUNCATE | Kind.NAME


def migration_killed(size: Size, folder: Path) -> Row:
    """kill -9 at every Nth call of a migration from the first schema to today's."""
    if why := shim.missing():
        return skip(FAULT, why)
    folder = folder.resolve()
    for name in ("older", CARELESS):
        _make_older(folder / name, folder / f"{name}-today")
    found, control = Found(), Found()
    with struck(folder) as ask:
        calls = ask(f"older 0 {int(KINDS)} 0 0")["calls"]
        moments = _some(range(1, calls + 1), size.pick(20, 150, 10_000))
        for name, noted, at in (("older", found, moments), (CARELESS, control, _some(moments, 12))):
            for n in at:
                line = f"{name} {n} {int(KINDS)} {shim.DIE} 0"
                answer, archive = ask(line), folder / "struck" / name / "news.db"
                noted.note(line, list(_wrong(archive, answer)))
    return Row(
        fault=FAULT,
        tried=found.tried,
        survived=found.sound,
        lost=found.bad,
        control="migration without transactions",
        caught=control.bad > 0,
        note=f"from schema 1 to {len(schema.MIGRATIONS)}{f'; {found.first}' if found.first else ''}",
    )


def _wrong(archive: Path, answer: dict[str, object]) -> Iterator[str]:
    try:
        yield from complaints(archive, answer)
        yield from again(archive)
    except Exception as error:  # noqa: BLE001 - whatever it is, this kill was not survived
        yield f"{type(error).__name__}: {error}"


def _some(every: range | list[int], most: int) -> list[int]:
    return list(every) if len(every) <= most else sorted(random.Random(most).sample(list(every), most))


def _make_older(folder: Path, today: Path) -> None:
    """Make an archive as the first schema had it, with two stories."""
    folder.mkdir()
    today.mkdir()
    bring(today / "news.db", 2)
    with (
        mock.patch.object(schema, "MIGRATIONS", schema.MIGRATIONS[:1]),
        closing(sqlite3.connect(folder / "news.db", isolation_level=None)) as conn,
    ):
        conn.execute("PRAGMA journal_mode = WAL")
        schema.migrate(conn, folder)
        conn.execute("ATTACH ? AS today", (str(today / "news.db"),))
        for table in ("agencies", "stories"):
            names = ", ".join(name for _, name, *_ in conn.execute(f"PRAGMA main.table_info({table})"))
            conn.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM today.{table}")
