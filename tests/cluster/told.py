"""The real `bayegan`, or one with something broken on purpose: python -m tests.cluster.told VARIANT ARGUMENT..."""

import sys
from collections.abc import Callable


def main(variant: str, arguments: list[str]) -> None:
    """Run the command `arguments` as the variant says."""
    from scheduler import cli  # noqa: PLC0415 - children import this module, and need nothing of it

    VARIANTS[variant]()
    cli.main(arguments)


def _anybodys_turn() -> None:
    """Give everybody the turn of every agency, and the jobs of an agency to everybody."""
    from archive.turns import Turns  # noqa: PLC0415
    from scheduler import broker  # noqa: PLC0415
    from scheduler.asked import Job  # noqa: PLC0415
    from scheduler.worker import Worker  # noqa: PLC0415

    Turns.take = lambda _self, _agency: True
    Turns.keep = lambda _self, _agencies: set()

    def due(self: Worker) -> list[Job]:
        jobs = [Job(kind="crawl", agency=key) for key in self._rounds.agencies if key not in self._desk.running]
        for job in jobs[: 2 if self._desk.free else 0]:
            self.hand(job)
        return []

    Worker._due = due
    broker._ROUNDS = "* * * * * */2"


VARIANTS: dict[str, Callable[[], None]] = {"sound": lambda: None, "anybodys_turn": _anybodys_turn}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
