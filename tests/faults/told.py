"""The real `bayegan`, which also says on a pipe when it is ready and which stories it has acknowledged.

    python -m tests.faults.told FD VARIANT ARGUMENT...

A story is told after its commit, before the answer leaves; the same is added to acknowledged.txt. VARIANT is `sound`, or what is broken on purpose.
"""

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

# How many stories the variant `early` acknowledges before it commits them.
EARLY = 10


def main(told: int, variant: str, arguments: list[str]) -> None:
    """Run the command `arguments`, telling on the file descriptor `told`."""
    from archive.commands import import_stories  # noqa: PLC0415 - children import this module, and need nothing of it
    from archive.store import Store  # noqa: PLC0415
    from scheduler import cli, daemon, desk  # noqa: PLC0415

    written = os.open("acknowledged.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(*words: str) -> None:
        for file in (written, told):
            os.write(file, (" ".join(words) + "\n").encode())

    os.set_inheritable(told, False)
    import_stories.BATCH = 20
    answer, add_all, close = desk._answer, Store.add_all, desk.Desk._close

    def answered(intake: Any, call: Any) -> Any:
        reply = answer(intake, call)
        if call.method == "keep" and not reply.error:
            say("kept", call.arguments[1].story.story_id)
        if call.method in ("keep", "set_aside") and not reply.error:
            say("link", str(call.arguments[0]))
        return reply

    def closed(self: Any, key: str, report: Any) -> Any:
        say("ended", key)
        return close(self, key, report)

    def added(store: Any, batch: Any, *, now: Any) -> Any:
        stored = add_all(store, batch, now=now)
        say("kept", *(one.story.story_id for one in batch))
        return stored

    def notified(state: str) -> bool:
        say(state)
        return True

    desk._answer, Store.add_all, daemon.service.notify = answered, added, notified
    desk.Desk._close = closed
    VARIANTS[variant]()
    cli.main(arguments)


def _early() -> None:
    """Acknowledge stories before they are committed, a few at a time."""
    from archive.store import Store  # noqa: PLC0415
    from scheduler import desk  # noqa: PLC0415

    answer, add_all, waiting = desk._answer, Store.add_all, [0]

    def hasty(conn: Any, act: Callable[[], Any]) -> Any:
        if not conn.in_transaction:
            conn.execute("BEGIN IMMEDIATE")
        done = act()
        waiting[0] += 1
        if waiting[0] % EARLY == 0:
            conn.execute("COMMIT")
        return done

    desk._answer = lambda intake, call: hasty(intake.store.conn, lambda: answer(intake, call))
    Store.add_all = lambda store, batch, *, now: hasty(store.conn, lambda: add_all(store, batch, now=now))


def _synchronous(level: str) -> Callable[[], None]:
    """Have the archive's connection sync less."""

    def patch() -> None:
        from archive import store  # noqa: PLC0415

        connect = store.connect

        def careless(*how: Any, **more: Any) -> Any:
            conn = connect(*how, **more)
            conn.execute(f"PRAGMA synchronous = {level}")
            return conn

        store.connect = careless

    return patch


def _counting() -> None:
    """Count what a crawl leased and did not bring home as an attempt."""
    from archive import frontier  # noqa: PLC0415

    def release(conn: Any, agency: str, _now: Any) -> None:
        conn.execute(
            "UPDATE links SET state = 'discovered', next_look = '2000' WHERE agency = ? AND state = 'leased'", (agency,)
        )

    frontier.release = release


def _trusting() -> None:
    """Believe a ledger that is ahead of the clock, and wait for the clock to catch up."""
    from scheduler import plan  # noqa: PLC0415

    plan._TICK = timedelta(days=366)


def _giving_up() -> None:
    """Set a link aside for good after one failure."""
    from archive import frontier  # noqa: PLC0415

    frontier.ATTEMPTS = 1


def _unlocked() -> None:
    """Look at no lock."""
    from filelock import FileLock  # noqa: PLC0415

    FileLock.acquire = lambda _self, *_args, **_how: None
    FileLock.release = lambda _self, *_args, **_how: None


VARIANTS: dict[str, Callable[[], None]] = {
    "sound": lambda: None,
    "early": _early,
    "unsynced": _synchronous("OFF"),
    "counting": _counting,
    "trusting": _trusting,
    "giving_up": _giving_up,
    "unlocked": _unlocked,
    "normal": _synchronous("NORMAL"),
}

if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
