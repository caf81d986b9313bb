"""Which event loops a test runs on: Python's own, and with the mark `each_loop` also the one that serves.

What depends on a loop's own sockets, buffers, TLS and name look-ups is proven on both.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable

import pytest

from tests.support.deadline import DEADLINE

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

# In debug mode loops note for every handle, future and task where it was made. Nobody reads more than the
# first line of that, and ten lines of it take longer than what is tested.
setattr(importlib.import_module("asyncio.constants"), "DEBUG_STACK_DEPTH", 1)  # noqa: B010  final for mypy


def _patient(new_event_loop: LoopFactory) -> LoopFactory:
    """Loops that say nothing about slow steps: a busy machine would bury what a failed test has to say."""

    def made() -> asyncio.AbstractEventLoop:
        loop = new_event_loop()
        loop.slow_callback_duration = DEADLINE
        return loop

    return made


LOOPS: dict[str, LoopFactory] = {"asyncio": _patient(asyncio.new_event_loop)}

if sys.platform != "win32":
    import uvloop

    LOOPS["uvloop"] = _patient(uvloop.new_event_loop)
    # The first loop opens a pipe for signals that the process keeps; it is no test's leak.
    uvloop.new_event_loop().close()


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, LoopFactory]:
    """The loops of a test by the names that its variants carry."""
    if item.get_closest_marker("each_loop") is not None:
        return LOOPS
    return {"asyncio": LOOPS["asyncio"]}
