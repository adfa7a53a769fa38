"""Measure what a search finds: known stories, however half-spaces are printed, against other analyses.

    python -m tests.bench.search STORIES.jsonl.gz [MORE.jsonl.gz ...] [--pairs PAIRS.jsonl] [--baseline module:function ...]

What asks, and for which part of a story, is told in `known_items`. Five variants: as printed; half-spaces deleted or as
blanks, in the query or in all stories. Measured are MRR@10 (with a 95 % bootstrap interval), nDCG@10 and in how many
cases the story holds all words of the query. Ours is the archive and its search; «raw» is FTS5's unicode61 on the
printed text; a baseline is a function from a text to its index words (two are `tests.bench.hazm_words:words` and
`tests.bench.folded_words:words`). They rank by bm25 over any of the words. At the end stands how far ours is ahead of
each of the others, set by set and over all of them. `--pairs` holds {"query", "story_word", "match"}: must a search for
the one find a story that holds the other (null = debatable)?
"""

import argparse
import json
import math
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import process_time

from archive.text.letters import HALF_SPACE
from archive.text.words import index_words, query_terms, spans, stem_words
from tests.bench.known_items import SETS, TEXTS, Item, KnownItems, distinct, read, spaced
from tests.bench.systems import Ours, Plain, systems

# Variant -> what stands for a half-space in the query, and in the stories; None = as printed.
VARIANTS = {
    "as printed": (None, None),
    "query: deleted": ("", None),
    "query: blanks": (" ", None),
    "stories: deleted": (None, ""),
    "stories: blanks": (None, " "),
}
ROUNDS = 1_000

type Makers = dict[str, Callable[[Sequence[str], Path], Ours | Plain]]


@dataclass(frozen=True)
class Result:
    """For each query: the rank of its story (0 = not among the first ten), and whether the story has all words."""

    ranks: Sequence[int]
    whole: Sequence[bool]

    @property
    def reciprocals(self) -> list[float]:
        return [1 / rank if rank else 0.0 for rank in self.ranks]

    @property
    def gains(self) -> list[float]:
        return [1 / math.log2(rank + 1) if rank else 0.0 for rank in self.ranks]

    @property
    def figures(self) -> tuple[float, float, float]:
        return mean(self.reciprocals), mean(self.gains), mean(self.whole)

    def row(self) -> str:
        reciprocal, gain, whole = self.figures
        low, high = interval(self.reciprocals)
        return f"{reciprocal:.3f} ({low:.3f}-{high:.3f}) | {gain:.3f} | {whole:.3f}"


# Of a set: for each variant, what each system found.
type Results = dict[str, dict[str, Result]]


