"""Read pages with known stories by us and by others, in one run; print how exact and how fast each of them is.

    python -m tests.bench.extract FOLDER [--limit N] [--only NAME,...] [--no-family] [--show]

FOLDER holds pages and truth.jsonl (file, chrome, url, id, title, lead, text, published, tags), where `chrome` is the key
of an agency; `invented` stands for invented stories in the golden page of every family. With --no-family our extraction
does not know whose page it reads, so that trafilatura says where the story is. Others are compared where they are
installed; none of them is a requirement of ours. In an environment of its own, from the root of the checkout:

    python3.12 -m venv SCRATCH
    SCRATCH/bin/pip install --require-hashes -r requirements.txt
    SCRATCH/bin/pip install newspaper4k readability-lxml resiliparse
    SCRATCH/bin/python -m tests.bench.extract FOLDER

Columns: `exact` is the share of pages whose body is the truth to the letter once blanks are joined; `F1` is over words
without half-spaces, the mean of pages; `half-spaces` the share of the truth's half-spaces that came back; `left` and
`cut` the words a thousand that are no part of the story, and those of the story that are missing; ms of one page, all
that a system gives for it (title and dates too). The last line says how often each field of ours is right. A story whose
truth ends with a sign-off («انتهای پیام/ی») is left out: to keep it would be the mistake.
"""

import argparse
import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from archive.settings import Settings
from archive.text.letters import HALF_SPACE
from crawler.agency import load_agencies
from crawler.extract import extract
from tests.quality.bodies import invented

Row = dict[str, Any]
System = Callable[[bytes, Row], str]
_WORD = re.compile(r"\w+")
_SIGN_OFF = re.compile(r"(?:انتها[یي]|پایان)[\s\u200c]*(?:پ[یي]ام|متن)\s*/?\S{0,20}\s*$")
INVENTED = 60  # stories to each golden page
_NOW = datetime.now(UTC)
_FIELDS = ("title", "lead", "published", "story_id", "tags")


def joined(text: str) -> str:
    return " ".join(text.split())


def words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.replace(HALF_SPACE, "")))


@dataclass
class Score:
    """What one system's texts are worth, page by page."""

    pages: int = 0
    exact: int = 0
    f1: float = 0.0
    half_spaces: int = 0
    of: int = 0
    left: int = 0
    cut: int = 0
    words: int = 0
    seconds: float = 0.0
    inexact: list[str] = field(default_factory=list)

    def add(self, name: str, text: str, truth: str, seconds: float) -> None:
        said, meant = words(text), words(truth)
        both = (said & meant).total()
        self.pages += 1
        self.f1 += 2 * both / (said.total() + meant.total()) if said or meant else 1.0
        self.left += said.total() - both
        self.cut += meant.total() - both
        self.words += meant.total()
        self.half_spaces += min(text.count(HALF_SPACE), truth.count(HALF_SPACE))
        self.of += truth.count(HALF_SPACE)
        self.seconds += seconds
        if joined(text) == joined(truth):
            self.exact += 1
        else:
            self.inexact.append(name)

    def row(self, name: str) -> str:
        pages, thousand = max(1, self.pages), 1000 / max(1, self.words)
        return (
            f"{name:24}{self.exact / pages:8.4f}{self.f1 / pages:8.4f}{self.half_spaces / max(1, self.of):13.4f}"
            f"{self.left * thousand:8.2f}{self.cut * thousand:8.2f}{self.seconds * 1000 / pages:8.1f}"
        )


class Ours:
    """Our own extraction; it notes how often each field was right."""

    def __init__(self, *, family: bool) -> None:
        self.agencies = load_agencies(Settings())
        if not family:
            self.agencies = {key: replace(agency, family=None) for key, agency in self.agencies.items()}
        self.right: Counter[str] = Counter()
        self.wrong: dict[str, list[str]] = {}

    def __call__(self, page: bytes, row: Row) -> str:
        found = extract(page, self.agencies[row["chrome"]], row["url"], now=_NOW)
        self.last = found.story
        return "" if found.story is None else found.story.body

    def note(self, row: Row) -> None:
        """Compare the fields of the last story with the truth (outside the time that is taken)."""
        meant = {**row, "story_id": str(row["id"]), "published": datetime.fromisoformat(row["published"])}
        for name in _FIELDS:
            told = getattr(self.last, name, None)
            told, truth = (
                (told, meant[name]) if name in ("published", "story_id") else (_text(told), _text(meant[name]))
            )
            if told == truth:
                self.right[name] += 1
            else:
                self.wrong.setdefault(name, []).append(f"{row['file']}: {told!r}, not {truth!r}")


