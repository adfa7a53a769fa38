"""A worker process that can be killed alone, and a small process without threads that forks the next one.

us ── orders ── nursery: forked from us before we have threads, so that all is loaded and its memory is shared
 └─── calls ─── worker:  forked from the nursery, the next one when this one was killed
"""

import asyncio
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_LENGTH = struct.Struct(">Q")  # of what follows
_CODE = struct.Struct(">i")
_START, _END = b"s", b"e"
_AT_ONCE = 256 * 1024
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DiedError(Exception):
    """The worker ended before it had answered, with this exit code (minus a signal's number)."""

    def __init__(self, code: int) -> None:
        """Keep the `code`."""
        super().__init__(f"exit {code}")
        self.code = code


class Nursery:
    """One worker at a time, started with the first call and anew after it was killed; for one caller at a time."""

    def __init__(self, max_bytes: int) -> None:
        """Fork the process that forks workers, which have `max_bytes` of address space each."""
        self._max_bytes = max_bytes
        self._calls: socket.socket | None = None
        self._begin()

    async def call(self, function: Callable[..., Any], args: Any, kwargs: Any, limit_s: float) -> Any:  # noqa: ANN401
        """Return what `function` returns in the worker, or raise what it raises there, MemoryError too.

        When it takes longer than `limit_s`, or the caller is cancelled, the worker is killed; raises TimeoutError, and
        DiedError when the worker ended by itself.
        """
        calls, loop = self._calls or self._start(), asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit_s):
                await loop.sock_sendall(calls, _framed((function, args, kwargs)))
                answer = await _received(loop, calls)
        except (ConnectionError, EOFError):
            raise DiedError(self._end()) from None
        except BaseException:
            self._end()
            raise
        result, error = pickle.loads(answer)  # noqa: S301 - from our own worker
        if error is not None:
            raise error
        return result

    def close(self) -> int:
        """Kill the worker, and end the process that forks them; return what that ended with."""
        if self._calls is not None:
            self._calls.close()
        self._orders.close()
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _begin(self) -> None:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._pid = _forked(theirs.fileno(), self._max_bytes)

    def _start(self) -> socket.socket:
        self._calls, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._orders, [_START], [theirs.fileno()])
            except OSError:  # somebody has ended it
                self._orders.close()
                os.waitpid(self._pid, 0)
                self._begin()
                socket.send_fds(self._orders, [_START], [theirs.fileno()])
        self._calls.setblocking(False)
        return self._calls

    def _end(self) -> int:
        """Kill the worker; return what it ended with."""
        if self._calls is not None:
            self._calls.close()
        self._calls = None
        try:
            self._orders.sendall(_END)
            return int(_CODE.unpack(_exactly(self._orders, _CODE.size))[0])
        except (OSError, EOFError):  # the one that forked it is gone: it ends by itself
            return -signal.SIGKILL


@contextmanager
def open_nursery(max_bytes: int) -> Iterator[Nursery]:
    """Give a nursery; best before there are threads, since one that is not forked loads everything itself."""
    nursery = Nursery(max_bytes)
    try:
        yield nursery
    finally:
        nursery.close()


def _forked(orders: int, max_bytes: int) -> int:
    """Start the process that forks workers; return its number."""
    if threading.active_count() > 1:  # whose locks a fork would take along as they stand
        os.set_inheritable(orders, True)
        load = f"import sys; sys.path[:] = {sys.path!r}\nimport crawler.reader\nfrom crawler.nursery import tend\n"
        return os.posix_spawn(sys.executable, [sys.executable, "-c", f"{load}tend({orders}, {max_bytes})"], os.environ)
    pid = os.fork()
    if pid == 0:
        try:
            tend(orders, max_bytes)
        finally:
            os._exit(1)
    return pid


def tend(orders: int, max_bytes: int) -> None:
    """Fork and end workers as `orders` say, a socket's number, until there are none to come; never return."""
    for number in _SIGNALS:  # meant for whoever gives the orders
        signal.signal(number, signal.SIG_IGN)
    os.closerange(3, orders)
    os.closerange(orders + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    # What was the parent's is never freed here: it would close files whose numbers are others' by now.
    gc.freeze()
    control, worker = socket.socket(fileno=orders), 0
    while True:
        word, handed, *_ = socket.recv_fds(control, 1, 1)
        if word == _START:
            worker = os.fork()
            if worker == 0:
                control.close()
                _work(socket.socket(fileno=handed[0]), max_bytes)
            os.close(handed[0])
            continue
        code, worker = _ended(worker), 0  # whose number may be another process's by now
        if not word:
            os._exit(0)
        control.sendall(_CODE.pack(code))


def _ended(worker: int) -> int:
    if not worker:
        return 0
    os.kill(worker, signal.SIGKILL)  # one that is dead already takes no notice
    return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])


def _work(calls: socket.socket, max_bytes: int) -> None:
    """Answer calls until there are none to come; never return."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
        while head := calls.recv(_LENGTH.size, socket.MSG_WAITALL):
            calls.sendall(_answer(_exactly(calls, _LENGTH.unpack(head)[0])))
    finally:
        os._exit(0)


def _answer(call: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - from the process that forked us
        return _framed((function(*args, **kwargs), None))
    except Exception as error:  # noqa: BLE001 - it is raised where the call came from
        try:
            return _framed((None, error))
        except Exception:  # noqa: BLE001 - some cannot travel
            return _framed((None, RuntimeError(f"{type(error).__name__}: {error}")))


def _framed(told: object) -> bytes:
    data = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def _exactly(source: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes; raises EOFError when they do not come."""
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        count = source.recv_into(view[at:])
        if not count:
            raise EOFError
        at += count
    return bytes(data)


async def _received(loop: asyncio.AbstractEventLoop, source: socket.socket) -> bytes:
    """Return the next message; raises EOFError when it does not come to an end."""
    data = bytearray()
    size = _LENGTH.size
    while len(data) < size:
        part = await loop.sock_recv(source, _AT_ONCE)
        if not part:
            raise EOFError
        data += part
        if size == _LENGTH.size <= len(data):
            size += _LENGTH.unpack_from(data)[0]
    return bytes(memoryview(data)[_LENGTH.size :])
