"""A line of the table of faults: what was broken, how often, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MIB = 1024 * 1024


class Size(StrEnum):
    """How much is tried: before a change lands, every night, before a release."""

    CI = "ci"
    NIGHTLY = "nightly"
    RELEASE = "release"

    def pick[T](self, ci: T, nightly: T, release: T) -> T:
        """Return what is meant for this size."""
        return {Size.CI: ci, Size.NIGHTLY: nightly, Size.RELEASE: release}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a scenario found.

    `lost` counts whatever should not have come of it: an acknowledged story that is gone, is there twice or has another
    text, a refused host that was reached, an input that crashed us. `worst_s` is what the scenario says it is (recovery,
    the longest crawl, ...), `worst_rss` the most memory one of its processes had, in bytes; None = it has no such figure.

    `control` names the same scenario with something broken on purpose, `caught` says whether it was told from a sound
    one: a harness that calls everything sound proves nothing.
    """

    fault: str
    tried: int = 0
    survived: int = 0
    lost: int = 0
    worst_s: float | None = None
    worst_rss: int | None = None
    control: str = ""
    caught: bool = False
    skipped: str = ""  # why it was not tried at all
    note: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing was lost, all survived, and the control was caught."""
        return not self.skipped and 0 < self.tried == self.survived and not self.lost and self.caught


# What the harness runs: given how much to try and an empty folder of its own. Its name is that of the function.
type Scenario = Callable[[Size, Path], Row]


def skip(fault: str, why: str) -> Row:
    """Return the line of a scenario that this machine cannot try; `why` says what is missing."""
    return Row(fault=fault, skipped=why)
