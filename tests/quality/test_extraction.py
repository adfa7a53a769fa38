"""How exact extraction is: invented stories in the golden page of every family, known ones in real page chrome."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura

from archive.settings import Settings
from archive.text.letters import HALF_SPACE
from crawler.agency import load_agencies
from crawler.extract import extract
from crawler.footer import is_footer
from tests.pages.golden import NOW, name
from tests.quality.bodies import chromes, fill, invented

STORIES = 60  # to each page
SHARED = Path(os.environ.get("BAYEGAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")


@pytest.mark.parametrize("page", chromes(), ids=name)
def test_invented_stories_come_back_to_the_letter(page):
    agencies, exact = load_agencies(Settings()), 0
    for row in fill(page, STORIES):
        found = extract(row["page"], agencies[row["chrome"]], row["url"], now=NOW).story
        assert found.title == row["title"]
        assert found.body.count(HALF_SPACE) == row["text"].count(HALF_SPACE), row["file"]
        assert not is_footer(found.paragraphs[-1]), row["file"]
        exact += found.body == row["text"]
    assert exact / STORIES >= 1.0


def test_without_a_family_we_are_no_worse_than_trafilatura_alone():
    agencies = {key: replace(agency, family=None) for key, agency in load_agencies(Settings()).items()}
    ours = plain = 0.0
    for row in invented(8):
        found = extract(row["page"], agencies[row["chrome"]], row["url"], now=NOW).story
        alone = trafilatura.extract(row["page"], include_comments=False)
        ours += f1(found.body if found else "", row["text"])
        plain += f1(alone or "", row["text"])
    assert ours / 64 >= max(plain / 64, 0.93)


def f1(told, truth):
    """Return how much of two texts is the same words, 0 to 1; half-spaces do not count."""
    said, meant = (Counter(re.findall(r"\w+", text.replace(HALF_SPACE, ""))) for text in (told, truth))
    return 2 * (said & meant).total() / (said.total() + meant.total())


@pytest.mark.parametrize("entity", [[], ["--zwnj-entity"]], ids=["letters", "entities"])
def test_known_stories_in_real_chrome_come_back_to_the_letter(tmp_path, entity):
    tool, stories = SHARED / "tools" / "realpages.py", SHARED / "data" / "fars-stories.jsonl.gz"
    if not tool.exists():
        pytest.skip("no real page chrome beside the checkout")
    given = [sys.executable, str(tool), str(stories), str(tmp_path), "--limit", "150", *entity]
    subprocess.run(given, check=True, capture_output=True)
    agencies = load_agencies(Settings())
    right = dict.fromkeys(("body", "title", "lead", "published", "story_id", "tags"), 0)
    rows = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if _is_truth(row)]
    for row in rows:
        page = (tmp_path / row["file"]).read_bytes()
        found = extract(page, agencies[row["chrome"]], row["url"], now=datetime.now(UTC)).story
        right["body"] += found.body.split() == row["text"].split()
        right["title"] += found.title.split() == row["title"].split()
        right["lead"] += found.lead.split() == row["lead"].split()
        right["published"] += found.published == datetime.fromisoformat(row["published"])
        right["story_id"] += found.story_id == row["id"]
        right["tags"] += list(found.tags) == [tag for tag in row["tags"] if tag]
    assert {name: share for name, count in right.items() if (share := count / len(rows)) < 0.99} == {}


def _is_truth(row):
    """Whether a row tells a story: a sign-off is no part of one, and nobody published on the web before 1990."""
    return not is_footer(row["text"].split("\n")[-1]) and row["published"] > "1990"
