"""Which upstream calls an operation caused: made, shared with others, or answered from the snapshot."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal

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


def recorded() -> bool:
    """Whether the running operation collects its upstream calls."""
    return _recorder.get() is not None


def note(source: str, call: str, outcome: Outcome, seconds: float) -> None:
    """Add a read to the collection of the running operation, if it has one."""
    calls = _recorder.get()
    if calls is not None:
        calls.append(UpstreamCall(source, call, outcome, round(seconds * 1000, 3)))


Tell = Callable[[str, str], None]
"""Adds a name and a value to a span."""
Spans = Callable[[str], AbstractContextManager[Tell]]
"""Makes the span of something that begins now and ends with the block."""


class _Untraced:
    """The span of what nobody traces: one for all, as it remembers nothing."""

    def __enter__(self) -> Tell:
        return _tell_nobody

    def __exit__(self, *_: object) -> None:
        return None


def _tell_nobody(_key: str, _value: str) -> None:
    """What a span that nobody sees is told."""


_UNTRACED: Final = _Untraced()


def _untraced(_name: str) -> AbstractContextManager[Tell]:
    return _UNTRACED


_spans: Spans = _untraced


def use_spans(spans: Spans | None) -> None:
    """Trace what this process does from now on; None ends it. There is one tracer per process."""
    global _spans
    _spans = spans or _untraced


def traced() -> bool:
    """Whether spans are seen by anybody."""
    return _spans is not _untraced


def span(name: str) -> AbstractContextManager[Tell]:
    """A span around a block; costs next to nothing where nothing is traced."""
    return _spans(name)
