"""Which upstream calls an operation caused: made, shared with others, or answered from the snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
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
