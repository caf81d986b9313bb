"""Which event loops a test runs on: Python's own, and with the mark `each_loop` also the one that serves.

What depends on a loop's own sockets, buffers, TLS and name look-ups is proven on both.
"""

import asyncio
import sys
from collections.abc import Callable

import pytest

from tests.support.deadline import DEADLINE

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class PatientLoop(asyncio.SelectorEventLoop):
    """Checks what debug mode checks, and keeps no book of where every future, task and handle was made.

    That takes twenty times as long as making them. Slow steps are not told either: a busy machine
    would bury what a failed test has to say.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slow_callback_duration = DEADLINE

    def get_debug(self) -> bool:
        """What futures, tasks, handles and libraries go by."""
        return False


LOOPS: dict[str, LoopFactory] = {"asyncio": PatientLoop}

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
