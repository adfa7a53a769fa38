"""The daemon as a service of its system: signals, systemd's notifications (sd_notify(3)), settings read again."""

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, is_dataclass
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any

from archive.errors import BayeganError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the outside world wants: stop, read the settings again, or only wake up."""

    stop: Event = field(default_factory=Event)
    reload: Event = field(default_factory=Event)
    wake: Event = field(default_factory=Event)

    def wait(self, timeout_s: float) -> None:
        """Wait for any of them, for so long at most."""
        until = monotonic() + timeout_s
        while monotonic() < until and not (self.stop.is_set() or self.reload.is_set() or self.wake.wait(0.05)):
            pass


@contextmanager
def signals() -> Iterator[Signals]:
    """Give events that SIGTERM and SIGINT (stop) and SIGHUP (reload) set, in place of what they did before."""
    heard = Signals()

    def stop(number: int, _frame: FrameType | None) -> None:
        LOG.info("%s: stopping", signal.Signals(number).name)
        heard.stop.set()

    def reload(_number: int, _frame: FrameType | None) -> None:
        heard.reload.set()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def notify(state: str) -> bool:
    """Tell systemd `state`, `READY=1` say; return whether anybody listens (NOTIFY_SOCKET is set)."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.connect(f"\0{place[1:]}" if place.startswith("@") else place)
        sender.sendall(state.encode())
        return True
    return False


class Watchdog:
    """Tells systemd that we are alive, twice in each WATCHDOG_USEC; says nothing when it does not ask."""

    def __init__(self) -> None:
        """Read how often systemd wants to hear of us."""
        self._every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 2e6
        self._last = 0.0

    def pat(self) -> None:
        """Tell systemd if it is time to."""
        if self._every_s and monotonic() - self._last >= self._every_s:
            self._last = monotonic()
            notify("WATCHDOG=1")


def reload[T](old: T, reread: Callable[[], T], at_start: tuple[str, ...] = ()) -> T | None:
    """Return what `reread` gives, having said what changed; None, having said why, when it cannot be.

    Keys that begin with one of `at_start` are said to be gone by from the next start on.
    """
    notify(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic() * 1e6)}")
    try:
        new = reread()
    except BayeganError as error:
        LOG.warning("settings not read again, the old ones stay: %s", error)
        return None
    finally:
        notify("READY=1")
    changed = [f"{one} (from the next start on)" if one.startswith(at_start) else one for one in changes(old, new)]
    LOG.warning("settings read again: %s", "; ".join(changed) or "nothing changed")
    return new


def changes(old: object, new: object, name: str = "") -> Iterator[str]:
    """Yield what differs between two settings, by dotted key: `scheduler.interval_s: 900.0 -> 600.0`."""
    before, after = _parts(old), _parts(new)
    if before is None or after is None:
        if old != new:
            yield f"{name}: {old!r} -> {new!r}"
        return
    for key in dict.fromkeys((*before, *after)):
        place = f"{name}.{key}" if name else key
        if key not in after or key not in before:
            yield f"{place}: {'added' if key in after else 'removed'}"
        else:
            yield from changes(before[key], after[key], place)


def _parts(thing: object) -> Mapping[str, Any] | None:
    """Return the named parts of a dataclass or mapping; None for a plain value."""
    if is_dataclass(thing):
        return {one.name: getattr(thing, one.name) for one in fields(thing) if one.repr}
    return thing if isinstance(thing, Mapping) else None
