"""How far crawls are is said on a terminal only, on one line that fits."""

import io
import sys
from collections import Counter

import pytest

from scheduler.commands.progress import Progress, line


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("running", "told"),
    [
        pytest.param({}, "", id="no-crawl"),
        pytest.param({"mehr": Counter()}, "mehr: looking", id="nothing-yet"),
        pytest.param(
            {"mehr": Counter(new=3), "isna": Counter(revised=1, new=2)}, "isna: 2 new, 1 revised  mehr: 3 new", id="two"
        ),
    ],
)
def test_each_running_crawl_says_what_it_has_brought_home(running, told):
    assert line(running) == told


def test_the_line_never_wraps():
    assert len(line({f"agency{n}": Counter(new=n) for n in range(50)})) == 100


def test_a_terminal_sees_one_line_written_over_itself(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    progress = Progress()
    for count in (1, 1, 2):
        progress.say({"mehr": Counter(new=count)})
    progress.clear()
    progress.clear()
    assert sys.stderr.getvalue() == "\r\x1b[Kmehr: 1 new\r\x1b[Kmehr: 2 new\r\x1b[K"


def test_a_log_is_told_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    Progress().say({"mehr": Counter(new=1)})
    assert sys.stderr.getvalue() == ""
