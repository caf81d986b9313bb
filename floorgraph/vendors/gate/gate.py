"""The gate itself: a thin asyncio shell around snapshot, single-flight, budget, breaker and health."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from floorgraph.model.source import BudgetState, SourceCondition
from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.failures import (
    AuthRequired,
    BreakerOpen,
    BudgetExhausted,
    RateLimited,
    SourceFailure,
    TimedOut,
    VendorFailure,
)
from floorgraph.vendors.gate import trace
from floorgraph.vendors.gate.breaker import Breaker, BreakerPolicy
from floorgraph.vendors.gate.budget import Budget, BudgetPolicy
from floorgraph.vendors.gate.call import Call, Freshness, Observed
from floorgraph.vendors.gate.health import Health

T = TypeVar("T")

AUTH_PAUSE = 300.0
RETRY_AFTER_BOUNDS = (1.0, 3600.0)


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Bounds for one source; times in seconds.

    `retries` counts further attempts at a read that met a passing failure,
    all inside `deadline`. `remembered` bounds the number of kept answers.
    """

    concurrency: int = 4
    deadline: float = 20.0
    retries: int = 1
    retry_pause: float = 0.25
    remembered: int = 4096
    budget: BudgetPolicy = field(default_factory=BudgetPolicy)
    budgets: dict[str, BudgetPolicy] = field(default_factory=dict)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


@dataclass(slots=True)
class _Flight:
    task: asyncio.Task[Observed[Any]]
    waiters: int = 0


