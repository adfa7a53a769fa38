"""What is read apart costs no more than itself, whatever becomes of it."""

import asyncio
import os
import signal
import threading
import time
from contextlib import ExitStack

import pytest

from archive.errors import DiscoveryError
from crawler.discover.feeds import read_feed
from crawler.nursery import DiedError, Nursery, open_nursery
from crawler.reader import HostilePageError, open_reader
from tests.stories import NOON


@pytest.fixture(scope="module")
def reader():
    with open_reader(10.0, 1024**3) as reader:
        yield reader


def test_an_error_of_ours_comes_back_as_it_was(reader):
    with pytest.raises(DiscoveryError, match=r"https://namune.ir/rss: no feed: it is no XML"):
        asyncio.run(reader.apart(read_feed, b"x", "https://namune.ir/rss", now=NOON, limit=1))


def test_a_bug_costs_what_it_was_met_on_and_says_so(reader, caplog):
    with pytest.raises(HostilePageError, match=r"extraction failed: ValueError: invalid literal"):
        asyncio.run(reader.apart(int, "x"))
    assert "int failed" in caplog.text
    assert asyncio.run(reader.apart(int, "1")) == 1


def test_who_takes_too_long_is_killed_and_the_next_page_is_read():
    with open_reader(0.5, 1024**3) as reader:
        with pytest.raises(HostilePageError, match=r"extraction took longer than 0\.5 s"):
            asyncio.run(reader.apart(time.sleep, 60))
        assert asyncio.run(reader.apart(abs, -1)) == 1


def test_who_takes_too_much_memory_costs_itself_only():
    with open_reader(10.0, 1024**3) as reader:
        with pytest.raises(HostilePageError, match="extraction took more than its memory"):
            asyncio.run(reader.apart(bytes, 2 * 1024**3))
        assert asyncio.run(reader.apart(abs, -1)) == 1


def test_a_worker_that_dies_says_how(reader):
    with pytest.raises(HostilePageError, match=r"extraction worker died \(exit -11\)"):
        asyncio.run(reader.apart(signal.raise_signal, signal.SIGSEGV))
    assert asyncio.run(reader.apart(abs, -1)) == 1


def test_signals_that_are_meant_for_the_crawl_do_not_end_its_worker(reader):
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.run(reader.apart(signal.raise_signal, number))


def test_a_page_in_work_is_given_up_with_who_waits_for_it(reader):
    async def impatient():
        async with asyncio.timeout(0.1):
            await reader.apart(time.sleep, 60)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert asyncio.run(reader.apart(abs, -1)) == 1


def test_pages_of_several_callers_are_read_one_after_the_other(reader):
    async def both():
        return await asyncio.gather(*(reader.apart(bytes, 3_000_000 + n) for n in range(3)))

    assert [len(one) for one in asyncio.run(both())] == [3_000_000, 3_000_001, 3_000_002]


def test_the_worker_has_no_file_of_ours(tmp_path):
    with ExitStack() as ours:
        for n in range(20):
            ours.enter_context((tmp_path / str(n)).open("w"))
        with open_reader(10.0, 1024**3) as reader:
            files = asyncio.run(reader.apart(os.listdir, "/proc/self/fd"))
    assert len(files) == 5  # three it was given, its calls, and the list of files itself


def test_a_worker_that_has_ended_is_not_ended_again():
    nursery = Nursery(1024**3)
    with pytest.raises(DiedError):
        asyncio.run(nursery.call(signal.raise_signal, (signal.SIGSEGV,), {}, 20.0))
    assert nursery.close() == 0  # it would have sent a signal to a number that is another process's by now


@pytest.mark.parametrize("threads", [0, 1])
def test_a_nursery_that_was_ended_is_begun_anew(threads):
    stop = threading.Event()
    waiting = [threading.Thread(target=stop.wait) for _ in range(threads)]
    for one in waiting:
        one.start()
    try:
        with open_nursery(1024**3) as nursery:
            parent = asyncio.run(nursery.call(os.getppid, (), {}, 20.0))
            os.kill(parent, signal.SIGKILL)
            os.kill(asyncio.run(nursery.call(os.getpid, (), {}, 20.0)), signal.SIGKILL)
            with pytest.raises(Exception, match="exit -9"):
                asyncio.run(nursery.call(abs, (-1,), {}, 20.0))
            assert asyncio.run(nursery.call(abs, (-1,), {}, 20.0)) == 1
            assert asyncio.run(nursery.call(os.getppid, (), {}, 20.0)) != parent
    finally:
        stop.set()
        for one in waiting:
            one.join()
