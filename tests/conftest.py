"""What many tests need: an invented wire to crawl."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.wire.wire import FaultyWire


@pytest.fixture
def open_wire() -> Iterator[Callable[..., FaultyWire]]:
    """Open wires as a test wants them, `open_wire(200, family="iran-samaneh")`; they close with the test."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(FaultyWire(*args, **options))


@pytest.fixture
def wire(open_wire: Callable[..., FaultyWire]) -> FaultyWire:
    """A wire of twenty stories in Nastooh's layout."""
    return open_wire()