class Gate:
    """The one way in which a source is called.

    Owned by its source; `close` ends the calls in flight. All methods belong
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
        self.on_outcome: Callable[[], None] = lambda: None
        self._sleep = sleep
        self._chance = chance
        self._slots = asyncio.Semaphore(self.policy.concurrency)
        self._budgets: dict[str, Budget] = {}
        self._breakers: dict[str, Breaker] = {}
        self._flights: dict[str, _Flight] = {}
        self._kept: OrderedDict[str, Observed[Any]] = OrderedDict()
        self._failed_at: dict[str, float] = {}

    async def read(self, call: Call[T], freshness: Freshness) -> Observed[T]:
        """The answer to a call: remembered, shared with a call in flight, or fetched.

        When a fetch fails for a reason that will pass and an older answer is
        remembered, that one is returned with the failure beside it. Otherwise
        raises the `SourceFailure`.
        """
        begun = self.clock.monotonic()
        kept = self._kept.get(call.key)
        if kept is not None and self._serves(call, kept, freshness, begun):
            self._kept.move_to_end(call.key)
            trace.note(self.source, call.key, "snapshot", 0.0)
            return kept
        flight = self._flights.get(call.key)
        outcome: trace.Outcome = "shared" if flight else "called"
        if flight is None:
            flight = _Flight(asyncio.create_task(self._fly(call), name=f"call {self.source} {call.key}"))
            self._flights[call.key] = flight
        try:
            answer: Observed[T] = await self._join(call.key, flight)
        except SourceFailure:
            trace.note(self.source, call.key, "failed", self.clock.monotonic() - begun)
            raise
        outcome = "failed" if answer.stale else outcome
        trace.note(self.source, call.key, outcome, self.clock.monotonic() - begun)
        return answer

    def kept(self, key: str) -> Observed[Any] | None:
        """The remembered answer to a call, however old."""
        return self._kept.get(key)

    def forget(self, key: str) -> None:
        """Make the next read of a call go to the vendor."""
        self._kept.pop(key, None)

    async def close(self) -> None:
        """End the calls in flight and wait until they are gone."""
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def condition(self) -> SourceCondition:
        """How the source is doing now."""
        return self.health.condition(self._next_attempt_at())

    def budgets(self) -> list[BudgetState]:
        """The budgets in use, for the API."""
        wall = self.clock.now()
        return [
            BudgetState(
                endpoint=endpoint,
                per_second=budget.policy.per_second,
                limit=budget.policy.per_day,
                used=budget.used,
                reset_at=budget.reset_at(wall) if budget.policy.per_day is not None else None,
            )
            for endpoint, budget in sorted(self._budgets.items())
        ]

    def affordable_interval(self, endpoint: str, calls_per_poll: int) -> float:
        """Seconds between polls that the endpoint's budget can pay for until its reset."""
        return self._budget(endpoint).affordable_interval(self.clock.now(), calls_per_poll)

    def saved_budgets(self) -> dict[str, dict[str, object]]:
        """The counters that must survive a restart, by endpoint class."""
        return {name: budget.saved() for name, budget in self._budgets.items() if budget.policy.per_day}

    def restore_budgets(self, saved: dict[str, dict[str, object]]) -> None:
        """Take up counters saved before a restart."""
        for name, counters in saved.items():
            self._budget(name).restore(counters)

    def _serves(self, call: Call[Any], kept: Observed[Any], freshness: Freshness, now: float) -> bool:
        if not kept.stale:
            return freshness.accepts(kept.monotonic, now, call.ttl)
        # An operation that already saw this call fail is served what is left instead of failing again.
        return freshness.since is not None and self._failed_at.get(call.key, 0.0) >= freshness.since

    async def _join(self, key: str, flight: _Flight) -> Observed[Any]:
        flight.waiters += 1
        try:
            # Shielded: a waiter that gives up must not take the call away from the others.
            return await asyncio.shield(flight.task)
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.task.done():
                self._flights.pop(key, None)
                flight.task.cancel()

    async def _fly(self, call: Call[T]) -> Observed[T]:
        try:
            async with asyncio.timeout(self.policy.deadline):
                return await self._attempts(call)
        except TimeoutError as error:
            failure = TimedOut(
                source=self.source,
                endpoint=call.endpoint,
                detail=f"no answer within {self.policy.deadline:g} s",
            )
            self._failed(call, failure)
            return self._last_known(call, failure, error)
        except SourceFailure as failure:
            return self._last_known(call, failure, failure.__cause__)
        finally:
            current = self._flights.get(call.key)
            if current is not None and current.task is asyncio.current_task():
                del self._flights[call.key]

    async def _attempts(self, call: Call[T]) -> Observed[T]:
        attempt = 0
        while True:
            try:
                return await self._once(call)
            except SourceFailure as failure:
                passing = isinstance(failure, VendorFailure) and failure.retryable
                if attempt >= self.policy.retries or not passing:
                    raise
                attempt += 1
                await self._sleep(self.policy.retry_pause * 2**attempt * self._chance())

    async def _once(self, call: Call[T]) -> Observed[T]:
        self._admit(call)
        async with self._slots:
            breaker = self._breaker(call.endpoint)
            breaker.starting()
            try:
                value = await call.fetch()
            except SourceFailure as failure:
                self._failed(call, failure)
                raise
            except BaseException:
                breaker.withdrawn()
                raise
        return self._succeeded(call, value)

    def _admit(self, call: Call[Any]) -> None:
        now, wall = self.clock.monotonic(), self.clock.now()
        blocked = max(
            filter(None, (self._breaker(e).blocked_until(now) for e in ("*", call.endpoint))), default=None
        )
        if blocked is not None:
            raise BreakerOpen(
                source=self.source,
                endpoint=call.endpoint,
                detail="nothing is sent for now after repeated failures",
                retry_after=blocked - now,
            )
        exhausted = self._budget(call.endpoint).exhausted(wall)
        if exhausted is not None:
            raise BudgetExhausted(
                source=self.source,
                endpoint=call.endpoint,
                detail=f"the day's calls are used up until {exhausted:%Y-%m-%d %H:%M} UTC",
                retry_after=(exhausted - wall).total_seconds(),
            )

    def _succeeded(self, call: Call[T], value: T) -> Observed[T]:
        for endpoint in ("*", call.endpoint):
            self._breaker(endpoint).succeeded()
        wall = self.clock.now()
        self.health.succeeded(call.endpoint, wall)
        answer = Observed(value=value, at=wall, monotonic=self.clock.monotonic())
        self._keep(call.key, answer)
        self.on_outcome()
        return answer

    def _failed(self, call: Call[Any], failure: SourceFailure) -> None:
        now = self.clock.monotonic()
        breaker = self._breaker(call.endpoint)
        if isinstance(failure, AuthRequired):
            self._breaker("*").hold(now + AUTH_PAUSE)
        elif isinstance(failure, RateLimited) and failure.retry_after is not None:
            low, high = RETRY_AFTER_BOUNDS
            breaker.hold(now + min(high, max(low, failure.retry_after)))
        elif failure.counts_against_source:
            breaker.failed(now)
        else:
            breaker.succeeded()
            self.health.succeeded(call.endpoint, self.clock.now())
            self.on_outcome()
            return
        self.health.failed(call.endpoint, failure, self.clock.now())
        self.on_outcome()

    def _last_known(self, call: Call[T], failure: SourceFailure, cause: BaseException | None) -> Observed[T]:
        kept: Observed[T] | None = self._kept.get(call.key)
        lasting = not (
            failure.counts_against_source or failure.retryable or isinstance(failure, AuthRequired)
        )
        if kept is None or lasting:
            raise failure from cause
        self._failed_at[call.key] = self.clock.monotonic()
        if kept.failure is None or type(kept.failure) is not type(failure):
            kept = Observed(value=kept.value, at=kept.at, monotonic=kept.monotonic, failure=failure)
            self._keep(call.key, kept)
        return kept

    def _keep(self, key: str, answer: Observed[Any]) -> None:
        self._kept[key] = answer
        self._kept.move_to_end(key)
        while len(self._kept) > self.policy.remembered:
            dropped, _ = self._kept.popitem(last=False)
            self._failed_at.pop(dropped, None)

    def _budget(self, endpoint: str) -> Budget:
        budget = self._budgets.get(endpoint)
        if budget is None:
            policy = self.policy.budgets.get(endpoint, self.policy.budget)
            budget = self._budgets[endpoint] = Budget(policy)
        return budget

    def _breaker(self, endpoint: str) -> Breaker:
        breaker = self._breakers.get(endpoint)
        if breaker is None:
            breaker = self._breakers[endpoint] = Breaker(self.policy.breaker, self._chance)
        return breaker

    def _next_attempt_at(self) -> datetime | None:
        now = self.clock.monotonic()
        blocked = [until for b in self._breakers.values() if (until := b.blocked_until(now)) is not None]
        return self.clock.now() + timedelta(seconds=max(blocked) - now) if blocked else None
