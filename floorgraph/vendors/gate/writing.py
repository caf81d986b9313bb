"""Writes: commands on their way through the gate, sent once and never shared, repeated or remembered."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from floorgraph.vendors.failures import BudgetExhausted, OutcomeUnknown, SourceFailure
from floorgraph.vendors.gate import trace
from floorgraph.vendors.gate.admitted import Admitted
from floorgraph.vendors.gate.call import Call
from floorgraph.vendors.gate.tally import OK

if TYPE_CHECKING:
    from floorgraph.vendors.gate.gate import Gate

T = TypeVar("T")
Affects = Callable[[str], bool]
"""Whether the answer to a question, by its key, may be another one after a command."""


async def write(gate: "Gate", call: Call[T], affects: Affects) -> T:
    """Send a command, once, within breaker, budget and deadline; `call.ttl` means nothing.

    Whatever was remembered or under way of the questions that it `affects`
    answers nobody who asks from now on; if it is not known whether the
    command was carried out, what was remembered may still stand in for an
    answer that cannot be had, marked as stale. Raises `OutcomeUnknown` when
    it was sent and there is no clear answer, and any other `SourceFailure`
    as `call.fetch` does; `BreakerOpen` and `BudgetExhausted` before it is sent.
    """
    began, told = gate.clock.monotonic(), False
    outcome: trace.Outcome = "failed"
    try:
        value = await _sent(gate, call)
        outcome = "called"
        told = True
    except SourceFailure as failure:
        told = not isinstance(failure, OutcomeUnknown)
        raise
    finally:
        _outdate(gate, affects, forget=told)
        gate.tally.reads[call.endpoint, outcome] += 1
        trace.note(gate.source, call.key, outcome, gate.clock.monotonic() - began)
        gate.on_outcome()
    return value


async def _sent(gate: "Gate", call: Call[T]) -> T:
    limit = gate.policy.deadline
    sending = False
    try:
        async with asyncio.timeout(limit) as deadline:
            admitted = await gate.admission.enter(call.endpoint)
            try:
                # Waiting for its turn costs the command nothing of the time that the vendor has to answer.
                deadline.reschedule(asyncio.get_running_loop().time() + limit)
                sending = True
                return await _fetched(gate, call, admitted)
            finally:
                gate.admission.leave()
    except TimeoutError as error:
        if not sending:
            detail = f"too many calls are waiting: the command could not be sent within {limit:g} s"
            raise BudgetExhausted(source=gate.source, endpoint=call.endpoint, detail=detail) from error
        detail = f"no answer within {limit:g} s; the command may or may not have been carried out"
        raise OutcomeUnknown(source=gate.source, endpoint=call.endpoint, detail=detail) from error


async def _fetched(gate: "Gate", call: Call[T], admitted: Admitted) -> T:
    begun, code = gate.clock.monotonic(), OutcomeUnknown.code
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
        code = failure.code
        admitted.failed(failure)
        gate.judge(call.endpoint, failure)
        raise
    except BaseException:
        admitted.withdrawn()
        raise
    else:
        code = OK
        admitted.succeeded(gate.clock.monotonic())
        gate.health.succeeded(call.endpoint, gate.clock.now())
        return value
    finally:
        gate.tally.sent(call.endpoint, code, gate.clock.monotonic() - begun)


def _outdate(gate: "Gate", affects: Affects, *, forget: bool) -> None:
    """Let no answer from before serve a question from now on."""
    for key in [key for key in (*gate.kept_keys(), *gate.keys_under_way()) if affects(key)]:
        if forget:
            gate.forget(key)
        else:
            gate.outdate(key)
