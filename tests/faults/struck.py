"""A writer whose disk fails at a call of its choice: run by `io_errors`, with the shim before its files.

    python -m tests.faults.struck FOLDER        then on standard input, a line each: CASE N KINDS ERRNO FOR_GOOD

Answers each line with JSON: which stories were acknowledged, what else went wrong, how many calls there were.
"""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from archive import schema, store
from archive.analysis import Analysed, analyse
from archive.errors import BayeganError, of_the_machine
from archive.intake import Intake
from archive.link import Link, LinkState
from archive.raw.files import folder_of, open_raw
from archive.raw.page import Packed, Packer, RawPage
from archive.store import open_store
from archive.story import Story
from archive.visit import Visit
from scheduler.demo.pages import WireStory
from scheduler.desk import _answer
from scheduler.job import Call
from tests.faults import shim
from tests.wire.stories import NOW, invent

AGENCY = "wire"
STORIES = 6
# The name of an archive that is migrated without transactions.
CARELESS = "careless"
LATER = timedelta(hours=1)


@dataclass(slots=True)
class Outcome:
    """What came of a run: stories acknowledged, refusals the writer gave, an error that is none of ours, calls made."""

    kept: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    crash: str = ""
    calls: int = 0


@cache
def wanted() -> tuple[tuple[Analysed, Packed], ...]:
    """Return the stories that are brought, each with its page."""
    return tuple((analyse(_story(one)), Packer(None).pack(_page(one))) for one in invent(STORIES, now=NOW))


def bring(archive: Path, count: int = STORIES) -> Outcome:
    """Do what a crawl does: note links, lease them, keep `count` stories and their pages, all through the supervisor's desk."""
    outcome = Outcome()
    try:
        with open_store(archive) as writer, open_raw(folder_of(archive)) as raw:
            writer.add_agency(AGENCY, "خبرگزاری آزمون", ("wire.test",))
            intake = Intake(store=writer, agency=AGENCY, raw=raw)
            intake.release(NOW)
            _crawl(intake, outcome, wanted()[:count])
    except BayeganError as error:
        outcome.refused.append(str(error))
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        known = of_the_machine(archive, error)
        if known is None:
            outcome.crash = f"{type(error).__name__}: {error}"
        else:
            outcome.refused.append(str(known))
    return outcome


def _crawl(intake: Intake, outcome: Outcome, stories: Sequence[tuple[Analysed, Packed]]) -> None:
    def ask(method: str, *arguments: object) -> Any:
        reply = _answer(intake, Call(method=method, arguments=arguments))
        if reply.error:
            outcome.refused.append(reply.error)
        elif method == "keep":
            outcome.kept.append(arguments[1].story.story_id)  # type: ignore[attr-defined]
        return reply.value

    links = [Link(url=one.story.url, published=one.story.published) for one, _ in stories]
    ask("discover", [*links, Link(url="https://wire.test/news/1")], NOW)
    by_url = {one.story.url: (one, page) for one, page in stories}
    for lease in ask("lease", 20, NOW) or ():
        if lease.link.url in by_url:
            story, page = by_url[lease.link.url]
            ask("keep", lease.id, story, NOW + LATER, None, Visit(page=page))
        else:
            ask("set_aside", lease.id, LinkState.FAILED, "HTTP 500", NOW + LATER)


def _story(one: WireStory) -> Story:
    return Story(
        agency=AGENCY,
        story_id=str(one.id),
        url=f"https://wire.test/news/{one.id}",
        title=one.title,
        lead=one.lead,
        body="\n".join(one.paragraphs),
        published=one.published,
    )


def _page(one: WireStory) -> RawPage:
    body = "".join(f"<p>{text}</p>" for text in (one.title, *one.paragraphs)) * 8
    return RawPage(agency=AGENCY, url=f"https://wire.test/news/{one.id}", fetched=NOW, status=200, body=body.encode())


def strike(base: Path, archive: Path, words: Sequence[str]) -> Outcome:
    """Bring the stories into a copy of the archive `base` (or a new one) while the disk fails as `words` say."""
    shutil.rmtree(archive.parent, ignore_errors=True)
    if base.exists():
        shutil.copytree(base, archive.parent)
    else:
        archive.parent.mkdir()
    n, kinds, error, for_good = map(int, words)
    shim.arm(n, shim.Kind(kinds), error=error, for_good=bool(for_good))
    outcome = bring(archive)
    outcome.calls = shim.count()
    shim.arm(0)
    return outcome


def _die(base: Path, archive: Path, words: Sequence[str]) -> Outcome:
    """Have a child do it, which is killed; what it had acknowledged is not known."""
    child = os.fork()
    if child == 0:
        if base.name == CARELESS:
            schema.migrate = store.migrate = _migrate_carelessly
        strike(base, archive, words)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return Outcome(crash="" if os.WIFSIGNALED(status) else "it was not killed")


def _migrate_carelessly(conn: sqlite3.Connection, _path: object, before: Callable[[int], object]) -> None:
    """Migrate without transactions, as one would who knows no better."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    before(version)
    for number, script in enumerate(schema.MIGRATIONS[version:], version + 1):
        for statement in schema._statements(script):
            conn.execute(statement)
        conn.execute(f"PRAGMA user_version = {number}")


def main(folder: Path) -> None:
    """Answer lines until there are no more."""
    wanted()
    for line in sys.stdin:
        case, *words = line.split()
        base, archive = folder.parent / case, folder / case / "news.db"
        outcome = _die(base, archive, words) if words[2] == str(shim.DIE) else strike(base, archive, words)
        told = {"kept": outcome.kept, "refused": outcome.refused, "crash": outcome.crash, "calls": outcome.calls}
        print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
