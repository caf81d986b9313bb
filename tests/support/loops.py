"""Which event loops a test runs on: Python's own, and with the mark `each_loop` also the one that serves.

What depends on a loop's own sockets, buffers, TLS and name look-ups is proven on both.
"""

import asyncio
import sys
from collections.abc import Callable

import pytest

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

LOOPS: dict[str, LoopFactory] = {"asyncio": asyncio.new_event_loop}

if sys.platform != "win32":
    import uvloop

    LOOPS["uvloop"] = uvloop.new_event_loop
    # The first loop opens a pipe for signals that the process keeps; it is no test's leak.
    uvloop.new_event_loop().close()


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, LoopFactory]:
    """The loops of a test by the names that its variants carry."""
    if item.get_closest_marker("each_loop") is not None:
        return LOOPS
    return {"asyncio": LOOPS["asyncio"]}
