"""DNS that lies: names of an agency lead inside. In a network namespace of its own, with its own name server.

    python -m tests.faults.dns FOLDER VARIANT      in such a namespace; says as JSON who was reached

VARIANT is `sound`, or `open`: every address counts as public.
"""

import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from scheduler.demo.site import Asked
from tests.faults.house import TOP
from tests.faults.processes import crawls, memory
from tests.faults.row import Row, Size, skip
from tests.wire import faults
from tests.wire.wire import FaultyWire

HOST, GOOD = "namune.ir", "185.143.233.1"
# Where the names lead; the last is this machine, too, for whoever connects to it.
BAD = {
    "loopback": "127.0.0.1", "private": "10.20.30.40", "home": "192.168.1.1", "metadata": "169.254.169.254",
    "carrier": "100.64.7.7", "filter": "10.10.34.35", "nobody": "0.0.0.0",  # noqa: S104 - where a name leads
}  # fmt: skip
STORIES = 12
FAULT = "DNS poisoned: 7 names of an agency lead inside"
OPEN = "from crawler import guard\nguard.is_public = lambda address: True\n"


def dns_poisoned(_size: Size, folder: Path) -> Row:
    """Names of an agency that lead to loopback, private, link-local, carrier and filter addresses."""
    if missing := _missing():
        return skip(FAULT, missing)
    sound, broken = (_run(folder / variant, variant) for variant in ("sound", "open"))
    return Row(
        fault=FAULT,
        tried=len(BAD) + 1,
        survived=len(set(BAD) - set(sound["reached"])) + (sound["good"] == STORIES - len(BAD)),
        lost=len(sound["reached"]) + (STORIES - len(BAD) - sound["good"]),
        worst_rss=sound["rss"],
        control="every address counts as public",
        caught=set(broken["reached"]) == set(BAD),
        note=f"as links, redirects and sitemaps; {len(sound['reached'])} reached, the good host served {sound['good']} stories",
    )


def _missing() -> str:
    """Return what this machine lacks to have a network of its own; nothing = it can."""
    if os.geteuid() != 0:
        return "needs root, for a network namespace"
    for command in ("unshare", "ip", "mount"):
        if shutil.which(command) is None:
            return f"needs {command}"
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no network namespace here: {tried.stderr.strip()}"


