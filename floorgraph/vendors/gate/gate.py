"""The gate itself: a thin asyncio shell around memory, single-flight, budget, breaker and health."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from floorgraph.model.source import BudgetState, SourceCondition
from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.failures import (
    BreakerOpen,
    BudgetExhausted,
    SourceFailure,
    TimedOut,
    Unreachable,
    VendorFailure,
)
from floorgraph.vendors.gate import trace, witness
from floorgraph.vendors.gate.admission import Admission, TooLate
from floorgraph.vendors.gate.admitted import Admitted
from floorgraph.vendors.gate.breaker import BreakerPolicy
from floorgraph.vendors.gate.budget import BudgetPolicy
from floorgraph.vendors.gate.call import Call, Freshness, Observed
from floorgraph.vendors.gate.flights import Closed, Flight, Flights
from floorgraph.vendors.gate.health import Health
from floorgraph.vendors.gate.memory import Memory
from floorgraph.vendors.gate.tally import OK, Tally, Traffic
from floorgraph.vendors.gate.writing import Affects, Writes, write

T = TypeVar("T")

GIVEN_UP: Final = "GIVEN_UP"
"""Outcome of a call that was sent and ended without an answer: out of time, or nobody waited any more."""


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Bounds for one source; times in seconds.

    `retries` counts further attempts at a read that met a passing failure,
    all inside `deadline`, as is waiting for its turn. A call that had to wait is
    not sent when less than `least` is left of that; when less than `patience`
    was left, which is what the client itself gives a call (three quarters of
    `deadline` when absent), its being late is not the vendor's doing.
    `remembered` bounds the number of kept answers. For `retry_stale` seconds
    after a failure the same question is not asked again, unless a reader
    accepts only a younger answer than that.
    """

    concurrency: int = 4
    deadline: float = 20.0
    patience: float | None = None
    least: float = 0.0
    retries: int = 1
    retry_pause: float = 0.25
    retry_stale: float = 2.0
    remembered: int = 4096
    budget: BudgetPolicy = field(default_factory=BudgetPolicy)
    budgets: dict[str, BudgetPolicy] = field(default_factory=dict)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