def _text(value: Any) -> Any:
    return [joined(one) for one in value] if isinstance(value, (list, tuple)) else joined(value or "")


def others() -> dict[str, System]:
    """Return those of the others that are installed, as they come out of the box."""
    found: dict[str, System] = {}
    for name, (module, make) in _OTHERS.items():
        try:
            found[name] = make(importlib.import_module(module))
        except ImportError as error:
            print(f"{name}: not here ({error})", file=sys.stderr)
    return found


def _trafilatura(trafilatura: Any) -> System:
    def read(page: bytes, row: Row) -> str:
        found = trafilatura.bare_extraction(page, url=row["url"], with_metadata=True)
        return "" if found is None else found.text or ""

    return read


def _newspaper(newspaper: Any) -> System:
    def read(page: bytes, row: Row) -> str:
        article = newspaper.Article(row["url"], language="fa", fetch_images=False)
        article.download(input_html=page.decode("utf-8"))
        article.parse()
        return str(article.text)

    return read


def _readability(readability: Any) -> System:
    html = importlib.import_module("lxml.html")

    def read(page: bytes, row: Row) -> str:
        document = readability.Document(page.decode("utf-8"), url=row["url"])
        document.title()
        tree = html.fromstring(document.summary())
        return "\n".join(tree.itertext())

    return read


def _resiliparse(tools: Any) -> System:
    parsed = importlib.import_module("resiliparse.parse.html")

    def read(page: bytes, row: Row) -> str:
        tree = parsed.HTMLTree.parse(page.decode("utf-8"))
        return str(tools.extract_plain_text(tree, main_content=True, preserve_formatting=True))

    return read


_OTHERS: dict[str, tuple[str, Callable[[Any], System]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "newspaper4k": ("newspaper", _newspaper),
    "readability-lxml": ("readability", _readability),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse),
}


def rows_of(folder: Path) -> list[Row]:
    """Return the truth of a folder's pages, or that of invented ones with the pages themselves."""
    if str(folder) == "invented":
        return list(invented(INVENTED))
    return [json.loads(line) for line in (folder / "truth.jsonl").open(encoding="utf-8")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="only so many pages")
    parser.add_argument("--only", default="", help="only these systems, separated by commas")
    parser.add_argument("--no-family", action="store_true", help="read as pages of an agency nobody has described")
    parser.add_argument("--show", action="store_true", help="name the pages and fields that we got wrong")
    given = parser.parse_args()
    rows = rows_of(given.folder)[: given.limit]
    clean = [row for row in rows if not _SIGN_OFF.search(row["text"][-60:])]
    left_out, rows = len(rows) - len(clean), clean
    ours = Ours(family=not given.no_family)
    systems: dict[str, System] = {"bayegan": ours, **others()}
    chosen = {name: systems[name] for name in given.only.split(",")} if given.only else systems
    scores = {name: Score() for name in chosen}
    for row in rows:
        page = row.pop("page", None) or (given.folder / row["file"]).read_bytes()
        for name, system in chosen.items():
            start = perf_counter()
            try:
                text = system(page, row)
            except Exception as error:  # noqa: BLE001 - a system that fails on a page has found nothing
                text = ""
                print(f"{name}: {row['file']}: {error!r}", file=sys.stderr)
            scores[name].add(row["file"], text, row["text"], perf_counter() - start)
            if system is ours:
                ours.note(row)
    print(f"{len(rows)} pages of {given.folder}, {left_out} left out\n")
    print(f"{'':24}{'exact':>8}{'F1':>8}{'half-spaces':>13}{'left':>8}{'cut':>8}{'ms':>8}")
    for name, score in scores.items():
        print(score.row(name))
    if "bayegan" in chosen:
        print("\n" + "  ".join(f"{name} {ours.right[name] / len(rows):.4f}" for name in _FIELDS))
    if given.show and "bayegan" in chosen:
        print(*scores["bayegan"].inexact, *(one for wrong in ours.wrong.values() for one in wrong), sep="\n")


if __name__ == "__main__":
    main()
