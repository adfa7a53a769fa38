"""What every script of the search contest shares: take in the stories, answer the queries, tell what it took.

    python find_X.py STORIES QUERIES FOLDER

STORIES are JSON lines (id, title, text), QUERIES too (id, kind, words, phrase). Prints a JSON object: seconds to take all
in, bytes on the disk, ms of each query by its kind, and the first ten stories of each.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from time import perf_counter


def rows(file):
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]


def answer(engine_of):
    """Have the engine that `engine_of` makes in a folder take part: it has `add`, `size` and `find`."""
    stories, queries, folder = rows(sys.argv[1]), rows(sys.argv[2]), Path(sys.argv[3])
    engine = engine_of(folder)
    began = perf_counter()
    engine.add(stories)
    seconds = perf_counter() - began
    engine.find(["بیدار"], phrase=False)  # whatever is loaded with the first query
    ms, found = defaultdict(list), {}
    for query in queries:
        began = perf_counter()
        ids = engine.find(query["words"], phrase=query["phrase"])
        ms[query["kind"]].append(1000 * (perf_counter() - began))
        found[query["id"]] = [int(one) for one in ids][:10]
    print(json.dumps({"seconds": seconds, "bytes": engine.size(), "ms": ms, "found": found}))


def on_disk(folder):
    return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
