"""Break things on purpose and see that nothing is lost: `make faults`, `make faults-nightly`, `make faults-release`.

    python -m tests.faults                          the size of CI, under three minutes on two cores
    python -m tests.faults --size nightly
    python -m tests.faults --size release --only kill_a_crawl --json >> release.jsonl
    python -m tests.faults --markdown release.jsonl the table of docs/operate.md, out of what such runs have said

Every scenario is tried twice: as the program is, and with something broken in it (the control), which must be noticed.
In the size of CI a scenario a core runs at the same time, so that its figures of time are for a glance only; the others, whose
figures count, run one after the other (`--jobs`). Ends with 1 when anything is lost, does not survive, or a control is not caught. What cannot be tried on this machine
(without root, say) is said loudly, and stands in the table as skipped.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.faults.row import Row, Scenario, Size
from tests.faults.scenarios import SCENARIOS
from tests.faults.table import Result, as_json, machine, markdown, parse, plain, read


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and print the table; return how the process should end."""
    asked = _arguments(arguments)
    if asked.list:
        print(*(f"{one.__name__:28} {(one.__doc__ or '').splitlines()[0]}" for one in SCENARIOS), sep="\n")
        return 0
    if asked.markdown:
        order = [one.__name__ for one in SCENARIOS]
        print(markdown(sorted(read(asked.markdown), key=lambda one: order.index(one.name))))
        return 0
    results, scenarios = [], chosen(asked.only, asked.exactly)
    jobs = min(len(scenarios), asked.jobs or (os.cpu_count() if asked.size is Size.CI else None) or 1)
    every = run if jobs == 1 else partial(run_apart, jobs)
    for result in every(scenarios, asked.size, asked.keep):
        results.append(result)
        if asked.json:
            print(as_json(result), flush=True)
    if not asked.json:
        print(plain(results))
    return 0 if all(one.row.well or one.row.skipped for one in results) else 1


def chosen(only: Sequence[str], exactly: str | None = None) -> list[Scenario]:
    """Return the scenarios whose names begin with one of `only` (none given = all), or the one whose name is `exactly`."""
    found = [one for one in SCENARIOS if not only or one.__name__.startswith(tuple(only))]
    if exactly is not None:
        found = [one for one in SCENARIOS if one.__name__ == exactly]
    if not found:
        sys.exit(f"no such scenario: {exactly or ', '.join(only)}; --list shows all")
    return found


def run(scenarios: Sequence[Scenario], size: Size, keep: Path | None = None) -> Iterator[Result]:
    """Try one scenario after the other, each in a folder of its own; what one raises is its line in the table.

    Folders are made below `keep` and stay there; None = they are removed.
    """
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    for scenario in scenarios:
        print(f"faults: {scenario.__name__} ({size}) ...", file=sys.stderr, flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"{scenario.__name__}-", dir=keep, delete=keep is None) as folder:
            try:
                row = scenario(size, Path(folder))
            except Exception as error:  # noqa: BLE001 - the others are still to be tried
                traceback.print_exc()
                row = Row(fault=scenario.__name__, tried=1, lost=1, note=f"{type(error).__name__}: {error}")
        took_s = round(time.monotonic() - began, 1)
        result = Result(name=scenario.__name__, size=size, day=_today(), seconds=took_s, row=row, machine=machine())
        _tell(result)
        yield result


def run_apart(jobs: int, scenarios: Sequence[Scenario], size: Size, keep: Path | None = None) -> Iterator[Result]:
    """Try `jobs` scenarios at a time, a process each, and yield what came of them in the order given."""
    kept = () if keep is None else ("--keep", str(keep))

    def apart(scenario: Scenario) -> Result:
        name = scenario.__name__
        command = [sys.executable, "-m", "tests.faults", "--exactly", name, "--size", size, "--json", *kept]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        found = parse(done.stdout.splitlines())
        if found:
            return found[0]
        row = Row(fault=name, tried=1, lost=1, note=f"ended with {done.returncode} and said nothing")
        return Result(name=name, size=size, day=_today(), seconds=0.0, row=row, machine=machine())

    with ThreadPoolExecutor(jobs) as pool:
        # The last ones first: they take longest.
        started = [pool.submit(apart, one) for one in reversed(scenarios)]
        yield from (one.result() for one in reversed(started))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _tell(result: Result) -> None:
    row = result.row
    if row.skipped:
        print(f"faults: SKIPPED: {result.name}: {row.skipped}", file=sys.stderr, flush=True)
        return
    fate = "well" if row.well else f"NOT WELL: {row.lost} lost, {row.survived} of {row.tried}, caught: {row.caught}"
    print(f"faults: {result.name}: {fate} ({result.seconds:.0f} s)", file=sys.stderr, flush=True)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=Size, choices=list(Size), default=Size.CI, help="how much to try  [default: ci]")
    parser.add_argument("--only", action="append", default=[], help="scenarios whose names begin so; may be repeated")
    parser.add_argument("--exactly", metavar="NAME", help="the one scenario of this name")
    parser.add_argument(
        "--jobs", type=int, help="scenarios at the same time  [default: one; in the size of CI, one a core]"
    )
    parser.add_argument("--keep", type=Path, help="keep what they leave in this folder")
    parser.add_argument("--json", action="store_true", help="print a JSON object a scenario")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--markdown", type=Path, nargs="+", help="print the table of JSON lines that were kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
