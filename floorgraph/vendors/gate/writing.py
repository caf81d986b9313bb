"""Writes: commands on their way through the gate, sent once and never shared, repeated or remembered."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from floorgraph.vendors.failures import BudgetExhausted, OutcomeUnknown, SourceFailure, Unreachable
from floorgraph.vendors.gate import trace
from floorgraph.vendors.gate.admitted import Admitted
from floorgraph.vendors.gate.call import Call
from floorgraph.vendors.gate.tally import OK

if TYPE_CHECKING:
    from floorgraph.vendors.gate.gate import Gate

T = TypeVar("T")
Affects = Callable[[str], bool]
"""Whether the answer to a question, by its key, may be another one after a command."""


class Writes:
    """The commands on their way through one gate."""

    def __init__(self) -> None:
        self.closed = False
        self._waiting: set[asyncio.Timeout] = set()
        self._sent: set[asyncio.Future[None]] = set()

    @contextmanager
    def waiting(self, bound: asyncio.Timeout) -> Iterator[None]:
        """A command waits for its turn, until its time is up."""
        self._waiting.add(bound)
        try:
            yield
        finally:
            self._waiting.remove(bound)

    @contextmanager
    def sent(self) -> Iterator[None]:
        """A command is with the vendor."""
        over = asyncio.get_running_loop().create_future()
        self._sent.add(over)
        try:
            yield
        finally:
            self._sent.remove(over)
            over.set_result(None)

    def end(self) -> None:
        """Send none of those that wait, nor any that comes."""
        self.closed = True
        now = asyncio.get_running_loop().time()
        for bound in self._waiting:
            if not bound.expired():
                bound.reschedule(now)

    async def over(self) -> None:
        """Wait until those that were sent are over."""
        if self._sent:
            await asyncio.wait(self._sent)


async def write(gate: "Gate", call: Call[T], affects: Affects) -> T:
    """Send a command, once, within breaker, budget and deadline; `call.ttl` means nothing.

    Whatever was remembered or under way of the questions that it `affects`
    answers nobody who asks once it was sent; if it is not known whether the
    command was carried out, what was remembered may still stand in for an
    answer that cannot be had, marked as stale. What never left affects
    nothing. Raises `OutcomeUnknown` when it was sent and there is no clear
    answer, and any other `SourceFailure` as `call.fetch` does; before it is
    sent `BreakerOpen`, `BudgetExhausted`, and `Unreachable` for a closed gate.
    """
    began = gate.clock.monotonic()
    outcome: trace.Outcome = "failed"
    try:
        value = await _sent(gate, call, affects)
        outcome = "called"
    finally:
        gate.tally.reads[call.endpoint, outcome] += 1
        trace.note(gate.source, call.key, outcome, gate.clock.monotonic() - began)
        gate.on_outcome()
    return value


async def _sent(gate: "Gate", call: Call[T], affects: Affects) -> T:
    limit, writes = gate.policy.deadline, gate.writes
    sending = False
    try:
        async with asyncio.timeout(limit) as bound:
            _require_open(gate, call)
            with writes.waiting(bound):
                admitted = await gate.admission.enter(call.endpoint)
            try:
                _require_open(gate, call, admitted)
                # Waiting for its turn costs the command nothing of the time that the vendor has to answer.
                bound.reschedule(asyncio.get_running_loop().time() + limit)
                sending = True
                with writes.sent():
                    return await _fetched(gate, call, affects, admitted)
            finally:
                gate.admission.leave()
    except TimeoutError as error:
        if not sending:
            _require_open(gate, call)
            detail = f"too many calls are waiting: the command could not be sent within {limit:g} s"
            raise BudgetExhausted(source=gate.source, endpoint=call.endpoint, detail=detail) from error
        detail = f"no answer within {limit:g} s; the command may or may not have been carried out"
        raise OutcomeUnknown(source=gate.source, endpoint=call.endpoint, detail=detail) from error


def _require_open(gate: "Gate", call: Call[T], admitted: Admitted | None = None) -> None:
    """Raise `Unreachable` when the gate is closed: another one, with other settings, has taken its place."""
    if not gate.writes.closed:
        return
    if admitted is not None:
        admitted.withdrawn()
    detail = "the source was closed meanwhile; nothing was sent"
    closed = Unreachable(source=gate.source, endpoint=call.endpoint, detail=detail)
    closed.sent = False
    raise closed


async def _fetched(gate: "Gate", call: Call[T], affects: Affects, admitted: Admitted) -> T:
    begun, code = gate.clock.monotonic(), OutcomeUnknown.code
    sent, told = True, False
    try:
        with trace.span(f"{gate.source} {call.endpoint}") as tell:
            tell("floorgraph.source", gate.source)
            tell("floorgraph.endpoint", call.endpoint)
            value = await call.fetch()
    except OutcomeUnknown:
        # Says nothing about the vendor that reads would not say better.
        admitted.withdrawn()
        raise
    except SourceFailure as failure:
        code, sent, told = failure.code, failure.sent, True
        admitted.failed(failure)
        gate.judge(call.endpoint, failure)
        raise
    except BaseException:
        admitted.withdrawn()
        raise
    else:
        code, told = OK, True
        admitted.succeeded(gate.clock.monotonic())
        gate.health.succeeded(call.endpoint, gate.clock.now())
        return value
    finally:
        if sent:
            _outdate(gate, affects, forget=told)
        gate.tally.sent(call.endpoint, code, gate.clock.monotonic() - begun)


def _outdate(gate: "Gate", affects: Affects, *, forget: bool) -> None:
    """Let no answer from before serve a question from now on."""
    for key in [key for key in (*gate.kept_keys(), *gate.keys_under_way()) if affects(key)]:
        if forget:
            gate.forget(key)
        else:
            gate.outdate(key)
