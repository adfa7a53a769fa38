"""An archive to browse, and a browser of it without a network: Datasette as it is served, asked in this process."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.database import Database

from archive.browse.serve import Served, application
from archive.store import Store, open_store
from archive.story import Credit, DateFound
from archive.text.jalali import TEHRAN, midnight
from tests.stories import analysed

# Yesterday's noon in Tehran, so that no test begins on one day and ends on the next.
NOW = midnight(datetime.now(TEHRAN).date() - timedelta(days=1)) + timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Browser:
    """Asks pages of a Datasette; `get` returns httpx's response."""

    datasette: Any

    def get(self, path: str, **headers: str) -> Any:
        """Return the answer to a request for `path`; header names with `_` for `-`."""
        asked = {"host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return asyncio.run(self.datasette.client.get(quote(path, safe="/?&=%:."), headers=asked))

    def page(self, path: str, **headers: str) -> str:
        """Return the text of a page that must be there."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


@contextmanager
def browsing(path: Path, **how: Any) -> Iterator[Browser]:
    """Open a browser of the archive at `path`, served as `how` says."""
    with datasettes_connections_closed():
        datasette = application(path, Served(**how))
        try:
            asyncio.run(datasette.invoke_startup())
            yield Browser(datasette)
        finally:
            datasette.executor.shutdown()


@contextmanager
def datasettes_connections_closed() -> Iterator[None]:
    """Close in the end what Datasette opened: it leaves the connections of its threads to the garbage collector."""
    opened: list[sqlite3.Connection] = []
    connect = Database.connect

    def kept(database: Database, *given: bool, **named: bool) -> sqlite3.Connection:
        opened.append(connect(database, *given, **named))
        return opened[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "connect", kept)
        patch.setattr("datasette.facets.detect_json1", lambda: True)  # asks on a connection that it never closes
        try:
            yield
        finally:
            for conn in opened:
                conn.close()


def fill(store: Store) -> dict[str, int]:
    """Store a handful of stories: of three agencies, one changed, one taken down; return their ids by name."""
    for key, name in (("namune", "خبرگزاری نمونه"), ("sepehr", "سپهر"), ("yazd", "")):
        store.add_agency(key, name)
    ids = {}
    for number, (name, changes) in enumerate(STORIES.items()):
        one = {
            "story_id": str(number),
            "url": f"https://www.namune.ir/news/{number}",
            "published": NOW - number * MINUTE,
        }
        ids[name] = store.add(analysed(**(one | changes)), now=NOW).id
    changed = {"story_id": "0", "url": "https://www.namune.ir/news/0", "published": NOW, **STORIES["changed"]}
    changed |= {"title": "۱۲ کتابخانه‌ی روستایی باز شد", "body": "مدیر گفت: کتاب‌خوانی رشد نکرده است.\nبند دوم."}
    store.add(analysed(**changed), now=NOW)
    for name, agency, later, changes in (
        ("original", "yazd", 300, {}),
        ("copy", "sepehr", 480, {"credit": Credit(source="yazd"), "body": f"{LONG}\nسپهر افزود: سدها لبریزند."}),
        ("unnamed", "namune", 500, {"title": "سدها لبریز شدند"}),
    ):
        one = {"title": "سدها پر شدند", "lead": "", "body": LONG, "agency": agency, "story_id": name, "url": ""}
        one |= {"published": NOW - (600 - later) * MINUTE}
        ids[name] = store.add(analysed(**(one | changes)), now=NOW).id
    trouble(store)
    store.conn.execute(
        "INSERT INTO story_pages VALUES (?, 1, '1403-07', ?, '2024-09-22T08:30:00Z')", (ids["talk"], "a" * 64)
    )
    store.conn.execute(
        "INSERT INTO withdrawals (story, number, evidence, sightings, first_gone, last_gone, withdrawn)"
        " VALUES (?, 1, ?, 2, ?, ?, ?)",
        (ids["gone"], '[{"at": "2024-09-22T08:30:00Z", "what": "HTTP 404"}]', *[f"{NOW:%Y-%m-%dT%H:%M:%SZ}"] * 3),
    )
    return ids


def trouble(store: Store) -> None:
    """Note a day that misses stories, an alarm that goes on, and a time in which nobody crawled."""
    moment = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    day = int(NOW.astimezone(TEHRAN).strftime("%Y%m%d"))
    store.conn.execute("INSERT INTO coverage VALUES ('sepehr', ?, 9, 1, ?, 1)", (day, moment))
    store.conn.execute(
        "INSERT INTO alarms (kind, agency, since, raised, evidence) VALUES ('silent', 'yazd', ?, ?, 'no story for 5 hours')",
        (moment, moment),
    )
    store.conn.execute(
        "INSERT INTO pauses (since, until, why, missed) VALUES (?, ?, 'machine was off', 3)", (moment, moment)
    )


LONG = " ".join(
    f"سد شمارهٔ {number} {river} پس از بارش‌های {month} تا {number * 7} درصد پر شده و سرریز آن {word} است."
    for number, (river, month, word) in enumerate(
        zip("کارون دز کرخه زاینده‌رود سپیدرود ارس هیرمند اترک".split(), "مهر آبان آذر دی بهمن اسفند تیر مرداد".split(),
            "باز بسته تازه کهنه پهن باریک بلند کوتاه".split(), strict=True), start=1)
)  # fmt: skip
STORIES: dict[str, dict[str, Any]] = {
    "changed": {"title": "کتابخانه‌ی روستایی باز شد", "body": "مدیر گفت: کتاب‌خوانی رشد کرده است.\nبند دوم."},
    "talk": {
        "title": "گفت‌وگوی دو کارگردان",
        "agency": "sepehr",
        "kicker": "سینما",
        "section": "فرهنگی",
        "tags": ("سینما",),
        "dates": (
            DateFound(source="json-ld", raw="2026-11-24T11:59:00+03:30", value=NOW),
            DateFound(source="visible", raw="۱۳۹۹/۰۲/۲۱ - ۱۸:۵۹", value=NOW - timedelta(days=900), disagrees=True),
        ),
    },
    "gone": {
        "title": "بارش برف در ۱۲ استان",
        "agency": "sepehr",
        "section": "جامعه",
        "lead": "",
        "body": "هواشناسی از برف و کولاک در گردنه‌ها خبر داد.",
    },
    "script": {
        "title": "<script>alert(1)</script>",
        "lead": "<img src=x onerror=alert(2)>",
        "body": '"><svg onload=alert(3)>',
        "url": "javascript:alert(4)",
        "tags": ('"><script>alert(5)</script>',),
        "section": "<b>",
        "byline": "{{7*7}}",
    },
}


@contextmanager
def filled(path: Path, **how: Any) -> Iterator[tuple[Browser, dict[str, int]]]:
    """Fill an archive at `path` and open a browser of it."""
    with open_store(path) as store:
        ids = fill(store)
    with browsing(path, **how) as browser:
        yield browser, ids
