"""A crawl that is under way, one that is over, and the signals its processes are sent."""

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from archive.intake import Intake
from archive.ledger import Ended, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A crawl that is under way; `deadline` is on the monotonic clock."""

    intake: Intake
    process: ForkServerProcess
    pipe: Connection
    number: int
    deadline: float
    began: float  # on the monotonic clock too
    brought: Counter[str] = field(default_factory=Counter)  # stories so far, by verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A crawl that is over, and is to be written down."""

    run: Run
    report: Report
    ended: Ended


def send(process: ForkServerProcess, number: int) -> None:
    """Send a signal to a crawl's whole session, or to it alone while it has none yet."""
    if process.pid is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
        return
    if process.exitcode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
