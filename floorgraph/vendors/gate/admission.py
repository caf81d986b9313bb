"""Admission: whether and when a call may be sent."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from floorgraph.model.source import BudgetState
from floorgraph.model.time import Clock
from floorgraph.vendors.failures import BreakerOpen, BudgetExhausted, SourceFailure
from floorgraph.vendors.gate.admitted import Admitted
from floorgraph.vendors.gate.breaker import Breaker, BreakerPolicy
from floorgraph.vendors.gate.budget import Budget, BudgetPolicy
from floorgraph.vendors.slots import Slots

WHOLE: Final = "*"
"""The endpoint class of the source as a whole."""


class TooLate(Exception):
    """The turn of a call came when there was too little time left for it; it was not counted."""


@dataclass(slots=True, eq=False)
class _Lane:
    """The calls of one endpoint class. One of those that wait leads: it waits for a slot and for the pace,
    and lets in, when it goes, whoever may go with it."""

    endpoint: str
    budget: Budget
    usual: Admitted
    """What a call gets that is no trial."""
    led: bool = False
    queue: deque[tuple[asyncio.Future[Admitted | None], float]] = field(default_factory=deque)
    """Who waits behind the leader, and until when; they are given what they were admitted with, or None to
    lead."""


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
    _lanes: dict[str, _Lane] = field(default_factory=dict, init=False)
    _absurd: set[str | None] = field(default_factory=set, init=False)
    _slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self._slots = Slots(self.concurrency)

    def at_once(self, endpoint: str) -> Admitted | None:
        """Count and let go a call that nothing holds back; None where it must wait or may not be sent.

        Whoever is let go calls `leave`.
        """
        lane = self._lanes.get(endpoint) or self._lane(endpoint)
        usual = lane.usual
        if lane.led or usual.own.open_until is not None or usual.whole.open_until is not None:
            return None
        if not self._slots.take():
            return None
        if lane.budget.goes(self.clock.monotonic(), self.clock.now()):
            return usual
        self._slots.give_back()
        return None

    async def enter(self, endpoint: str, until: float = math.inf) -> Admitted:
        """Wait for a slot and for the pace of the budget, then count the call; whoever enters calls `leave`.

        Raises `BreakerOpen` or `BudgetExhausted` without waiting when nothing may be sent, and
        `TooLate` where it would have to wait and its turn comes after `until`, by the loop's clock.
        First come, first served within an endpoint class.
        """
        admitted = self.at_once(endpoint)
        if admitted is not None:
            return admitted
        lane = self._lane(endpoint)
        # Who would have to wait is told at once that it is in vain.
        self._refuse(lane)
        if lane.led:
            admitted = await self._behind(lane, until)
            if admitted is not None:
                return admitted
        lane.led = True
        try:
            return await self._first(lane, until)
        finally:
            self._go_on(lane)

    def leave(self) -> None:
        """Give back the slot of a call that is over."""
        self._slots.give_back()

    async def _behind(self, lane: _Lane, until: float) -> Admitted | None:
        """Wait behind the leader; None for who is to lead now."""
        waiter: asyncio.Future[Admitted | None] = asyncio.get_running_loop().create_future()
        lane.queue.append((waiter, until))
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                with suppress(ValueError):
                    lane.queue.remove((waiter, until))
            elif waiter.exception() is None:
                # It was its turn in this very moment. A call that was counted stays so, as one that was sent.
                admitted = waiter.result()
                if admitted is None:
                    self._go_on(lane)
                else:
                    admitted.withdrawn()
                    self.leave()
            raise

    async def _first(self, lane: _Lane, until: float) -> Admitted:
        """Take a slot at a moment when the budget allows a call.

        No slot is held while waiting for the pace, so that a slow endpoint
        class does not keep the others out. From the last check to the
        counting nothing else runs, so no other call can slip between.
        """
        while True:
            await self._slots.wait()
            try:
                wait = self._taken(lane, until)
            except BaseException:
                self._slots.give_back()
                raise
            if not wait:
                return self._sending(lane)
            self._slots.give_back()
            await self.sleep(wait)

    def _go_on(self, lane: _Lane) -> None:
        """The leader goes: let in, in their order, all that can go as well; the next one leads the others."""
        while lane.queue:
            waiter, until = lane.queue[0]
            if not waiter.done():
                if not self._slots.take():
                    break
                try:
                    wait = self._taken(lane, until)
                except (SourceFailure, TooLate) as failure:
                    self._slots.give_back()
                    waiter.set_exception(failure)
                else:
                    if wait:
                        self._slots.give_back()
                        break
                    waiter.set_result(self._sending(lane))
            lane.queue.popleft()
        if lane.queue:
            lane.queue.popleft()[0].set_result(None)
        else:
            lane.led = False

    def _taken(self, lane: _Lane, until: float) -> float:
        """Seconds until a call may be sent; 0 where it was counted, for it goes now. Raises as `enter`."""
        if until < asyncio.get_running_loop().time():
            raise TooLate
        self._refuse(lane)
        now = self.clock.monotonic()
        wait = lane.budget.delay(now)
        if not wait:
            lane.budget.take(now, self.clock.now())
        return wait

    def _sending(self, lane: _Lane) -> Admitted:
        usual = lane.usual
        own, whole = usual.own.starting(), usual.whole.starting()
        return (
            Admitted(usual.own, usual.whole, own, whole, self.clock, self._absurd) if own or whole else usual
        )

    def _lane(self, endpoint: str) -> _Lane:
        lane = self._lanes.get(endpoint)
        if lane is None:
            own, whole = self.breaker(endpoint), self.breaker(WHOLE)
            usual = Admitted(own, whole, False, False, self.clock, self._absurd)
            lane = self._lanes[endpoint] = _Lane(endpoint, self.budget(endpoint), usual)
        return lane

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

    def _refuse(self, lane: _Lane) -> None:
        self._refuse_blocked(lane)
        if lane.budget.policy.per_day is None:
            return
        wall = self.clock.now()
        exhausted = lane.budget.exhausted(wall)
        if exhausted is not None:
            raise BudgetExhausted(
                source=self.source,
                endpoint=lane.endpoint,
                detail=f"the day's calls are used up until {exhausted:%Y-%m-%d %H:%M} UTC",
                retry_after=(exhausted - wall).total_seconds(),
            )

    def _refuse_blocked(self, lane: _Lane) -> None:
        own, whole = lane.usual.own, lane.usual.whole
        if own.open_until is None and whole.open_until is None:
            return
        now = self.clock.monotonic()
        untils = (whole.blocked_until(now), own.blocked_until(now))
        blocked = max((until for until in untils if until is not None), default=None)
        if blocked is not None:
            raise BreakerOpen(
                source=self.source,
                endpoint=lane.endpoint,
                detail="nothing is sent for now after earlier failures",
                retry_after=blocked - now,
            )
