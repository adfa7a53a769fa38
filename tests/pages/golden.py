"""Invented pages of each family, and what must be made of them: `tests/pages/FAMILY/NAME.html` and `NAME.json`."""

import difflib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.settings import Settings, read_table
from crawler.agency import Agency, load_agencies
from crawler.extract import extract

HERE = Path(__file__).parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)  # when all pages are read


def pages() -> list[Path]:
    """Return the golden pages, family by family."""
    return sorted(HERE.glob("*/*.html"))


def name(page: Path) -> str:
    """Return what a page is called: `nastooh/story`."""
    return str(page.relative_to(HERE).with_suffix(""))


def expected(page: Path) -> dict[str, Any]:
    """Return what is written beside a page: whose it is (`agency`, `url`) and what must be made of it."""
    return json.loads(page.with_suffix(".json").read_text("utf-8"))


def made(page: Path) -> dict[str, Any]:
    """Return what is made of a page now, in the form of what is written beside it."""
    given = expected(page)
    found = extract(page.read_bytes(), _agency(given["agency"]), given["url"], now=NOW)
    told = {} if found.story is None else found.story.as_json()
    told.pop("agency", None)
    result = {"verdict": str(found.verdict), "reason": found.reason, "story": told or None}
    return {"agency": given["agency"], "url": given["url"], **result}


def written(what: dict[str, Any]) -> str:
    """Return it as it stands in a file: readable, and stable to the letter."""
    return json.dumps(what, ensure_ascii=False, indent=1) + "\n"


def difference(page: Path) -> Iterator[str]:
    """Yield the lines that tell how what is made of a page differs from what must be; none when it does not."""
    before, after = (written(one).splitlines() for one in (expected(page), made(page)))
    return difflib.unified_diff(before, after, f"{name(page)} (expected)", f"{name(page)} (made)", lineterm="", n=1)


def _agency(given: str | dict[str, Any]) -> Agency:
    """Return one of our agencies by its key, or one of no family that is described on the spot."""
    if isinstance(given, str):
        return load_agencies(Settings())[given]
    return read_table(Agency, given, HERE, key="bahar")
