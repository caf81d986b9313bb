"""Admission: whether and when a call may be sent, and what its outcome means for the next ones."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from floorgraph.model.source import BudgetState
from floorgraph.model.time import Clock
from floorgraph.vendors.failures import (
    AuthRequired,
    BreakerOpen,
    BudgetExhausted,
    RateLimited,
    SourceFailure,
    VendorFailure,
)
from floorgraph.vendors.gate.breaker import Breaker, BreakerPolicy
from floorgraph.vendors.gate.budget import Budget, BudgetPolicy

log = structlog.get_logger("floorgraph.vendors")

AUTH_PAUSE: Final = 300.0
"""Seconds between attempts with credentials that were refused: vendors lock users out."""
RETRY_AFTER_BOUNDS: Final = (1.0, 3600.0)
WHOLE: Final = "*"
"""The endpoint class of the source as a whole."""


@dataclass(slots=True)
class Admitted:
    """A call that is being sent; told how it ended, exactly once."""

    own: Breaker
    whole: Breaker
    own_trial: bool
    whole_trial: bool
    clock: Clock
    absurd: set[str | None]
    """Endpoint classes whose vendor asked for times to wait that cannot be meant."""

    def succeeded(self) -> None:
        """The vendor answered."""
        now = self.clock.monotonic()
        self.own.succeeded(now)
        self.whole.succeeded(now)

    def failed(self, failure: SourceFailure) -> None:
        """The call failed; draws the conclusions for the next calls."""
        now = self.clock.monotonic()
        if isinstance(failure, AuthRequired):
            self.own.hold(now + AUTH_PAUSE)
            self.whole.hold(now + AUTH_PAUSE)
            return
        if not failure.counts_against_source:
            self.succeeded()
            return
        self.whole.withdrawn(trial=self.whole_trial)
        if isinstance(failure, RateLimited | VendorFailure) and failure.retry_after is not None:
            self.own.hold(now + self._bounded(failure, failure.retry_after))
        elif isinstance(failure, RateLimited):
            self.own.limited(now, trial=self.own_trial)
        else:
            self.own.failed(now, trial=self.own_trial)

    def _bounded(self, failure: SourceFailure, asked: float) -> float:
        """Seconds to wait, within bounds; told to the log, once per class, where they cannot be meant."""
        low, high = RETRY_AFTER_BOUNDS
        wait = min(high, max(low, asked))
        if (asked < 0 or asked > high) and failure.endpoint not in self.absurd:
            self.absurd.add(failure.endpoint)
            place = {"source": failure.source, "endpoint": failure.endpoint}
            log.warning("absurd time to wait", **place, asked=asked, taken=wait)
        return wait

    def withdrawn(self) -> None:
        """The call was given up and says nothing about the vendor."""
        self.own.withdrawn(trial=self.own_trial)
        self.whole.withdrawn(trial=self.whole_trial)


@dataclass(kw_only=True)
class Admission:
    """The budgets, breakers and slots of one source."""

    source: str
    concurrency: int
    budget_policy: BudgetPolicy
    budget_policies: Mapping[str, BudgetPolicy]
    breaker_policy: BreakerPolicy
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]
    _budgets: dict[str, Budget] = field(default_factory=dict, init=False)
    _breakers: dict[str, Breaker] = field(default_factory=dict, init=False)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict, init=False)
    _absurd: set[str | None] = field(default_factory=set, init=False)
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    async def enter(self, endpoint: str) -> Admitted:
        """Wait for a slot and for the pace of the budget, then count the call; whoever enters calls `leave`.

        Raises `BreakerOpen` or `BudgetExhausted` without waiting when nothing may be sent.
        """
        await self._wait(endpoint)
        own, whole = self.breaker(endpoint), self.breaker(WHOLE)
        return Admitted(own, whole, own.starting(), whole.starting(), self.clock, self._absurd)

    def leave(self) -> None:
        """Give back the slot of a call that is over."""
        self._slots.release()

    async def _wait(self, endpoint: str) -> None:
        """Take a slot at a moment when the budget allows a call; first come, first served.

        No slot is held while waiting for the pace, so that a slow endpoint
        class does not keep the others out. From the last check to the
        counting nothing else runs, so no other call can slip between.
        """
        budget, turn = self.budget(endpoint), self._turn(endpoint)
        if turn.locked() or self._slots.locked():
            # Who would have to wait is told at once that it is in vain.
            self._refuse(endpoint)
        async with turn:
            while True:
                await self._slots.acquire()
                try:
                    wait = self._taken(endpoint, budget)
                except BaseException:
                    self._slots.release()
                    raise
                if not wait:
                    return
                self._slots.release()
                await self.sleep(wait)

    def _turn(self, endpoint: str) -> asyncio.Lock:
        turn = self._turns.get(endpoint)
        if turn is None:
            turn = self._turns[endpoint] = asyncio.Lock()
        return turn

    def _taken(self, endpoint: str, budget: Budget) -> float:
        """Seconds until a call may be sent; 0 where it was counted, for it goes now. Raises as `enter`."""
        self._refuse(endpoint)
        now = self.clock.monotonic()
        wait = budget.delay(now)
        if not wait:
            budget.take(now, self.clock.now())
        return wait

    def budget(self, endpoint: str) -> Budget:
        """The budget of an endpoint class."""
        budget = self._budgets.get(endpoint)
        if budget is None:
            policy = self.budget_policies.get(endpoint, self.budget_policy)
            budget = self._budgets[endpoint] = Budget(policy)
        return budget

    def breaker(self, endpoint: str) -> Breaker:
        """The breaker of an endpoint class."""
        breaker = self._breakers.get(endpoint)
        if breaker is None:
            breaker = self._breakers[endpoint] = Breaker(self.breaker_policy, self.chance)
        return breaker

    def next_attempt_in(self) -> float | None:
        """Seconds until something that is blocked may be tried again; None when nothing is blocked."""
        now = self.clock.monotonic()
        blocked = {name: until - now for name, b in self._breakers.items() if (until := b.blocked_until(now))}
        whole = blocked.pop(WHOLE, None)
        first = min(blocked.values(), default=None)
        return max((wait for wait in (whole, first) if wait is not None), default=None)

    def inherit(self, former: "Admission") -> None:
        """Count and pace calls on where another one stands; what its failures held back is forgotten."""
        for endpoint, theirs in former._budgets.items():  # noqa: SLF001  of the same class
            ours = self.budget(endpoint)
            ours.arrival, ours.day, ours.used = theirs.arrival, theirs.day, theirs.used

    def blocked(self) -> dict[str, bool]:
        """Endpoint class -> whether its breaker keeps calls back now."""
        now = self.clock.monotonic()
        return {name: b.blocked_until(now) is not None for name, b in sorted(self._breakers.items())}

    def budget_states(self) -> list[BudgetState]:
        """The budgets in use, for the API."""
        wall = self.clock.now()
        return [
            BudgetState(
                endpoint=endpoint,
                per_second=budget.policy.per_second,
                limit=budget.policy.per_day,
                used=budget.used_on(wall),
                reset_at=budget.reset_at(wall) if budget.policy.per_day is not None else None,
                low=budget.is_low(wall),
            )
            for endpoint, budget in sorted(self._budgets.items())
        ]

    def saved_budgets(self) -> dict[str, dict[str, object]]:
        """The counters that must survive a restart, by endpoint class."""
        return {name: budget.saved() for name, budget in self._budgets.items() if budget.policy.per_day}

    def _refuse(self, endpoint: str) -> None:
        self._refuse_blocked(endpoint)
        budget = self.budget(endpoint)
        if budget.policy.per_day is None:
            return
        wall = self.clock.now()
        exhausted = budget.exhausted(wall)
        if exhausted is not None:
            raise BudgetExhausted(
                source=self.source,
                endpoint=endpoint,
                detail=f"the day's calls are used up until {exhausted:%Y-%m-%d %H:%M} UTC",
                retry_after=(exhausted - wall).total_seconds(),
            )

    def _refuse_blocked(self, endpoint: str) -> None:
        own, whole = self.breaker(endpoint), self.breaker(WHOLE)
        if own.open_until is None and whole.open_until is None:
            return
        now = self.clock.monotonic()
        untils = (whole.blocked_until(now), own.blocked_until(now))
        blocked = max((until for until in untils if until is not None), default=None)
        if blocked is not None:
            raise BreakerOpen(
                source=self.source,
                endpoint=endpoint,
                detail="nothing is sent for now after earlier failures",
                retry_after=blocked - now,
            )
