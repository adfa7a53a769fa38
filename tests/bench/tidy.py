"""Measure how well lost half-spaces are set again: by what `bayegan lexicon` learnt of other stories, and by hazm.

    python -m tests.bench.tidy STORIES.jsonl.gz [MORE.jsonl.gz ...] [--held-out 150]

Stories that print many half-spaces are held out by lot, and with them whatever copies them; an archive learns from the
others. The half-spaces of those held out are deleted, or replaced by blanks, and set by what `bayegan show --tidy` uses.
Right is a half-space after the very letter where it was printed: precision, recall and their harmonic mean, F1.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from archive.analysis import analyse
from archive.lexicon import learn, printings
from archive.search.hits import open_archive
from archive.store import open_store
from archive.story import Story
from archive.text.lemmas import tidy as by_hazm
from archive.text.letters import HALF_SPACE
from archive.text.tidy import completed, tidy
from tests.bench.known_items import Item, read

NOON = datetime(2024, 9, 22, 8, 30, tzinfo=UTC)
MANY = 0.05  # half-spaces a word
LOST = {"deleted": "", "blanks": " "}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="+", type=Path, help="stories: title, lead (or none), paragraphs")
    parser.add_argument("--held-out", type=int, default=150)
    given = parser.parse_args()
    learnt_from, held_out = parted([item for file in given.stories for item in read(file)], given.held_out)
    print(f"learnt from {len(learnt_from)} stories, half-spaces put back into {len(held_out)} others\n")
    print(
        "| half-spaces were | learnt: F1 (precision, recall) | hazm | shown: learnt, hazm for other words |\n|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder, open_archive(taught(learnt_from, Path(folder))) as conn:
        known = printings(conn)
        learnt = partial(tidy, printings=known)
        ways = {
            "learnt": learnt,
            "hazm": by_hazm,
            "both": lambda text: completed(learnt(text), by_hazm(learnt(text)), known),
        }
        for lost, instead in LOST.items():
            cells = [told(*scored(held_out, instead, way)) for way in ways.values()]
            print(f"| {lost} | {' | '.join(cells)} |", flush=True)


def parted(stories: Sequence[Item], count: int) -> tuple[list[Item], list[str]]:
    """Return what is learnt from, and the texts that are held out."""
    many = [item for item in stories if item.text.count(HALF_SPACE) > MANY * len(item.text.split())]
    drawn = random.Random(5).sample(many, min(count, len(many)))
    titles, clusters = {item.title for item in drawn}, {item.cluster for item in drawn} - {""}
    others = [item for item in stories if item.title not in titles and item.cluster not in clusters]
    return others, [_clean(f"{item.title}\n{item.lead}\n{item.text}") for item in drawn]


def taught(stories: Sequence[Item], folder: Path) -> Path:
    """Return an archive of these stories that has learnt from them."""
    path = folder / "learnt.db"
    with open_store(path) as store:
        made = (
            Story(agency="bench", story_id=str(at), title=item.title, lead=item.lead, body=item.text, published=NOON)
            for at, item in enumerate(stories)
        )
        store.add_all([analyse(story) for story in made], now=NOON)
        learn(store.conn, lambda _: None)
    return path


def scored(texts: Sequence[str], instead: str, way: Callable[[str], str]) -> tuple[float, float]:
    """Return precision and recall of what `way` sets in texts whose half-spaces are replaced by `instead`."""
    right = all_set = printed = 0
    for text in texts:
        was, found = places(text), places(way(text.replace(HALF_SPACE, instead)))
        right, all_set, printed = right + len(was & found), all_set + len(found), printed + len(was)
    return right / max(1, all_set), right / max(1, printed)


def places(text: str) -> set[int]:
    """Return after how many letters each half-space stands, blanks not counted."""
    found, letters = set(), 0
    for one in text:
        if one == HALF_SPACE:
            found.add(letters)
        elif not one.isspace():
            letters += 1
    return found


def told(precision: float, recall: float) -> str:
    return f"{2 * precision * recall / ((precision + recall) or 1):.3f} ({precision:.2f}, {recall:.2f})"


def _clean(text: str) -> str:
    """Return `text` with half-spaces between letters only, one at a time: no other can be lost."""
    one_each = re.sub(f"{HALF_SPACE}+", HALF_SPACE, text)
    return re.sub(rf"(?<!\w){HALF_SPACE}|{HALF_SPACE}(?!\w)", "", one_each)


if __name__ == "__main__":
    main()
