"""Which upstream calls an operation caused: made, shared with others, or answered from the snapshot."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["called", "shared", "snapshot", "failed"]


@dataclass(frozen=True, slots=True)
class UpstreamCall:
    """One read through the gate as an operation saw it."""

    source: str
    call: str
    outcome: Outcome
    milliseconds: float


_recorder: ContextVar[list[UpstreamCall] | None] = ContextVar("upstream_calls", default=None)


@contextmanager
def recording() -> Iterator[list[UpstreamCall]]:
    """Collect the upstream calls made within this block and the tasks started in it."""
    calls: list[UpstreamCall] = []
    token = _recorder.set(calls)
    try:
        yield calls
    finally:
        _recorder.reset(token)


def note(source: str, call: str, outcome: Outcome, seconds: float) -> None:
    """Add a read to the collection of the running operation, if it has one."""
    calls = _recorder.get()
    if calls is not None:
        calls.append(UpstreamCall(source, call, outcome, round(seconds * 1000, 3)))


Tell = Callable[[str, str], None]
"""Adds a name and a value to a span."""
Spans = Callable[[str], AbstractContextManager[Tell]]
"""Makes the span of something that begins now and ends with the block."""


@contextmanager
def _untraced(_name: str) -> Iterator[Tell]:
    yield lambda _key, _value: None


_spans: Spans = _untraced


def use_spans(spans: Spans | None) -> None:
    """Trace what this process does from now on; None ends it. There is one tracer per process."""
    global _spans
    _spans = spans or _untraced


def span(name: str) -> AbstractContextManager[Tell]:
    """A span around a block; costs next to nothing where nothing is traced."""
    return _spans(name)
