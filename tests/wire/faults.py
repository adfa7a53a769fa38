"""What goes wrong on the web, each as a function that spoils an answer."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import batched, repeat
from threading import Event
from time import monotonic_ns

from scheduler.demo.site import Asked, Reply

# Given the request, the answer as it should be, and an event that is set when the wire closes.
type Fault = Callable[[Asked, Reply, Event], Reply]


def status(code: int, *, retry_after_s: int | None = None) -> Fault:
    """Answer with a page of this status, perhaps saying when to come back."""
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    page = f"<html><body><h1>خطای {code}</h1><p>سرویس در دسترس نیست</p></body></html>"
    return lambda _asked, _reply, _closed: Reply(status=code, body=page.encode(), headers=headers)


def hang(delay_s: float) -> Fault:
    """Hold the whole answer back, then give it."""

    def held(_asked: Asked, reply: Reply, closed: Event) -> Reply:
        closed.wait(delay_s)
        return reply

    return held


def cut(length: int) -> Fault:
    """Promise the whole body, send `length` bytes of it, and hang up."""

    def torn(_asked: Asked, reply: Reply, _closed: Event) -> Reply:
        whole = _bytes(reply)
        return replace(reply, body=iter([whole[:length]]), headers=reply.headers | {"Content-Length": str(len(whole))})

    return torn


def drip(piece: int, pause_s: float) -> Fault:
    """Send the body `piece` bytes at a time, with a pause after each."""

    def dripping(_asked: Asked, reply: Reply, closed: Event) -> Reply:
        def pieces() -> Iterator[bytes]:
            for one in batched(_bytes(reply), piece):
                yield bytes(one)
                closed.wait(pause_s)

        return replace(reply, body=pieces())

    return dripping


def endless_headers(pause_s: float = 0.0) -> Fault:
    """Send one header after the other without end, as fast as they are read or with a pause after each."""

    def talking(_asked: Asked, reply: Reply, closed: Event) -> Reply:
        def more() -> Iterator[tuple[str, str]]:
            while not closed.wait(pause_s):
                yield "X-More", "x" * 4000

        return replace(reply, more_headers=more())

    return talking


def redirect(to: str, code: int = 302) -> Fault:
    """Lead to another address."""
    return lambda _asked, _reply, _closed: Reply(status=code, headers={"Location": to})


def cookie_challenge(name: str = "__arcsjs") -> Fault:
    """Lead to the very same address, setting a cookie; who brings it is let in (as ArvanCloud asks of browsers)."""

    def challenge(asked: Asked, reply: Reply, _closed: Event) -> Reply:
        if f"{name}=" in asked.headers.get("cookie", ""):
            return reply
        return Reply(status=302, headers={"Location": asked.path, "Set-Cookie": f"{name}=1; Path=/"})

    return challenge


def redirect_to_itself(*, cookie: bool = False) -> Fault:
    """Lead to the very same address for ever, perhaps with a new cookie each time."""

    def circle(asked: Asked, _reply: Reply, _closed: Event) -> Reply:
        more = {"Set-Cookie": f"round={monotonic_ns()}; Path=/"} if cookie else {}
        return Reply(status=302, headers={"Location": asked.path, **more})

    return circle


def header(name: str, value: str) -> Fault:
    """Give the answer with a header that is wrong: `header("Content-Type", "text/html; charset=windows-1256")`."""
    return lambda _asked, reply, _closed: replace(reply, headers=reply.headers | {name: value})


def body(whole: bytes | str, content_type: str = "") -> Fault:
    """Give another body: a broken feed, a challenge page, somebody else's page."""
    raw = whole.encode() if isinstance(whole, str) else whole
    headers = {"Content-Type": content_type} if content_type else {}
    return lambda _asked, reply, _closed: replace(reply, body=raw, headers=reply.headers | headers)


def huge(megabytes: int) -> Fault:
    """Send a body without end in sight, and say nothing of its length."""
    piece = b"<p>" + b"x" * (1024 * 1024 - 7) + b"</p>"
    return lambda _asked, reply, _closed: replace(reply, body=repeat(piece, megabytes))


def bomb(megabytes: int) -> Fault:
    """Send a small gzip that unpacks to a huge body."""
    packed = gzip.compress(bytes(1024 * 1024 * megabytes))
    return lambda _asked, reply, _closed: replace(
        reply, body=packed, headers=reply.headers | {"Content-Encoding": "gzip"}
    )


def _bytes(reply: Reply) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
