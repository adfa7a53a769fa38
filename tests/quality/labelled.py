"""The labelled stories of a `shared` folder beside the checkout (or $BAYEGAN_SHARED), and the scores of a clustering."""

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.story import Story
from archive.text.dates import TEHRAN

SHARED = Path(os.environ.get("BAYEGAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
DEDUP = SHARED / "data" / "dedup"


def rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DEDUP / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def labelled() -> list[tuple[Story, str]]:
    """Return the labelled stories in the order they were published in, each with its true cluster."""
    found = sorted((*rows("docs"), *rows("distractors")), key=lambda row: (row["published_at"], row["id"]))
    return [(_story(row), row["cluster"]) for row in found]


def _story(row: Mapping[str, Any]) -> Story:
    return Story(
        agency=row["agency"],
        story_id=row["id"],
        title=row["title"],
        body="\n".join(row["paragraphs"]),
        published=datetime.fromisoformat(row["published_at"]).replace(tzinfo=TEHRAN),
    )


def scores(gold: Sequence[object], found: Sequence[object]) -> dict[str, float]:
    """Return pairwise precision, recall, F1 and the adjusted Rand index of one clustering against another."""

    def pairs(counts: Counter[object]) -> float:
        return sum(n * (n - 1) / 2 for n in counts.values())

    both, of_gold, of_found = pairs(Counter(zip(gold, found, strict=True))), pairs(Counter(gold)), pairs(Counter(found))
    expected = of_gold * of_found / (len(gold) * (len(gold) - 1) / 2)
    return {
        "precision": both / max(of_found, 1),
        "recall": both / of_gold,
        "f1": 2 * both / (of_gold + of_found),
        "ari": (both - expected) / ((of_gold + of_found) / 2 - expected),
    }