class Gate:
    """The one way in which a source is called.

    Owned by its source, which calls `close`. All methods belong
    to one event loop.
    """

    def __init__(
        self,
        source: str,
        policy: GatePolicy | None = None,
        *,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.source = source
        self.policy = policy or GatePolicy()
        self.clock = clock or SystemClock()
        self.health = Health()
        self.tally = Tally()
        self.on_outcome: Callable[[], None] = lambda: None
        self._sleep = sleep
        self._chance = chance
        self.revision = 0
        self._flights = Flights(self.policy.deadline)
        self.writes = Writes()
        patience = self.policy.patience
        self._patience = 0.75 * self.policy.deadline if patience is None else patience
        self._memory = Memory(self.policy.remembered, self.policy.retry_stale)
        self.admission = Admission(
            source=source,
            concurrency=self.policy.concurrency,
            budget_policy=self.policy.budget,
            budget_policies=self.policy.budgets,
            breaker_policy=self.policy.breaker,
            clock=self.clock,
            sleep=sleep,
            chance=chance,
        )

    async def read(self, call: Call[T], freshness: Freshness) -> Observed[T]:
        """The answer to a call: remembered, shared with a call in flight, or fetched.

        When a fetch fails for a reason that will pass and an older answer is
        remembered, that one is returned with the failure beside it. Otherwise
        raises the `SourceFailure`.
        """
        key, memory = call.key, self._memory
        begun = self.clock.monotonic()
        outcome: trace.Outcome = "failed"
        try:
            recalled = memory.recall(call, freshness, begun) if memory.knows(key) else None
            if recalled is not None:
                outcome = "snapshot"
                witness.used(self, call, recalled)
                return recalled
            flight = self._flights.current(key)
            asked: trace.Outcome = "called" if flight is None else "shared"
            answer: Observed[T] = await self._flights.join(flight or self._begin(call))
            outcome = asked if answer.failure is None else "failed"
        except Closed as error:
            detail = "the source was closed meanwhile"
            raise Unreachable(source=self.source, endpoint=call.endpoint, detail=detail) from error
        finally:
            self.tally.reads[call.endpoint, outcome] += 1
            if trace.recorded():
                trace.note(self.source, key, outcome, self.clock.monotonic() - begun)
            if outcome == "failed":
                witness.failed()
        witness.used(self, call, answer)
        return answer

    def still_gives(self, call: Call[Any], freshness: Freshness, answer: Observed[Any]) -> bool:
        """Whether a read would be answered with this very answer, without asking the vendor."""
        if self.kept(call.key) is not answer or answer.stale:
            return False
        return freshness.accepts(answer.monotonic, self.clock.monotonic(), call.ttl)

    def kept(self, key: str) -> Observed[Any] | None:
        """The remembered answer to a call, however old."""
        return self._memory.answers.get(key)

    def forget(self, key: str) -> None:
        """Make the next read of a call go to the vendor, even if one is under way: it may know too little."""
        self.revision += 1
        self._memory.forget(key)
        self._flights.detach(key)

    def outdate(self, key: str) -> None:
        """As `forget`, but what is remembered may stand in, as stale, for an answer that cannot be had."""
        self._memory.outdate(key)
        self._flights.detach(key)
        self.revision += 1

    async def write(self, call: Call[T], affects: Affects) -> T:
        """Send a command, once; see `writing.write`. The answers that it `affects` are asked for afresh."""
        return await write(self, call, affects)

    def kept_keys(self) -> list[str]:
        """The questions of which answers or failures are remembered."""
        return [*self._memory.answers, *self._memory.failures]

    def keys_under_way(self) -> list[str]:
        """The questions that are under way."""
        return self._flights.keys()

    def judge(self, endpoint: str, failure: SourceFailure) -> None:
        """Draw from a failure what it says about the source's health."""
        self._judge(endpoint, failure, self.clock.now())

    async def close(self) -> None:
        """End the reads in flight, and wait until they and the commands that were sent are over.

        Later calls raise `Unreachable`, and so do commands that wait for their turn.
        """
        self.writes.end()
        await self._flights.close()
        await self.writes.over()

    def condition(self) -> SourceCondition:
        """How the source is doing now."""
        seconds = self.admission.next_attempt_in()
        now = self.clock.now()
        return self.health.condition(now, None if seconds is None else now + timedelta(seconds=seconds))

    def budgets(self) -> list[BudgetState]:
        """The budgets in use, for the API."""
        return self.admission.budget_states()

    def inherit(self, former: "Gate") -> None:
        """Count and pace calls on where another gate to the same account stands."""
        self.admission.inherit(former.admission)

    def traffic(self) -> Traffic:
        """What went through, and what is held back, for metrics."""
        return Traffic(self.tally, self.admission.blocked())

    def affordable_interval(self, endpoint: str, calls_per_poll: int) -> float:
        """Seconds between polls that the endpoint's budget can pay for until its reset."""
        return self.admission.budget(endpoint).affordable_interval(self.clock.now(), calls_per_poll)

    def saved_budgets(self) -> dict[str, dict[str, object]]:
        """The counters that must survive a restart, by endpoint class."""
        return self.admission.saved_budgets()

    def restore_budgets(self, saved: dict[str, dict[str, object]]) -> None:
        """Take up counters saved before a restart; to be called before the first read."""
        for endpoint, counters in saved.items():
            self.admission.budget(endpoint).restore(counters)

    def _begin(self, call: Call[Any]) -> Flight:
        name = f"call {self.source} {call.key}"
        return self._flights.begin(call.key, name, lambda flight: self._fly(flight, call))

    async def _fly(self, flight: Flight, call: Call[T]) -> Observed[T]:
        try:
            try:
                value = await self._once(call, flight)
            except SourceFailure as failure:
                value = await self._again(call, flight, failure)
        except SourceFailure as failure:
            return self._failed(flight, call, failure, failure.__cause__)
        except asyncio.CancelledError:
            if not flight.is_late():
                raise
            return self._failed(flight, call, self._crowded(call), None)
        return self._succeeded(flight, call, value)

    async def _again(self, call: Call[T], flight: Flight, failure: SourceFailure) -> T:
        """Further attempts at a read that failed, where that may be passing; otherwise raises the failure."""
        for attempt in range(self.policy.retries):
            if not isinstance(failure, VendorFailure) or failure.retry_after is not None:
                break
            try:
                await self._sleep(self.policy.retry_pause * 2.0**attempt * self._chance())
                if flight.left() < self.policy.least:
                    break
                return await self._once(call, flight, again=True)
            except (BreakerOpen, BudgetExhausted):
                # A retry that was not admitted: what counts is why the attempt before it failed.
                break
            except SourceFailure as further:
                failure = further
            except asyncio.CancelledError:
                if not flight.is_late():
                    raise
                break
        raise failure from failure.__cause__

    async def _once(self, call: Call[T], flight: Flight, *, again: bool = False) -> T:
        endpoint, admission, clock = call.endpoint, self.admission, self.clock
        admitted = None if again else admission.at_once(endpoint)
        # Whether it has less than its time, as some of that was spent on waiting or on another attempt.
        hurried = False
        if admitted is None:
            try:
                admitted = await admission.enter(endpoint, flight.due - self.policy.least)
            except TooLate:
                raise self._crowded(call) from None
            hurried = flight.left() < self._patience
        begun, outcome = clock.monotonic(), GIVEN_UP
        try:
            value = await (self._traced(call) if trace.traced() else call.fetch())
            outcome = OK
        except SourceFailure as failure:
            outcome = failure.code
            admitted.failed(failure)
            raise
        except BaseException as ended:
            if isinstance(ended, asyncio.CancelledError) and flight.is_late():
                raise self._late(call, admitted, hurried=hurried) from None
            admitted.withdrawn()
            raise
        finally:
            now = clock.monotonic()
            self.tally.sent(endpoint, outcome, now - begun)
            admission.leave()
        admitted.succeeded(now)
        return value

    async def _traced(self, call: Call[T]) -> T:
        with trace.span(f"{self.source} {call.endpoint}") as tell:
            tell("floorgraph.source", self.source)
            tell("floorgraph.endpoint", call.endpoint)
            return await call.fetch()

    def _late(self, call: Call[Any], admitted: Admitted, *, hurried: bool) -> SourceFailure:
        """What it means that the deadline passed for a call that was sent.

        That speaks against the vendor, unless the time went by in our own queue.
        """
        if hurried:
            admitted.withdrawn()
            return self._crowded(call)
        detail = f"no answer within {self.policy.deadline:g} s"
        failure = TimedOut(source=self.source, endpoint=call.endpoint, detail=detail)
        admitted.failed(failure)
        return failure

    def _crowded(self, call: Call[Any]) -> SourceFailure:
        within = f"within {self.policy.deadline:g} s"
        detail = f"too many calls are waiting: its turn came too late for an answer {within}"
        return BudgetExhausted(source=self.source, endpoint=call.endpoint, detail=detail)

    def _succeeded(self, flight: Flight, call: Call[T], value: T) -> Observed[T]:
        wall = self.clock.now()
        self.revision += 1
        self.health.succeeded(call.endpoint, wall)
        answer = Observed(value, wall, self.clock.monotonic())
        if self._flights.ended(flight):
            self._memory.keep(call.key, answer)
        self.on_outcome()
        return answer

    def _failed(
        self, flight: Flight, call: Call[T], failure: SourceFailure, cause: BaseException | None
    ) -> Observed[T]:
        self.revision += 1
        self._judge(call.endpoint, failure, self.clock.now())
        known = None
        if self._flights.ended(flight):
            if not isinstance(failure, BreakerOpen | BudgetExhausted):
                self._memory.fail(call.key, failure, self.clock.monotonic())
            known = self._memory.last_known(call.key, failure)
        self.on_outcome()
        if known is None:
            raise failure from cause
        return known

    def _judge(self, endpoint: str, failure: SourceFailure, wall: datetime) -> None:
        spent = isinstance(failure, BudgetExhausted) and failure.retry_after is not None
        if failure.counts_against_source or spent:
            self.health.failed(endpoint, failure, wall)
        elif not isinstance(failure, BreakerOpen | BudgetExhausted):
            self.health.succeeded(endpoint, wall)
