"""Is a page that was fetched twice another revision? Precision and recall on labelled pairs, where they are at hand."""

import gzip
import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from archive.analysis import analyse
from archive.store import open_store
from archive.story import Story
from archive.verdict import Verdict
from tests.stories import NOON

SHARED = Path(os.environ.get("BAYEGAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
PAIRS = SHARED / "data" / "dedup" / "revisions.jsonl.gz"


@pytest.mark.skipif(not PAIRS.exists(), reason="no labelled pairs beside the checkout")
def test_of_pages_fetched_twice_those_that_say_something_else_are_revised(tmp_path):
    counts: Counter[tuple[bool, bool]] = Counter()
    with open_store(tmp_path / "news.db") as store, gzip.open(PAIRS) as lines:
        for row in map(json.loads, lines):
            for number, one in enumerate(row["versions"]):
                body = "\n".join(one["paragraphs"])
                story = Story(agency=row["agency"], url=row["url"], story_id=row["id"], title=one["title"], body=body)
                stored = store.add(analyse(story), now=NOON + timedelta(hours=number))
            counts[stored.verdict is Verdict.REVISED, row["is_revision"]] += 1
    found, right, labelled = (
        sum(count for key, count in counts.items() if test(key)) for test in (lambda k: k[0], all, lambda k: k[1])
    )
    assert right / found >= 0.99
    assert right / labelled >= 0.99
