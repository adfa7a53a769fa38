"""How long the browser's pages take while many read and one writes, and how much memory its server holds.

    python -m tests.bench.browse ARCHIVE [--readers 8] [--pause 1.0] [--warm 20] [--seconds 60] [--in-place]

ARCHIVE is one of tests.bench.synthetic or tests.bench.archive, which is copied; it is served as on the evening of its last day. Readers ask pages
in turn, waiting up to twice `--pause` seconds between two; a writer stores five stories a second. Told are the times until
an answer is whole, by kind of page, in ms, once `--warm` seconds have gone by; and what the server spent on an answer.
"""

import argparse
import http.client
import multiprocessing
import os
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import uvicorn

from archive.browse import agency, asking, cluster, coverage, edits, front, search_page, serve, status, taking
from archive.search.hits import open_archive
from archive.store import open_store
from archive.text.jalali import TEHRAN
from tests.stories import analysed

PORT = 8731
STORIES_A_SECOND = 5


def main() -> None:
    """Copy, serve, read, write, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--warm", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--in-place", action="store_true", help="write into ARCHIVE itself, which is a copy already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.archive.parent) as folder:
        path = asked.archive.absolute() if asked.in_place else Path(folder) / "bench.db"
        if not asked.in_place:
            with open_archive(asked.archive) as conn:
                conn.execute("VACUUM INTO ?", (str(path),))
        now = gather(path)
        server = multiprocessing.Process(target=served, args=(path, now), daemon=True)
        writer = multiprocessing.Process(target=write, args=(path, now), daemon=True)
        server.start()
        writer.start()
        try:
            measure(path, asked, server.pid or 0)
            alone(path, server.pid or 0)
            print("server's peak memory:", _peak(server.pid or 0))
            print("load of the machine in the last minute:", os.getloadavg()[0])
        finally:
            server.terminate()
            writer.terminate()


def gather(path: Path) -> datetime:
    """Return the evening of the last day; where no story has a copy, put every third of the last month in clusters."""
    with open_store(path) as store:
        (last,) = store.conn.execute("SELECT max(id) FROM stories").fetchone()
        day = datetime.strptime(str(last)[:8], "%Y%m%d").replace(tzinfo=TEHRAN)
        first = int((day - timedelta(days=30)).strftime("%Y%m%d")) * 1_000_000
        if store.conn.execute("SELECT 1 FROM clusters LIMIT 1").fetchone():
            return (day + timedelta(hours=21)).astimezone(UTC)
        store.conn.execute(
            "INSERT OR IGNORE INTO clusters SELECT s.id, f.id FROM stories s JOIN stories f ON f.id = s.id - s.id % 9"
            " WHERE s.id >= ? AND s.id % 3 = 0",
            (first,),
        )
    return (day + timedelta(hours=21)).astimezone(UTC)


def served(path: Path, now: datetime) -> None:
    """Serve the archive as if it were `now`."""

    class Then(datetime):
        @classmethod
        def now(cls, tz=None):
            return now.astimezone(tz)

    for module in (agency, asking, cluster, coverage, edits, front, search_page, status, taking):
        if hasattr(module, "datetime"):
            module.datetime = Then
    app = serve.application(path, serve.Served())
    uvicorn.run(app.app(), host="127.0.0.1", port=PORT, log_level="error", lifespan="on")


def write(path: Path, now: datetime) -> None:
    """Store a story now and then, as the daemon does."""
    with open_store(path) as store:
        for number in range(1_000_000):
            one = analysed(agency="bench", story_id=str(number), url="", title=f"خبر {number}", published=now)
            store.add(one, now=now)
            time.sleep(1 / STORIES_A_SECOND)


def measure(path: Path, asked: argparse.Namespace, server: int) -> None:
    """Let readers read for a while; print what their pages took."""
    known = asked_for(path)
    time.sleep(6)
    took: dict[str, list[float]] = defaultdict(list)
    start = time.monotonic() + asked.warm
    readers = [
        threading.Thread(target=read, args=(number, (start, start + asked.seconds), asked.pause, known, took))
        for number in range(asked.readers)
    ]
    for reader in readers:
        reader.start()
    time.sleep(asked.warm)
    spent = _spent_s(server)
    for reader in readers:
        reader.join()
    spent = _spent_s(server) - spent
    for kind, times in sorted(took.items()):
        ordered = sorted(times)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        print(
            f"{kind:10} {len(times):6} answers  p50 {statistics.median(times):7.1f}  p95 {p95:7.1f}  max {ordered[-1]:7.1f} ms"
        )
    answers = sum(map(len, took.values()))
    print(f"the server's processor time: {1000 * spent / answers:.1f} ms an answer, of {answers}")


def alone(path: Path, server: int) -> None:
    """Let one reader ask, and print what processor time an answer costs the server: a busy machine leaves it alone."""
    rng, known, spent = random.Random(7), asked_for(path), defaultdict(list)
    conn = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    for _ in range(60):
        for kind, address in addresses(rng, known):
            before = _nanoseconds(server)
            conn.request("GET", address)
            conn.getresponse().read()
            spent[kind].append((_nanoseconds(server) - before) / 1e6)
    for kind, times in sorted(spent.items()):
        ordered = sorted(times)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        print(f"{kind:10} processor time of an answer  p50 {statistics.median(times):6.1f}  p95 {p95:6.1f} ms")


def asked_for(path: Path) -> tuple:
    """Return stories, agencies and words to ask for."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as conn:
        ids = [one for (one,) in conn.execute("SELECT id FROM stories ORDER BY id DESC LIMIT 60000")]
        keys = [one for (one,) in conn.execute("SELECT key FROM agencies")]
        terms = conn.execute("SELECT term FROM frequencies WHERE stories BETWEEN 50 AND 900000 AND term GLOB '[^ -~]*'")
        return ids, keys, [one for (one,) in terms]


def addresses(rng: random.Random, known: tuple) -> tuple[tuple[str, str], ...]:
    """Return a page of each kind."""
    ids, keys, words = known
    return (
        ("front", "/"),
        ("search", f"/search?q={quote(' '.join(rng.sample(words, rng.choice((1, 1, 2)))))}"),
        ("newest", f"/search?sort=newest&q={quote(rng.choice(words))}"),
        ("story", f"/story/{rng.choice(ids)}"),
        ("agency", f"/agency/{rng.choice(keys)}"),
    )


def read(number: int, between: tuple[float, float], pause: float, known: tuple, took: dict[str, list[float]]) -> None:
    """Ask pages in turn until the time is up; note what answers took that were asked for `between` two moments."""
    rng = random.Random(number)
    conn = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    while time.monotonic() < between[1]:
        for kind, address in addresses(rng, known):
            time.sleep(rng.random() * 2 * pause)
            start = time.perf_counter()
            conn.request("GET", address)
            answer = conn.getresponse()
            answer.read()
            assert answer.status in (200, 404), (address, answer.status)
            if between[0] <= time.monotonic() < between[1]:
                took[kind].append(1000 * (time.perf_counter() - start))


def _spent_s(process: int) -> float:
    """Return the processor time, user and system, of a process (proc(5))."""
    values = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def _nanoseconds(process: int) -> int:
    """Return the processor time of all threads of a process (proc(5), schedstat)."""
    files = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(file.read_text("utf-8").split()[0]) for file in files)


def _peak(process: int) -> str:
    text = Path(f"/proc/{process}/status").read_text("utf-8")
    return next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
