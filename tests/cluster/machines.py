"""Machines that are none: a network of our own (a bridge), and a network namespace for each machine on it. Needs root."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Where whoever made the network is reached: the wires and PostgreSQL.
HOUSE = "10.77.0.1"
NETWORK = "10.77.0.0/24"
_FIRST = 10

type Machine = Callable[[int], list[str]]


def here(_number: int) -> list[str]:
    """Return no words before a command: every machine is this one."""
    return []


def missing() -> str:
    """Return why there can be no network of our own; empty = there can."""
    if os.geteuid() != 0:
        return "needs root, to make network namespaces"
    return "" if shutil.which("ip") else "no `ip` on this machine (Debian: apt-get install iproute2)"


@contextmanager
def network() -> Iterator[Machine]:
    """Move this process into a network of its own for good; give what makes machines on it, gone afterwards.

    A machine is the words that run a command there; asked for again, it is the same one.
    """
    os.unshare(os.CLONE_NEWNET)
    made: dict[int, str] = {}
    _ip("link set lo up")
    _ip("link add house type bridge")
    _ip(f"addr add {HOUSE}/24 dev house")
    _ip("link set house up")

    def machine(number: int) -> list[str]:
        if number not in made:
            made[number] = name = f"bayegan{os.getpid()}.{number}"
            _ip(f"netns add {name}")
            _ip(f"link add wire{number} type veth peer name eth0 netns {name}")
            _ip(f"link set wire{number} master house up")
            _ip(f"-n {name} addr add 10.77.0.{_FIRST + number}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
        return ["ip", "netns", "exec", made[number]]

    try:
        yield machine
    finally:
        for name in made.values():
            _ip(f"netns del {name}")


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)
