"""The command as a person at a terminal meets it: a real process on a pseudo-terminal."""

import os
import pty
import subprocess
from collections.abc import Sequence
from pathlib import Path


def on_a_terminal(command: Sequence[object], cwd: Path, **environment: str) -> tuple[int, str]:
    """Run `command` with a terminal as its output; return its exit code and all that stood on the screen."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"} | environment
    process = subprocess.Popen(
        [str(one) for one in command], cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, env=env
    )
    os.close(theirs)
    screen = b""
    while chunk := _read(ours):
        screen += chunk
    os.close(ours)
    return process.wait(60), screen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # EIO: the other end is closed
        return b""