def main() -> None:
    options = arguments()
    stories = distinct(item for file in options.stories for item in read(file))
    makers = systems(options.baseline)
    sets = {name: SETS[name](stories, options.queries) for name in options.sets}
    print(f"{len(stories)} stories, none of them twice", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        results = variants(sets, stories, makers, Path(folder))
        for name, known in sets.items():
            tell(name, known, results[name])
        ahead(results)
        if options.columns:
            columns(sets[options.sets[0]], stories, Path(folder))
        if options.pairs:
            pairs(options.pairs, makers, Path(folder))
        lost(stories, Path(folder))
    speed(stories)


def variants(sets: dict[str, KnownItems], stories: Sequence[Item], makers: Makers, folder: Path) -> dict[str, Results]:
    """Ask every system every query of every set in every variant; what is looked through is analysed once for all."""
    results: dict[str, Results] = {name: {variant: {} for variant in VARIANTS} for name in sets}
    for of, in_stories in dict.fromkeys((known.of, kind[1]) for known in sets.values() for kind in VARIANTS.values()):
        texts = [spaced(TEXTS[of](item), in_stories) for item in stories]
        for system, make in makers.items():
            with closing(make(texts, folder)) as one:
                for name, variant, asked in _asking(sets, of, in_stories):
                    results[name][variant][system] = measure(one, asked)
    return results


def _asking(sets: dict[str, KnownItems], of: str, in_stories: str | None) -> Iterator[tuple[str, str, dict[int, str]]]:
    """Yield the queries of each set and variant for which these parts of stories are looked through, printed so."""
    for name, known in sets.items():
        for variant, (in_query, stands) in VARIANTS.items():
            if known.of == of and stands == in_stories:
                yield name, variant, {at: spaced(text, in_query) for at, text in known.asked.items()}


def measure(system: Ours | Plain, asked: dict[int, str]) -> Result:
    found = {at: system.find(text) for at, text in asked.items()}
    ranks = [ids.index(at) + 1 if at in ids else 0 for at, ids in found.items()]
    return Result(ranks=ranks, whole=[system.has_all(text, at) for at, text in asked.items()])


def tell(name: str, known: KnownItems, results: Results) -> None:
    """Print what each system finds of a set of known items, and the worst of its variants."""
    print(f"\n**{name}**: {len(known.asked)} queries, «{next(iter(known.asked.values()))}»\n")
    print("| half-spaces | system | MRR@10 (95 %) | nDCG@10 | all words |\n|---|---|---|---|---|")
    for variant, found in results.items():
        for system, result in found.items():
            print(f"| {variant} | {system} | {result.row()} |")
    for system in results["as printed"]:
        worst = [min(figures) for figures in zip(*(found[system].figures for found in results.values()), strict=True)]
        print(f"| *worst* | {system} | {' | '.join(f'{one:.3f}' for one in worst)} |", flush=True)


def ahead(results: dict[str, Results]) -> None:
    """Print, for each set and variant, how far ours is ahead of each of the others in nDCG@10."""
    print("\nours less another, nDCG@10 (95 % of the differences, query by query)\n")
    print(f"| set | less | {' | '.join(VARIANTS)} |\n|---|---|{'---|' * len(VARIANTS)}")
    for name, by_variant in (results | {"all of them": together(results)}).items():
        for system in [other for other in by_variant["as printed"] if other != "ours"]:
            cells = [_lead(found["ours"], found[system]) for found in by_variant.values()]
            print(f"| {name} | {system} | {' | '.join(cells)} |", flush=True)


def together(results: dict[str, Results]) -> Results:
    """Return what was found of all sets, as if they were one: each query counts alike."""

    def joined(variant: str, system: str) -> Result:
        found = [by_variant[variant][system] for by_variant in results.values()]
        return Result(ranks=[*chain(*(one.ranks for one in found))], whole=[*chain(*(one.whole for one in found))])

    every = next(iter(results.values()))
    return {variant: {system: joined(variant, system) for system in every[variant]} for variant in every}


def _lead(ours: Result, other: Result) -> str:
    gained = [one - two for one, two in zip(ours.gains, other.gains, strict=True)]
    low, high = interval(gained)
    return f"{mean(gained):+.3f} ({low:+.3f} {high:+.3f})"


def columns(known: KnownItems, stories: Sequence[Item], folder: Path) -> None:
    """Print what the column of stems is worth: all words ranked by bm25, without the search's bounds and fallbacks."""
    print("\n| weight of stems (a word of the body: 1) | MRR@10 |\n|---|---|")
    with closing(Ours([TEXTS[known.of](item) for item in stories], folder)) as ours:
        for weight in (0, 0.3, 1, 2, 4):
            reciprocal = [1 / rank if rank else 0 for rank in ours.ranks(known.asked, weight)]
            print(f"| {weight} | {mean(reciprocal):.3f} |", flush=True)


def pairs(file: Path, makers: Makers, folder: Path) -> None:
    """Print how many spelling variants match that must, and that must not."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    texts = [f"خبر تازه «{row['story_word']}» رسید" for row in rows]
    print("\n| system | pairs that must match | that must not |\n|---|---|---|")
    for system, make in makers.items():
        with closing(make(texts, folder)) as one:
            matches = [one.has_all(row["query"], at) for at, row in enumerate(rows)]
        shares = [
            f"{sum(kept := [m for row, m in zip(rows, matches, strict=True) if row['match'] is wanted])}/{len(kept)}"
            for wanted in (True, False)
        ]
        print(f"| {system} | {' | '.join(shares)} |")


def lost(stories: Sequence[Item], folder: Path) -> None:
    """Print how many words with half-spaces are found, rightly spelt, in stories that lost all of theirs."""
    found = asked = 0
    texts = [item.text for item in stories if item.text.count(HALF_SPACE) > 40][:40]
    with closing(Ours([text.replace(HALF_SPACE, "") for text in texts], folder)) as ours:
        for at, text in enumerate(texts):
            words = sorted({text[start:end] for start, end, word in spans(text) if HALF_SPACE in word})[:25]
            found += sum(ours.has_all(word, at) for word in words)
            asked += len(words)
    print(f"\nwords of {len(texts)} stories whose half-spaces are lost, found in their right spelling: {found}/{asked}")


def speed(stories: Sequence[Item]) -> None:
    """Print how many stories of 2.4 KB one core analyses in a second, and how long a query takes to be read."""
    size = sum(len(item.text.encode()) for item in stories)
    started = process_time()
    for item in stories:
        index_words(item.text)
        stem_words(item.text)
    stories_per_s = size / 2_400 / (process_time() - started)
    started = process_time()
    for item in stories:
        query_terms(item.title)
    query_us = (process_time() - started) / len(stories) * 1e6
    print(f"analysis: {stories_per_s:,.0f} stories of 2.4 KB a second and core; a title as a query: {query_us:.0f} µs")


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the middle 95 % of the means of resampled `values` (Efron's percentile bootstrap)."""
    dice = random.Random(7)
    means = sorted(mean(dice.choices(values, k=len(values))) for _ in range(ROUNDS))
    return means[ROUNDS // 40], means[-ROUNDS // 40]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="+", type=Path, help="stories: title, lead (or none), paragraphs")
    parser.add_argument("--pairs", type=Path, help="spelling variants")
    parser.add_argument(
        "--baseline", nargs="*", default=[], help="module:function, a function from a text to its index words"
    )
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS, help="what asks (default: all)")
    parser.add_argument("--queries", type=int, default=300, help="of each set at most")
    parser.add_argument("--columns", action="store_true", help="measure weights of the column of stems, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
