"""Time the comparison of stories as they come in, and weigh what it keeps; beside it, LSH over MinHash from others.

    python -m tests.bench.duplicates [--stories 50000] [--a-day 10000]

From the root of the checkout. First, on an invented stream of so many stories a day (three tenths are copies, one in
twenty an issue of a form; under all stands a line of their agency): ms a story for sketch and filing, for the whole
store, memory, and bytes of the shelves and of what stays for ever. Then, on the labelled stories of a `shared` folder
beside the checkout (or $BAYEGAN_SHARED; left out where there is none): pairwise precision, recall, F1 and adjusted Rand
index of the clusters, ms and bytes a story. Last, how much longer an import takes with the comparison than without.

Others are measured where they are installed; none of them is a requirement of ours. In an environment of its own:

    python3.12 -m venv SCRATCH
    SCRATCH/bin/pip install --require-hashes -r requirements.txt
    SCRATCH/bin/pip install datasketch rensa
    SCRATCH/bin/python -m tests.bench.duplicates
"""

import argparse
import importlib.util
import multiprocessing
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from time import process_time

import archive.analysis
import archive.store
from archive.analysis import analyse
from archive.duplicates import filing
from archive.duplicates.sketch import paragraphs_of, sketch
from archive.duplicates.sketch import words as flat
from archive.store import Store, open_store
from archive.story import Story
from tests.quality.bulletins import FORMS, bulletin
from tests.quality.labelled import DEDUP, labelled, scores

# The cluster of each story, ms of processor time a story, bytes a story.
type Measured = tuple[list[object], float, float]

# Stories to a transaction: few enough that the shelves grow as they do in a crawl.
BATCH = 100
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def told(reached: Mapping[str, float]) -> str:
    """Return scores as a line of text."""
    return "  ".join(f"{name} {value:.3f}" for name, value in reached.items())


def ours(stories: Sequence[Story]) -> Measured:
    """Return the cluster of each story, ms of processor time a story, and bytes a story on the shelves and in edges."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        spent = Spent()
        with spent.watching():
            numbers = [one.id for one in store.add_all([analyse(story) for story in stories], now=NOW)]
        found = dict(store.conn.execute("SELECT story, cluster FROM clusters").fetchall())
        return [found.get(one, one) for one in numbers], spent.ms(), sum(weights(store)) / len(stories)


def lsh(
    add: Callable[[int, list[str]], Sequence[int]],
) -> Callable[[Sequence[Story]], Measured]:
    """Return a clustering by `add`, which takes a story's word shingles and returns the earlier stories it takes for copies."""

    def run(stories: Sequence[Story]) -> Measured:
        begun, before = process_time(), rss()
        parents: list[int] = []
        for number, story in enumerate(stories):
            # The same words that we compare, credit and closing lines cut: what is weighed is the method.
            words = flat(paragraphs_of(story.title, story.lead, story.body))
            alike = add(number, [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))])
            parents.append(parents[min(alike)] if alike else number)
        return list(parents), 1000 * (process_time() - begun) / len(stories), (rss() - before) / len(stories)

    return run


def by_datasketch(threshold: float) -> Callable[[Sequence[Story]], Measured]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    index = MinHashLSH(threshold=threshold, num_perm=128)

    def add(number: int, shingles: list[str]) -> Sequence[int]:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([one.encode() for one in shingles])
        found = index.query(minhash)
        index.insert(number, minhash)
        return found

    return lsh(add)


def by_rensa(threshold: float) -> Callable[[Sequence[Story]], Measured]:
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32)
    kept = []

    def add(number: int, shingles: list[str]) -> Sequence[int]:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(shingles)
        found = [one for one in index.query(minhash) if kept[one].jaccard(minhash) >= threshold]
        index.insert(number, minhash)
        kept.append(minhash)
        return found

    return lsh(add)


def apart(run: Callable[[Sequence[Story]], Measured], stories: Sequence[Story]) -> Measured:
    """Return what `run` gives, from a process of its own, so that memory is not what another has left."""
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    process = context.Process(target=lambda: told.put(run(stories)))
    process.start()
    result: Measured = told.get()
    process.join()
    return result


class Spent:
    """Processor time that sketches and filing take, wherever they are called."""

    def __init__(self) -> None:
        self.seconds, self.stories = 0.0, 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        made, filed = archive.analysis.sketch, filing.file
        archive.analysis.sketch, archive.store.filing.file = self._timed(made, 1), self._timed(filed, 0)
        try:
            yield
        finally:
            archive.analysis.sketch, archive.store.filing.file = made, filed

    def ms(self) -> float:
        return 1000 * self.seconds / max(self.stories, 1)

    def _timed(self, function: Callable[..., object], stories: int) -> Callable[..., object]:
        def timed(*arguments: object) -> object:
            begun = process_time()
            result = function(*arguments)
            self.seconds += process_time() - begun
            self.stories += stories
            return result

        return timed


