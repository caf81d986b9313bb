"""The server as the adapter's parts see it: put a question, and know what can be asked.

Holds the gate, the client and the abilities, which are found out when they
are first needed, once for all who wait, and again after an outage, after an
answer that contradicts them, and once an hour.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.model.time import Clock
from floorgraph.vendors.cwork.abilities import Abilities, Area, licence_reason
from floorgraph.vendors.cwork.accept import choose_version
from floorgraph.vendors.cwork.client import Client
from floorgraph.vendors.cwork.errors import NOT_ALLOWED, NOT_THERE, WRONG_VERSION
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.probe import explorers
from floorgraph.vendors.cwork.question import Question
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import BudgetPolicy, Call, Derivations, Freshness, Gate, GatePolicy, Observed
from floorgraph.vendors.http import Reply

R = TypeVar("R")

PROBE_LASTS = 3600.0
PROBE_PAUSE = 600.0
"""Seconds between probes that answers contradicting the last one may cause."""


@dataclass(slots=True)
class _Probe:
    """How the last probe went, by monotonic time."""

    done_at: float = 0.0
    failed_at: float | None = None
    failure: SourceFailure | None = None
    outdated: bool = False


class Server:
    """One CWork server. `on_change` is called when condition or abilities may have changed."""

    def __init__(self, settings: CWorkSettings, diagnostics: Diagnostics, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.diagnostics = diagnostics
        self.derived = Derivations()
        self.client = Client(settings, diagnostics, clock)
        self.gate = Gate(settings.key, _policy(settings), clock=clock)
        self.gate.on_outcome = self._judged
        self.abilities: Abilities | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._lock = asyncio.Lock()
        self._probe = _Probe()
        self._condition: tuple[SourceStatus, str | None] | None = None

    async def read(self, question: Question, freshness: Freshness) -> Observed[Payload]:
        """The answer to a question about something the server is known or thought to have.

        Raises `SourceFailure`, without a call where the abilities exclude the answer.
        """
        return await self._read(question, freshness, lambda: self.client.payload(question))

    async def read_as(
        self, question: Question, freshness: Freshness, read: Callable[[Reply], R]
    ) -> Observed[R]:
        """What is made of the answer to a question that is no JSON. Raises `SourceFailure`."""

        async def fetch() -> R:
            return read(await self.client.document(question))

        return await self._read(question, freshness, fetch)

    def is_fresh(self, question: Question, freshness: Freshness) -> bool:
        """Whether a remembered answer would do for a question."""
        kept = self.gate.kept(question.key)
        now = self.clock.monotonic()
        return kept is not None and not kept.stale and freshness.accepts(kept.monotonic, now, question.ttl)

    async def know(self, *areas: Area, freshness: Freshness) -> Abilities:
        """The abilities, with these areas found out.

        Raises `SourceFailure` when they are not known and cannot be found
        out; abilities known from before an outage go on until then.
        """
        begun = self.clock.monotonic() if freshness.since is None else freshness.since
        if not self._is_known(areas):
            async with self._lock:
                if not self._is_known(areas):
                    await self._explore(areas, begun, freshness)
        assert self.abilities is not None  # noqa: S101 - exploring ends with abilities or a failure
        return self.abilities

    def frame(self, observed: Observed[Any]) -> Frame:
        """The frame for the records of an answer."""
        return Frame(self.settings.key, observed.at, self.diagnostics)

    def condition(self) -> SourceCondition:
        """How the server is doing; one that answers but cannot be used is degraded."""
        self.gate.health.data_trouble = self.diagnostics.has_quarantined
        condition = self.gate.condition()
        failure = self._probe.failure
        usable = condition.status not in (SourceStatus.UP, SourceStatus.STARTING)
        if failure is None or usable:
            return condition
        return replace(
            condition, status=SourceStatus.DEGRADED, failure_code=failure.code, failure=str(failure)
        )

    def renew_probe(self) -> None:
        """Find the abilities out again when they are next needed, if they are an hour old."""
        if self.clock.monotonic() - self._probe.done_at >= PROBE_LASTS:
            self._probe.outdated = True

    async def close(self) -> None:
        """End calls in flight and connections."""
        await self.gate.close()
        await self.client.close()

    async def _read(
        self, question: Question, freshness: Freshness, fetch: Callable[[], Awaitable[Any]]
    ) -> Observed[Any]:
        reason = self.abilities.lacking(question.function) if self.abilities else None
        if reason is not None:
            kind = Forbidden if "licence" in reason else Unsupported
            raise kind(source=self.settings.key, endpoint=question.function, detail=reason)
        try:
            return await self._ask(question, freshness, fetch)
        except SourceFailure as failure:
            self._learn(question.function, failure.vendor_code)
            raise

    async def _ask(
        self, question: Question, freshness: Freshness, fetch: Callable[[], Awaitable[Any]]
    ) -> Observed[Any]:
        call = Call(key=question.key, endpoint=question.endpoint, ttl=question.ttl, fetch=fetch)
        return await self.gate.read(call, freshness)

    def _is_known(self, areas: tuple[Area, ...]) -> bool:
        known = self.abilities is not None and self.abilities.known.issuperset(areas)
        return known and not self._probe.outdated

    async def _explore(self, areas: tuple[Area, ...], begun: float, freshness: Freshness) -> None:
        probe = self._probe
        if probe.failure and probe.failed_at is not None and probe.failed_at >= begun:
            return self._explored_in_vain(areas, probe.failure)
        again = self.abilities is None or probe.outdated
        before = Abilities() if again or self.abilities is None else self.abilities
        wanted = {*areas, *(self.abilities.known if again and self.abilities else ())}
        try:
            found = await self._find_out(before, wanted - before.known, again=again, freshness=freshness)
        except SourceFailure as failure:
            probe.failure, probe.failed_at = failure, self.clock.monotonic()
            self.on_change()
            return self._explored_in_vain(areas, failure)
        if again:
            probe.done_at, probe.outdated = self.clock.monotonic(), False
        probe.failure = None
        changed, self.abilities = found != self.abilities, found
        if changed:
            self.on_change()
        return None

    def _explored_in_vain(self, areas: tuple[Area, ...], failure: SourceFailure) -> None:
        if self.abilities is None or not self.abilities.known.issuperset(areas):
            raise failure

    async def _find_out(
        self, abilities: Abilities, areas: set[Area], *, again: bool, freshness: Freshness
    ) -> Abilities:
        async def ask(question: Question) -> Payload:
            answer = await self._ask(question, freshness, lambda: self.client.payload(question))
            if answer.failure is not None:
                raise answer.failure
            payload: Payload = answer.value
            return payload

        if again:
            await choose_version(self.client, self.settings, ask)
        for area, explore in explorers(self.settings.user, self.diagnostics).items():
            if area in areas:
                abilities = await explore(abilities, ask)
        return abilities

    def _learn(self, function: str, vendor_code: str | None) -> None:
        """What a refusal says about the abilities; they hold until the next probe."""
        if vendor_code in WRONG_VERSION:
            self._probe.outdated = True
        if self.abilities is None or vendor_code not in NOT_ALLOWED | NOT_THERE:
            return
        old = vendor_code in NOT_THERE
        reason = "the server does not know this function" if old else licence_reason(function)
        self.abilities = self.abilities.without(function, reason)
        if old and self.clock.monotonic() - self._probe.done_at >= PROBE_PAUSE:
            self._probe.outdated = True
        self.on_change()

    def _judged(self) -> None:
        condition = self.gate.condition()
        before, now = self._condition, (condition.status, condition.failure_code)
        self._condition = now
        if before is not None and before[0] is SourceStatus.DOWN and now[0] is not SourceStatus.DOWN:
            self._probe.outdated = self.abilities is not None
        if before != now:
            self.on_change()


def _policy(settings: CWorkSettings) -> GatePolicy:
    pace = BudgetPolicy(per_second=settings.calls_per_second, burst=max(10, settings.concurrency))
    return GatePolicy(concurrency=settings.concurrency, deadline=settings.timeouts.total + 5.0, budget=pace)
