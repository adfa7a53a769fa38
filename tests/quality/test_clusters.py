"""Clusters of labelled stories, end to end through the archive: numbers that may not fall."""

import random
from datetime import UTC, datetime

import pytest

from archive.analysis import analyse
from archive.duplicates.relations import relations
from archive.store import open_store
from tests.quality.labelled import DEDUP, labelled, rows, scores

NOW = datetime(2030, 1, 1, tzinfo=UTC)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not DEDUP.exists(), reason="no labelled stories beside the checkout"),
]


def clustered(path, stories):
    """Store stories in their order; return the relations of each by its own id, others by theirs."""
    with open_store(path) as store:
        ids = {}
        for at in range(0, len(stories), 500):
            some = stories[at : at + 500]
            stored = store.add_all([analyse(one) for one in some], now=NOW)
            ids |= {one.id: told.story_id for one, told in zip(stored, some, strict=True)}
        return {
            own: (ids[found.cluster], {ids[one] for one in found.reuse})
            for number, own in ids.items()
            for found in [relations(store.conn, number)]
        }


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return clustered(tmp_path_factory.mktemp("quality") / "news.db", [story for story, _ in labelled()])


def test_pairs_and_rand_index(found):
    reached = scores([cluster for _, cluster in labelled()], [found[story.story_id][0] for story, _ in labelled()])
    assert min(reached["precision"], reached["f1"], reached["ari"]) >= 0.985, reached


def test_every_kind_of_pair(found):
    joined, linked, of = {}, {}, {}
    for pair in rows("pairs"):
        (a, of_a), (b, of_b) = found[pair["a"]], found[pair["b"]]
        kind = pair["category"]
        of[kind] = of.get(kind, 0) + 1
        joined[kind] = joined.get(kind, 0) + (a == b)
        linked[kind] = linked.get(kind, 0) + (a == b or pair["a"] in of_b or pair["b"] in of_a)
    templates = [kind for kind in of if kind.startswith("template_") and kind != "template_copy"]
    assert {kind: joined[kind] for kind in (*templates, "toll_update")} == dict.fromkeys((*templates, "toll_update"), 0)
    assert joined["template_copy"] == of["template_copy"]
    assert joined["shared_background"] <= 0.02 * of["shared_background"]
    assert linked["excerpt"] >= 0.85 * of["excerpt"]


def test_any_order_of_arrival(tmp_path):
    told = labelled()
    random.Random(1).shuffle(told)
    found = clustered(tmp_path / "news.db", [story for story, _ in told])
    reached = scores([cluster for _, cluster in told], [found[story.story_id][0] for story, _ in told])
    assert min(reached["precision"], reached["f1"], reached["ari"]) >= 0.985, reached