def weights(store: Store) -> tuple[int, int]:
    """Return the bytes of the shelves, and those of edges and clusters with their indexes."""
    pages = dict(store.conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    shelves = pages["fingerprints"] + pages["fingerprint_days"]
    return shelves, sum(pages[name] for name in ("edges", "edges_by_other", "clusters", "clusters_by_cluster"))


def rss() -> int:
    """Return the resident memory of this process in bytes."""
    with Path("/proc/self/statm").open() as told:
        return int(told.read().split()[1]) * resource.getpagesize()


def stream(count: int, a_day: int) -> Iterator[Story]:
    """Yield invented stories of about a thousand letters, as many a day as told."""
    draw = random.Random(8)
    syllables = [a + b for a in "بپتجچحخدرزسشفکگلمنهی" for b in "اویرن"]
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 3))) for _ in range(20_000)]
    commons = words[:200]
    house = [" ".join(draw.choices(words, k=25)) for _ in range(30)]
    recent: list[str] = []
    for number in range(count):
        wire = draw.randrange(30)
        agency = f"wire{wire}"
        if draw.random() < 0.3 and recent:
            lines = draw.choice(recent).split("\n")
            body = "\n".join(lines if draw.random() < 0.5 else lines[: max(2, len(lines) - 2)])
        elif draw.random() < 0.07:
            body = bulletin(draw.choice(list(FORMS)), number)
        else:
            sizes = [draw.randint(30, 60) for _ in range(5)]
            body = "\n".join(
                " ".join(draw.choice(draw.choice((words, commons))) for _ in range(size)) for size in sizes
            )
            recent = [*recent[-400:], body]
        yield Story(
            agency=agency,
            story_id=str(number),
            title=" ".join(draw.choices(words, k=8)),
            body=f"به گزارش {agency}، {body}\n{house[wire]}",
            published=datetime(2029, 1, 1, 8, tzinfo=UTC) + timedelta(days=number / a_day),
        )


def cost(count: int, a_day: int) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        spent, begun, number = Spent(), process_time(), 0
        with spent.watching():
            for some in batched(stream(count, a_day), BATCH):
                store.add_all([analyse(story) for story in some], now=NOW)
                number += len(some)
                if number in (count // 10, count // 2, count):
                    shelves, lasting = weights(store)
                    window = store.conn.execute("SELECT sum(stories) FROM fingerprint_days").fetchone()[0]
                    print(
                        f"{number:8,} stories  {spent.ms():5.2f} ms  {rss() / 2**20:4.0f} MB"
                        f"  shelves {shelves / window:4.0f} B a story in the window"
                        f"  for ever {lasting / number:3.0f} B a story"
                        f"  {1000 * (process_time() - begun) / number:5.2f} ms in all",
                        flush=True,
                    )
        print("edges", dict(store.conn.execute("SELECT kind, count(*) FROM edges GROUP BY kind").fetchall()))


def ratio(stories: Sequence[Story]) -> None:
    """Print the time an import takes with the comparison, in times of what it takes without."""
    taken = []
    for file, made in ((filing.file, sketch), (lambda *_: None, lambda _: sketch(stories[0]))):
        archive.store.filing.file, archive.analysis.sketch = file, made
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
            begun = process_time()
            for at in range(0, len(stories), 500):
                store.add_all([analyse(one) for one in stories[at : at + 500]], now=NOW)
            taken.append((process_time() - begun) / len(stories) * 1000)
    print(f"import with comparison {taken[0]:.2f} ms a story, without {taken[1]:.2f}: {taken[0] / taken[1]:.2f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=50_000)
    parser.add_argument("--a-day", type=int, default=10_000)
    args = parser.parse_args()
    cost(args.stories, args.a_day)  # first, while memory is as a crawl has it
    if DEDUP.exists():
        stories, gold = zip(*labelled(), strict=True)
        runs: dict[str, Callable[[Sequence[Story]], Measured]] = {"ours": ours}
        for name, prepare in (("datasketch", by_datasketch), ("rensa", by_rensa)):
            if importlib.util.find_spec(name):
                runs |= {f"{name} {threshold}": prepare(threshold) for threshold in (0.5, 0.7)}
        for name, run in runs.items():
            found, ms, weight = apart(run, stories)
            print(f"{name:15} {told(scores(gold, found))}  {ms:5.2f} ms  {weight:6.0f} B a story")
    else:
        print(f"no labelled stories in {DEDUP}", file=sys.stderr)
        stories = list(stream(3000, 300))
    ratio(stories)


if __name__ == "__main__":
    main()
