"""The gate in front of Datasette: which hosts are answered, what a browser may do with a page, how long it keeps."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasette

type Scope = dict[str, Any]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type App = Callable[[Scope, Any, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_BASE = (
    "default-src 'none'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
# Our own pages hold neither inline script nor inline style.
STRICT = f"{_BASE}; script-src 'self'; style-src 'self'"
_KEEP_S = 3600  # a page of a snapshot
_KEEP_STATIC_S = 31_536_000  # a file whose address carries its hash
# What Datasette tells of the machine it runs on; nobody's business when the public reads.
_INSIDE = ("/-/databases", "/-/threads", "/-/config", "/-/settings", "/-/plugins", "/-/metadata", "/-/versions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who is let in: names that a Host header may carry (without port); `snapshot` names the copy served, if one is."""

    hosts: frozenset[str]
    snapshot: str = ""


def gate(app: App, door: Door) -> App:
    """Return `app` behind the gate: foreign hosts get 421 (RFC 9110 section 15.5.20), methods that write get 405."""
    policy = datasette_policy()

    async def guarded(scope: Scope, receive: Any, send: Send) -> None:  # noqa: ANN401 - ASGI's own
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = _refusal(scope, asked, door)
        if refusal is not None:
            await _answer(send, *refusal)
        elif door.snapshot and asked.get("if-none-match") == _tag(door):
            await _answer(send, 304, "", [(b"etag", _tag(door).encode())])
        else:
            await app(scope, receive, _sealed(send, scope, asked, door, policy))

    return guarded


def host_name(header: str) -> str:
    """Return the name in a Host header, without its port, in lower case."""
    return re.sub(r":\d*$", "", header.strip().lower()).rstrip(".")


def datasette_policy() -> str:
    """Return the Content-Security-Policy of Datasette's pages: its own inline scripts by their hashes, no others."""
    folder = Path(datasette.__file__).parent / "templates"
    scripts = [
        found
        for name in ("_close_open_menus.html", "_codemirror_foot.html")
        for found in re.findall(r"<script>(.*?)</script>", (folder / name).read_text("utf-8"), re.DOTALL)
    ]
    scripts += [f"DATASETTE_ALLOW_FACET = {value};" for value in ("true", "false")]
    return f"{_BASE}; script-src 'self' {' '.join(map(_hashed, scripts))}; style-src 'self' 'unsafe-inline'"


def _hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _refusal(scope: Scope, asked: Mapping[str, str], door: Door) -> tuple[int, str] | None:
    if host_name(asked.get("host", "")) not in door.hosts:
        return 421, "this archive does not answer to that name; see --allow-host\n"
    if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        return 405, "the archive is only read\n"
    if door.snapshot and scope["path"].startswith(_INSIDE):
        return 404, "not told\n"
    return None


def _sealed(send: Send, scope: Scope, asked: Mapping[str, str], door: Door, policy: str) -> Send:
    """Return `send` with the headers of the gate on every answer."""

    async def sealed(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", [])]
            headers = _with(headers, _SEALS)
            if not any(name == b"content-security-policy" for name, _ in headers):
                headers.append((b"content-security-policy", policy.encode()))
            if message["status"] == 200:  # noqa: PLR2004
                headers = _with(headers, _keeping(scope, asked, door))
            message = {**message, "headers": headers}
        await send(message)

    return sealed


_SEALS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def _keeping(scope: Scope, asked: Mapping[str, str], door: Door) -> Iterable[tuple[bytes, bytes]]:
    """Return how long an answer may be kept: files long, pages of a snapshot an hour, others as they say."""
    if "/bayegan/" in scope["path"] and scope["query_string"].startswith(b"v="):
        return ((b"cache-control", f"public, max-age={_KEEP_STATIC_S}, immutable".encode()),)
    if door.snapshot and "cookie" not in asked:
        return ((b"cache-control", f"public, max-age={_KEEP_S}".encode()), (b"etag", _tag(door).encode()))
    return ()


def _tag(door: Door) -> str:
    return f'W/"{door.snapshot}"'


def _with(headers: list[tuple[bytes, bytes]], replaced: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    new = dict(replaced)
    return [(name, value) for name, value in headers if name not in new] + list(new.items())


async def _answer(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    kind = [(b"content-type", b"text/plain; charset=utf-8")] if text else []
    await send({"type": "http.response.start", "status": status, "headers": [*kind, *_SEALS, *headers]})
    await send({"type": "http.response.body", "body": text.encode()})