def _run(folder: Path, variant: str) -> dict[str, Any]:
    """Crawl in a namespace that ends with its process; return what it says."""
    folder.mkdir(parents=True)
    words = ["unshare", "--net", "--mount", "--", sys.executable, "-m", "tests.faults.dns", str(folder), variant]
    done = subprocess.run(words, cwd=TOP, stdout=subprocess.PIPE, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


class _Wire(FaultyWire):
    """An agency at its own name, on port 80 of every address."""

    @property
    def home(self) -> str:
        return f"http://{HOST}/"


def main(folder: Path, variant: str) -> None:
    """Be alone in the network: give out addresses, answer names, serve, crawl once, say who was reached."""
    _settle(folder)
    wire, reached = _Wire(STORIES), set[str]()
    _poison(wire)
    with _names(), _pages(wire, reached), memory(crawls) as watched:
        _write(folder)
        places = [str(TOP)]
        if variant == "open":
            (folder / "sitecustomize.py").write_text(OPEN, "utf-8")
            places.insert(0, str(folder))
        bayegan = Path(sys.executable).with_name("bayegan")
        with (folder / "said.txt").open("wb") as said, subprocess.Popen(
            [bayegan, "crawl", "wire"], cwd=folder, stdout=said, stderr=said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        ) as crawling:  # fmt: skip
            watched.pids.add(crawling.pid)
    with closing(sqlite3.connect(folder / "news.db")) as conn:
        bodies = dict(conn.execute("SELECT story_id, body FROM stories"))
    good = sum(bodies.get(story) == body for story, body in _innocent(wire).items())
    print(json.dumps({"reached": sorted(reached), "good": good, "rss": watched.worst}))


def _settle(folder: Path) -> None:
    """Give this namespace a loopback with all the addresses, and its own name server."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (GOOD, *BAD.values()):
        if not address.startswith(("127.", "0.")):
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\n"), ("nsswitch.conf", "hosts: dns\n")):
        (folder / name).write_text(text, "utf-8")
        with suppress(FileNotFoundError):
            subprocess.run(["mount", "--bind", folder / name, Path("/etc", name).resolve(strict=True)], check=True)


def _poison(wire: FaultyWire) -> None:
    """Let a link, a redirect and a sitemap lead to each bad name."""
    items = "".join(f"<item><link>{wire.url(one)}</link></item>" for one in wire.stories)
    bad = "".join(f"<item><link>http://{name}.{HOST}/news/9{n}/x</link></item>" for n, name in enumerate(BAD))
    wire.fault(wire.layout.feed, faults.body(f"<rss><channel>{bad}{items}</channel></rss>"))
    maps = "".join(f"<sitemap><loc>http://{name}.{HOST}/map.xml</loc></sitemap>" for name in BAD)
    wire.fault(wire.layout.sitemap, faults.body(f"<sitemapindex>{maps}</sitemapindex>"))
    for name, story in zip(BAD, wire.stories, strict=False):
        wire.fault(wire.path(story), faults.redirect(f"http://{name}.{HOST}/news/{story.id}/x"))


def _innocent(wire: FaultyWire) -> dict[str, str]:
    return {str(one.id): "\n".join(one.paragraphs) for one in wire.stories[len(BAD) :]}


def _write(folder: Path) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "wire.toml").write_text(
        f'name = "آزمون"\nhome = "http://{HOST}/"\nfamily = "nastooh"\nstory = \'/news/(?P<id>\\d+)\'\n', "utf-8"
    )
    (folder / "settings.toml").write_text(
        '[crawler]\ncontact = "https://example.org/"\ndelay_s = 0\nagencies_dir = "own"\n[agencies]\nwire = {}\n',
        "utf-8",
    )


@contextmanager
def _names() -> Iterator[None]:
    """Answer every question of DNS (RFC 1035): the bad names as they are poisoned, all others with the good address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 53))

        def serve() -> None:
            with suppress(OSError):
                while True:
                    asked, caller = listening.recvfrom(512)
                    listening.sendto(answer(asked), caller)

        Thread(target=serve, daemon=True).start()
        yield


def answer(asked: bytes) -> bytes:
    """Return the answer to a question: one address, or none where another kind (IPv6) is asked for."""
    labels, at = [], 12
    while asked[at]:
        labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
        at += 1 + asked[at]
    (kind,) = struct.unpack_from("!H", asked, at + 1)
    question, address = asked[12 : at + 5], socket.inet_aton(BAD.get(labels[0], GOOD))
    record = struct.pack("!HHHIH", 0xC00C, 1, 1, 0, 4) + address if kind == 1 else b""
    return asked[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if record else 0, 0, 0) + question + record


@contextmanager
def _pages(wire: FaultyWire, reached: set[str]) -> Iterator[None]:
    """Serve the agency on port 80 of every address; note the bad names and addresses at which anybody arrives."""
    names = {address: name for name, address in BAD.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if (name := self.headers.get("Host", "").partition(".")[0]) in BAD:
                reached.add(name)
            reply = wire.answer(Asked(path=self.path, headers={key.lower(): one for key, one in self.headers.items()}))
            body = faults._bytes(reply)
            self.send_response(reply.status)
            for key, one in {**reply.headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, one)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def verify_request(self, request: Any, _client: Any) -> bool:
            """Note who is called, whether or not anything is asked."""
            if (local := request.getsockname()[0]) in names:
                reached.add(names[local])
            return True

    server = Server(("0.0.0.0", 80), Handler)  # noqa: S104 - in a namespace of our own
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
