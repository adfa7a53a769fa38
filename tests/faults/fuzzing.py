"""One reader fuzzed in a process of its own, by hypothesis or, guided by what code an input reaches, by atheris.

    python -m tests.faults.fuzzing TARGET WAY COUNT FOLDER

WAY is `mutated` (hypothesis) or `guided` (atheris). What went wrong stands in FOLDER/failed, what reached new code in
FOLDER/found; the last line says as JSON how many inputs were tried, what failed, and the worst time and memory.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

# An input that takes longer is a failure, and so is a process that takes more memory.
MOST_S, MOST_BYTES = 10, 2 * 1024**3
LONGEST = 20_000
BROKEN = "lost"  # a target that loses half-spaces, as trafilatura does: it must be noticed
HIDDEN = "hidden"  # a bug behind three letters, which chance alone would not find


@dataclass(slots=True)
class Told:
    """What came of it so far."""

    tried: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    worst_s: float = 0.0
    worst_rss: int = 0


def main(name: str, way: str, count: int, folder: Path) -> None:
    """Fuzz one target and say what came of it."""
    if way == "mutated":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    (folder / "failed").mkdir(parents=True, exist_ok=True)
    (folder / "found").mkdir(exist_ok=True)
    told = Told()
    if way == "guided":
        _guided(name, count, folder, told)
    else:
        _mutated(name, count, folder, told)


def _mutated(name: str, count: int, folder: Path, told: Told) -> None:
    import hypothesis  # noqa: PLC0415 - atheris wants to see imports itself

    from tests.faults.mutations import mutated  # noqa: PLC0415
    from tests.faults.targets import seeds  # noqa: PLC0415

    target = _target(name)

    @hypothesis.seed(count)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(mutated(seeds("page" if name == BROKEN else name)))
    def once(data: bytes) -> None:
        _try(target, data, folder, told)

    once()
    _say(told)


def _guided(name: str, count: int, folder: Path, told: Told) -> None:
    import atheris  # noqa: PLC0415 - not on every machine

    with atheris.instrument_imports(include=["archive", "crawler", "tests.faults.targets"]):
        target = _target(name)
        from tests.faults.targets import seeds  # noqa: PLC0415
    if name == HIDDEN:
        target = atheris.instrument_func(target)

    begin = folder / "seeds"
    begin.mkdir(exist_ok=True)
    for number, seed in enumerate([b"BAG?"] if name == HIDDEN else seeds(name)):
        (begin / f"{number:03}").write_bytes(seed)

    def once(data: bytes) -> None:
        _try(target, data, folder, told)
        if told.tried >= count or (name == HIDDEN and told.failed):
            _say(told)
            os._exit(0)

    options = ["-handle_alrm=0", f"-max_len={LONGEST}", "-rss_limit_mb=0", "-verbosity=0", f"-seed={count}"]
    atheris.Setup([sys.argv[0], *options, str(folder / "found"), str(begin)], once, enable_python_coverage=True)
    atheris.Fuzz()


def _target(name: str) -> Callable[[bytes], None]:
    from tests.faults import targets  # noqa: PLC0415

    if name == HIDDEN:
        return _hidden
    if name != BROKEN:
        return targets.TARGETS[name]
    sound = targets.extract

    def losing(*args: Any, **kwargs: Any) -> Any:
        found = sound(*args, **kwargs)
        story = found.story
        return (
            found
            if story is None
            else replace(found, story=replace(story, body=story.body.replace("\N{ZERO WIDTH NON-JOINER}", "")))
        )

    targets.extract = losing
    return targets.page


def _hidden(data: bytes) -> None:
    if data[:1] == b"B" and data[1:2] == b"U" and data[2:3] == b"G":
        raise AssertionError("found")


def _try(target: Callable[[bytes], None], data: bytes, folder: Path, told: Told) -> None:
    """Give an input to a reader; whatever is raised, or takes too long, is a failure, and the input is kept."""
    began = time.process_time()
    signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, 3 * MOST_S)
    try:
        target(data)
    except Exception as error:  # noqa: BLE001 - all of them
        _fail(data, folder, told, f"{type(error).__name__}: {error}"[:300] + _where(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    took_s = time.process_time() - began
    if took_s > MOST_S:
        _fail(data, folder, told, f"took {took_s:.1f} s")
    told.tried += 1
    told.worst_s = max(told.worst_s, took_s)


def _late(_number: int, _frame: object) -> None:
    raise TimeoutError(f"longer than {3 * MOST_S} s")


def _where(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(last.filename).name}:{last.lineno})"


def _fail(data: bytes, folder: Path, told: Told, why: str) -> None:
    name = sha256(data).hexdigest()[:16]
    (folder / "failed" / name).write_bytes(data)
    told.failed[name] = why


def _say(told: Told) -> None:
    told.worst_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(asdict(told)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
