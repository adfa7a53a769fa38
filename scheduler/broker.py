"""Jobs for many machines, in the shared archive's own database; the only module that knows Procrastinate.

A job is acknowledged when it is done. Workers are heard of by their heartbeats; the jobs of one that is not are given
to others by whoever makes the next round. Jobs of one agency never run side by side, and only one of a kind waits.
"""

import asyncio
import threading
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.worker import Worker

from archive.errors import ArchiveError
from archive.place import Shared
from scheduler.asked import Hand, Job, NotNowError

_QUEUE, _DO, _ROUND = "bayegan", "bayegan.do", "bayegan.round"
# A round every ten seconds (the sixth field of the pattern), by one worker of all.
_ROUNDS = "* * * * * */10"


class Broker:
    """The jobs of a shared archive."""

    def __init__(self, shared: Shared, dead_s: float) -> None:
        """Ask the database of `shared`; a worker that is not heard of for `dead_s` seconds is dead."""
        self._shared, self._dead_s = shared, dead_s

    def ask(self, jobs: Iterable[Job]) -> int:
        """Put jobs where workers find them; return how many were put there: the others are waiting already."""
        return asyncio.run(self._ask(list(jobs)))

    def waiting(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""

        async def count() -> dict[str, int]:
            async with self._app(_nobody).open_async() as app:
                await _prepare(app)
                found: dict[str, int] = {}
                for job in await app.job_manager.list_jobs_async(task=_DO):
                    found[job.status or ""] = found.get(job.status or "", 0) + 1
                return found

        return asyncio.run(count())

    def cancel(self, kind: str, agencies: Collection[str]) -> int:
        """Take back what was asked for of a kind for `agencies` (none = all) and nobody has begun; return how many."""
        return asyncio.run(self._cancel(kind, agencies))

    def serve(self, hand: Hand, slots: int, stop: threading.Event, folder: str = "") -> None:
        """Take jobs and `hand` them on, `slots` at a time, until `stop` is set and those are done.

        Besides, one at a time, those of `folder`, if there is one.

        `hand` gives a future of what came of a job; of None, a round, it gives the jobs that are due. Raises
        ArchiveError when the database is gone.
        """
        try:
            asyncio.run(self._serve(hand, slots, stop, folder))
        except ConnectorException as error:
            raise ArchiveError(self._shared.told, "cannot be reached", " ".join(str(error).split())) from error
        finally:
            stop.set()

    async def _serve(self, hand: Hand, slots: int, stop: threading.Event, folder: str) -> None:
        async with self._app(hand).open_async() as app:
            await _prepare(app)
            workers = [self._worker(app, _QUEUE, slots + 1)]  # one more for rounds
            workers += [self._worker(app, _queue(folder), 1)] if folder else []
            running = [asyncio.ensure_future(one.run()) for one in workers]
            stopping = asyncio.ensure_future(asyncio.to_thread(stop.wait))
            await asyncio.wait((*running, stopping), return_when=asyncio.FIRST_COMPLETED)
            for one in workers:
                one.stop()
            stop.set()
            for error in await asyncio.gather(*running, return_exceptions=True):
                if error is not None:
                    raise error

    def _worker(self, app: App, queue: str, slots: int) -> Worker:
        return Worker(
            app,
            queues=[queue],
            concurrency=slots,
            fetch_job_polling_interval=min(5.0, self._dead_s / 3),
            listen_notify=queue == _QUEUE,  # each that listens has a connection of its own
            update_heartbeat_interval=self._dead_s / 3,
            stalled_worker_timeout=self._dead_s,
            delete_jobs="successful",
            install_signal_handlers=False,
        )

    async def _ask(self, jobs: list[Job]) -> int:
        async with self._app(_nobody).open_async() as app:
            await _prepare(app)
            return await _defer(app, jobs)

    async def _cancel(self, kind: str, agencies: Collection[str]) -> int:
        async with self._app(_nobody).open_async() as app:
            await _prepare(app)
            waiting = await app.job_manager.list_jobs_async(task=_DO, status=Status.TODO.value)
            meant = [one.id for one in waiting if _is_meant(_read(one.task_kwargs), kind, agencies)]
            # A worker may begin one at this moment: that one is not counted.
            return sum(
                [await app.job_manager.cancel_job_by_id_async(one, delete_job=True) for one in meant if one is not None]
            )

    def _app(self, hand: Hand) -> App:
        app = App(connector=PsycopgConnector(conninfo=self._shared.address, min_size=1, max_size=4))
        again = RetryStrategy(wait=max(1, round(self._dead_s / 3)), retry_exceptions={NotNowError})

        @app.task(name=_DO, queue=_QUEUE, retry=again)
        async def do(**job: str) -> Any:  # noqa: ANN401 - a report of any kind
            return await asyncio.wrap_future(hand(Job(**job)))

        @app.periodic(cron=_ROUNDS)
        @app.task(name=_ROUND, queue=_QUEUE, queueing_lock=_ROUND)
        async def make_round(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate gives it
            for dead in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._dead_s):
                if dead.task_name == _DO:
                    await app.job_manager.retry_job(dead)
                else:
                    await app.job_manager.finish_job(dead, Status.ABORTED, delete_job=True)
            await _defer(app, await asyncio.wrap_future(hand(None)))

        return app


async def _prepare(app: App) -> None:
    """Make Procrastinate's tables if they are not there; a second one who does finds them."""
    if not await app.check_connection_async():
        with suppress(ConnectorException):
            await app.schema_manager.apply_schema_async()


async def _defer(app: App, jobs: Iterable[Job]) -> int:
    """Put those of `jobs` there that are not; return how many.

    Not by Procrastinate's queueing lock: a job that has it cannot be tried again while its like waits. Two who put the
    same there at the same moment do no harm: the second crawl finds that nothing is due.
    """
    known = await app.job_manager.list_jobs_async(task=_DO)
    there = {_read(one.task_kwargs).name for one in known if one.status in ("todo", "doing")}
    new = [job for job in jobs if job.name not in there]
    for job in new:
        said = {name: value for name, value in asdict(job).items() if value}
        await app.configure_task(_DO, queue=_queue(job.folder), lock=job.lock).defer_async(**said)
    return len(new)


def _queue(folder: str) -> str:
    """Return the queue of the jobs of a folder (empty = of anybody's); its name is a channel's, which are short."""
    return f"{_QUEUE}.{sha256(folder.encode()).hexdigest()[:16]}" if folder else _QUEUE


def _read(told: Mapping[str, object]) -> Job:
    return Job(**{name: str(value) for name, value in told.items()})


def _is_meant(job: Job, kind: str, agencies: Collection[str]) -> bool:
    return job.kind == kind and (not agencies or job.agency in agencies)


def _nobody(_job: Job | None) -> "Future[Any]":
    raise NotNowError
