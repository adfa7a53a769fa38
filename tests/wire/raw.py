"""A server below HTTP, on 127.0.0.1: it says what it likes to whoever connects, byte by byte."""

import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from threading import Event, Thread

# Given a connection that has asked, and an event that is set when the server closes.
type Speaks = Callable[[socket.socket, Event], None]


@contextmanager
def raw_site(speaks: Speaks) -> Iterator[str]:
    """Serve whoever connects with `speaks`, each in a thread of its own; give the address, with a slash at its end."""
    closed = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve() -> None:
            while not closed.is_set():
                with suppress(TimeoutError):
                    caller, _ = listening.accept()
                    Thread(target=_answer, args=(caller, speaks, closed), daemon=True).start()

        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            closed.set()
            thread.join()


def says(pieces: Iterable[bytes], pause_s: float = 0.0, *, reset: bool = False, stay: bool = False) -> Speaks:
    """Send `pieces` with a pause after each, then hang up: calmly, with a reset (RST), or never (`stay`)."""

    def speak(caller: socket.socket, closed: Event) -> None:
        for piece in pieces:
            caller.sendall(piece)
            if closed.wait(pause_s):
                return
        if stay:
            closed.wait()
        if reset:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return speak


def head(*lines: str) -> bytes:
    """Return the head of an answer: 200, these lines, the empty one."""
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *lines, "", ""]).encode()


def for_ever(piece: bytes, first: bytes = b"") -> "Endless":
    """Return `first`, then `piece` without end; may be asked for again and again."""
    return Endless(first, piece)


class Endless:
    """Pieces that never end, from the beginning for each who asks."""

    def __init__(self, first: bytes, piece: bytes) -> None:
        """Begin with `first`."""
        self._first, self._piece = first, piece

    def __iter__(self) -> Iterator[bytes]:
        return chain([self._first], repeat(self._piece))


def _answer(caller: socket.socket, speaks: Speaks, closed: Event) -> None:
    with caller, suppress(OSError):
        caller.settimeout(60)
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = caller.recv(65536)
            if not more:
                return
            asked += more
        speaks(caller, closed)
