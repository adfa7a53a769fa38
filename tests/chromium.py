"""A real browser on a served archive: Debian's Chromium, driven by Playwright; and an archive that tries to attack it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.store import Store, open_store
from archive.story import Credit, DateFound, Image
from tests.browsing import NOW, fill
from tests.stories import analysed

CHROMIUM = os.environ.get("BAYEGAN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
WHY_NOT = "no Chromium on this machine: apt-get install chromium, or name one in BAYEGAN_CHROMIUM"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

# Each calls pwn(n) where a browser runs it: by itself, or when it is clicked.
PAYLOADS = tuple(
    text.replace("pwn()", f"pwn({number})")
    for number, text in enumerate(
        (
            "<script>pwn()</script>",
            "<ScRiPt >pwn()</sCrIpT>",
            '"><script>pwn()</script>',
            "</title><script>pwn()</script>",
            "</textarea><script>pwn()</script>",
            "--><script>pwn()</script>",
            "<img src=x onerror=pwn()>",
            '"><img src=x onerror="pwn()">',
            "'><img src=x onerror='pwn()'>",
            "<svg onload=pwn()>",
            "<svg><script>pwn()</script></svg>",
            "<svg/onload=pwn()>",
            "<body onload=pwn()>",
            "<iframe srcdoc='<script>parent.pwn()</script>'></iframe>",
            "<details open ontoggle=pwn()>",
            "<video><source onerror=pwn()></video>",
            "<input autofocus onfocus=pwn()>",
            "<style>@keyframes x{}</style><p style='animation:x 1s' onanimationstart=pwn()>x",
            "<mark><img src=x onerror=pwn()></mark>",
            "<a href='javascript:pwn()'>click</a>",
            "javascript:pwn()",
        )
    )
)


def attack(store: Store) -> list[int]:
    """Store a story for each payload, in every text, address and tag it has, then change it; return their ids."""
    ids = []
    for number, payload in enumerate(PAYLOADS):
        store.add_agency(f"evil{number}", payload)
        texts = dict.fromkeys(
            ("kicker", "title", "lead", "body", "byline", "section", "published_raw", "short_link"), payload
        )
        found = DateFound(source="meta", raw=payload, value=NOW)
        one = texts | {
            "agency": f"evil{number}", "story_id": payload, "url": payload, "tags": (payload, f"{payload}2"), "published": NOW,
            "boilerplate": (payload,), "images": (Image(url=payload, caption=payload),), "dates": (found,),
            "credit": Credit(reporter=payload, source=payload), "extractor": payload,
        }  # fmt: skip
        store.add(analysed(**(one | {"body": f"{payload} برف"})), now=NOW)
        ids.append(store.add(analysed(**(one | {"body": f"{payload} باران", "title": f"{payload} ۲"})), now=NOW).id)
    return ids


@contextmanager
def served[T](
    folder: Path, *options: str, more: Callable[[Store], T] = attack
) -> Iterator[tuple[str, dict[str, int], T]]:
    """Serve a filled archive from a process of its own; yield its address, the ids of its stories, what `more` gave."""
    with open_store(folder / "news.db") as store:
        ids, added = fill(store), more(store)
    command = [
        Path(sys.executable).with_name("bayegan"),
        "--archive",
        folder / "news.db",
        "browse",
        "--port",
        "0",
        *options,
    ]
    # Into a file: a pipe that nobody reads stops the server when it is full of its log.
    with (folder / "log").open("w+") as log, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process:
        try:
            yield _address(folder / "log"), ids, added
        finally:
            process.send_signal(signal.SIGINT)


def _address(log: Path) -> str:
    """Wait until the server says where it listens."""
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))


@contextmanager
def browser() -> Iterator[Any]:
    """Open Chromium, or skip with the reason."""
    if CHROMIUM is None:
        pytest.skip(WHY_NOT)
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield opened
        finally:
            opened.close()


def pages(ids: dict[str, int]) -> dict[str, str]:
    """Return the addresses of all kinds of pages, by name."""
    return {
        "front": "/",
        "search": "/search?q=کتاب‌خوانی&sort=newest",
        "search-form": "/search?section=فرهنگی",
        "nothing-found": "/search?q=ناموجود‌ترین",
        "story": f"/story/{ids['talk']}",
        "revised": f"/story/{ids['changed']}",
        "old-revision": f"/story/{ids['changed']}/1",
        "difference": f"/story/{ids['changed']}/1..2",
        "withdrawn": f"/story/{ids['gone']}",
        "copied": f"/story/{ids['copy']}",
        "cluster": f"/cluster/{ids['copy']}",
        "clusters": "/clusters",
        "agencies": "/agencies",
        "agency": "/agency/sepehr",
        "edits": "/edits",
        "coverage": "/coverage",
        "status": "/status",
        "trouble": "/story/20200101000001",
        "database": "/news",
        "table": "/news/stories?_facet=agency",
        "row": f"/news/stories/{ids['talk']}",
        "question": "/news/word_over_time?word=کتاب",
    }
