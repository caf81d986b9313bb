"""Fails a test that leaves something behind: a task, an async generator, a thread, an open descriptor.

A pytest plugin, loaded by `tests/conftest.py`. It compares what is there
before the first function-scoped fixture of a test with what is there after
the last one is gone; what fixtures of a wider scope hold is there before and
so is no leak. Something that goes away by itself within `GRACE` seconds is
no leak either, and a test that failed anyway is not asked.
"""

import asyncio
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from types import AsyncGeneratorType
from typing import Any, Final, Literal

import pytest
import pytest_asyncio

LoopScope = Literal["function", "class", "module", "package", "session"]

GRACE = 2.0
"""Seconds that closing sockets, threads and tasks may take after a test.

There is no garbage collection meanwhile: what only the collector closes was
never closed, and counts as left behind.
"""

DESCRIPTORS: Final = Path("/proc/self/fd")
UNREMARKABLE: Final = ("/dev/null", "/dev/urandom", "/proc/")

_failed = pytest.StashKey[bool]()
_before = pytest.StashKey["Holdings"]()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the process holds at one moment."""

    threads: frozenset[threading.Thread]
    descriptors: frozenset[tuple[int, str]]

    @classmethod
    def now(cls) -> "Holdings":
        """The threads that run and the descriptors that are open."""
        return cls(frozenset(threading.enumerate()), frozenset(open_descriptors()))

    def beyond(self, before: "Holdings") -> list[str]:
        """What is held now and was not before, in words."""
        return [
            *(f"thread {thread.name!r} still runs" for thread in self.threads - before.threads),
            *(f"descriptor {n} is open: {target}" for n, target in self.descriptors - before.descriptors),
        ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember failures: a traceback keeps alive what the test's frames held, which is no leak."""
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> None:
    """Note what is there once the fixtures of wider scope are; `pytest_runtest_teardown` compares."""
    request.node.stash[_before] = Holdings.now()
    if pytest_asyncio.is_async_test(request.node):
        # Set up first and so torn down last: after every fixture that lives in the same loop.
        request.getfixturevalue(f"_nothing_left_in_{_loop_scope(request)}_loop")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Compare once every fixture of the test and its event loop are gone."""
    yield
    before = item.stash.get(_before, None)
    if before is None or item.stash.get(_failed, False):
        return
    deadline = time.monotonic() + GRACE
    while (left := Holdings.now().beyond(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    _report(left)


def open_descriptors() -> set[tuple[int, str]]:
    """Open file descriptors and what they lead to; empty where the system does not list them.

    Without the three standard streams, which pytest exchanges as it captures output.
    """
    if not DESCRIPTORS.is_dir():
        return set()
    found = set()
    for entry in DESCRIPTORS.iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue  # the descriptor that listed the folder
        number = int(entry.name)
        if number > 2 and not target.startswith(UNREMARKABLE):
            found.add((number, target))
    return found


def _loop_scope(request: pytest.FixtureRequest) -> str:
    marker = request.node.get_closest_marker("asyncio")
    given = marker.kwargs.get("loop_scope") if marker else None
    return str(given or request.config.getini("asyncio_default_test_loop_scope"))


def _report(left: list[str]) -> None:
    if left:
        pytest.fail("The test leaves something behind:\n  " + "\n  ".join(sorted(left)), pytrace=False)


class GeneratorWatch:
    """Follows the async generators of our own code in one event loop.

    Ours is what lies below `root`, libraries excepted: their generators are
    their own matter.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, root: Path) -> None:
        self._loop = loop
        self._root = root
        self._alive: weakref.WeakSet[AsyncGeneratorType[Any, Any]] = weakref.WeakSet()
        self._dropped: list[str] = []

    def start(self) -> None:
        """Listen in on the loop's own hooks; a loop without them is not watched."""
        self._wrap("_asyncgen_firstiter_hook", self._begins)
        self._wrap("_asyncgen_finalizer_hook", self._is_dropped)

    def stop(self) -> None:
        """Give the loop its own hooks back."""
        for name in ("_asyncgen_firstiter_hook", "_asyncgen_finalizer_hook"):
            vars(self._loop).pop(name, None)

    def left(self) -> list[str]:
        """What was begun and neither exhausted nor closed."""
        alive = (agen for agen in self._alive if agen.ag_frame is not None)
        return self._dropped + [f"async generator {_named(agen)} is not closed" for agen in alive]

    def _wrap(self, name: str, listener: Callable[[AsyncGeneratorType[Any, Any]], None]) -> None:
        original = getattr(self._loop, name, None)
        if original is None:
            return

        def hook(agen: AsyncGeneratorType[Any, Any]) -> None:
            if self._is_ours(agen):
                listener(agen)
            original(agen)

        setattr(self._loop, name, hook)

    def _is_ours(self, agen: AsyncGeneratorType[Any, Any]) -> bool:
        path = Path(agen.ag_code.co_filename)
        return path.is_relative_to(self._root) and "site-packages" not in path.parts

    def _begins(self, agen: AsyncGeneratorType[Any, Any]) -> None:
        self._alive.add(agen)

    def _is_dropped(self, agen: AsyncGeneratorType[Any, Any]) -> None:
        self._dropped.append(
            f"async generator {_named(agen)} was dropped and left to the garbage collector; "
            "use contextlib.aclosing"
        )


def _named(agen: AsyncGeneratorType[Any, Any]) -> str:
    return f"{agen.__qualname__} ({agen.ag_code.co_filename}:{agen.ag_code.co_firstlineno})"


def _tasks_left(before: set[asyncio.Task[Any]]) -> list[str]:
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    return [f"task {task.get_name()!r} still runs {_place(task)}" for task in left]


def _place(task: asyncio.Task[Any]) -> str:
    coroutine = task.get_coro()
    name = getattr(coroutine, "__qualname__", repr(coroutine))
    stack = task.get_stack(limit=1)
    if not stack:
        return name
    return f"{name}, at {stack[0].f_code.co_filename}:{stack[0].f_lineno}"


def _loop_fixture(scope: LoopScope) -> object:
    """A fixture that watches tasks and async generators of one test from inside its loop."""

    @pytest_asyncio.fixture(loop_scope=scope, name=f"_nothing_left_in_{scope}_loop")
    async def nothing_left_in_loop(request: pytest.FixtureRequest) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        before = asyncio.all_tasks()
        watch = GeneratorWatch(loop, request.config.rootpath)
        watch.start()
        yield
        deadline = loop.time() + GRACE
        # Nothing announces that a task or a generator is gone, so this has to look again.
        while (left := _tasks_left(before) + watch.left()) and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        watch.stop()
        if not request.node.stash.get(_failed, False):
            _report(left)

    return nothing_left_in_loop


# The loop that a test runs in may be shared with its class, module or session.
_in_function_loop = _loop_fixture("function")
_in_class_loop = _loop_fixture("class")
_in_module_loop = _loop_fixture("module")
_in_package_loop = _loop_fixture("package")
_in_session_loop = _loop_fixture("session")
