"""The server as the adapter's parts see it: put a question through the gate, and know what can be asked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.cwork.abilities import Abilities, Area
from floorgraph.vendors.cwork.client import Client
from floorgraph.vendors.cwork.knowledge import Knowledge
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import Question
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import BudgetPolicy, Call, Derivations, Freshness, Gate, GatePolicy, Observed
from floorgraph.vendors.http import Reply

R = TypeVar("R")


class Server:
    """One CWork server. `on_change` is called when condition or abilities may have changed."""

    def __init__(self, settings: CWorkSettings, diagnostics: Diagnostics, tools: SourceTools) -> None:
        self.settings = settings
        self.clock = clock = tools.clock
        self.diagnostics = diagnostics
        self.derived = Derivations()
        self.client = Client(settings, diagnostics, clock)
        self.gate = Gate(settings.key, _policy(settings), clock=clock, sleep=tools.sleep)
        self.gate.on_outcome = self.review
        self.on_change: Callable[[], None] = lambda: None
        self._knowledge = Knowledge(
            settings,
            self.client,
            diagnostics,
            clock,
            ask=self._ask,
            forget=lambda question: self.gate.forget(question.key),
        )
        self._knowledge.on_change = lambda: self.on_change()
        self._condition: tuple[SourceStatus, str | None] | None = None

    @property
    def abilities(self) -> Abilities | None:
        """What the server can do, as far as it is known."""
        return self._knowledge.abilities

    async def know(self, *areas: Area, freshness: Freshness) -> Abilities:
        """The abilities, with these areas found out. Raises `SourceFailure` when that is not possible."""
        return await self._knowledge.get(frozenset(areas), freshness)

    async def read(self, question: Question, freshness: Freshness) -> Observed[Payload]:
        """The answer to a question about something the server is known or thought to have.

        Raises `SourceFailure`, without a call where the abilities exclude the answer.
        """
        return await self._read(question, lambda: self._ask(question, freshness))

    async def read_as(
        self, question: Question, freshness: Freshness, read: Callable[[Reply], R]
    ) -> Observed[R]:
        """What is made of the answer to a question that is no JSON. Raises `SourceFailure`."""

        async def fetch() -> R:
            return read(await self.client.document(question))

        return await self._read(question, lambda: self._through_gate(question, freshness, fetch))

    def is_fresh(self, question: Question, freshness: Freshness) -> bool:
        """Whether a remembered answer would do for a question."""
        kept = self.gate.kept(question.key)
        now = self.clock.monotonic()
        return kept is not None and not kept.stale and freshness.accepts(kept.monotonic, now, question.ttl)

    def frame(self, observed: Observed[Any]) -> Frame:
        """The frame for the records of an answer."""
        return Frame(self.settings.key, observed.at, self.diagnostics)

    def condition(self) -> SourceCondition:
        """How the server is doing; one that answers but cannot be used is degraded."""
        self.gate.health.data_trouble = self.diagnostics.has_quarantined
        condition = self.gate.condition()
        failure = self._knowledge.failure
        if failure is None or condition.status not in (SourceStatus.UP, SourceStatus.STARTING):
            return condition
        return replace(
            condition, status=SourceStatus.DEGRADED, failure_code=failure.code, failure=str(failure)
        )

    def review(self) -> None:
        """Look at the condition anew, after a call or after records were read, and say when it changed."""
        condition = self.condition()
        before, now = self._condition, (condition.status, condition.failure_code)
        self._condition = now
        if before is not None and before[0] is SourceStatus.DOWN and now[0] is not SourceStatus.DOWN:
            self._knowledge.outdate()
        if before != now:
            self.on_change()

    def learn(self, function: str, failure: SourceFailure) -> None:
        """Draw from a refused command what it says about the abilities."""
        self._knowledge.learn(function, failure.vendor_code)

    def renew_probe(self) -> None:
        """Find the abilities out again when they are next needed, if they are an hour old."""
        self._knowledge.renew()

    async def close(self) -> None:
        """End calls in flight and connections."""
        await self.gate.close()
        await self.client.close()

    async def _read(self, question: Question, ask: Callable[[], Awaitable[Observed[R]]]) -> Observed[R]:
        reason = self.abilities.lacking(question.function) if self.abilities else None
        if self.abilities and reason is not None:
            forbidden = question.function in self.abilities.forbidden
            meaning = Forbidden if forbidden else Unsupported
            raise meaning(source=self.settings.key, endpoint=question.function, detail=reason)
        try:
            return await ask()
        except SourceFailure as failure:
            self._knowledge.learn(question.function, failure.vendor_code)
            raise

    async def _ask(self, question: Question, freshness: Freshness) -> Observed[Payload]:
        return await self._through_gate(question, freshness, lambda: self.client.payload(question))

    async def _through_gate(
        self, question: Question, freshness: Freshness, fetch: Callable[[], Awaitable[R]]
    ) -> Observed[R]:
        call = Call(key=question.key, endpoint=question.endpoint, ttl=question.ttl, fetch=fetch)
        return await self.gate.read(call, freshness)


def _policy(settings: CWorkSettings) -> GatePolicy:
    pace = BudgetPolicy(per_second=settings.calls_per_second, burst=max(10, settings.concurrency))
    bounds = settings.timeouts.options(settings.concurrency)
    return GatePolicy(
        concurrency=settings.concurrency,
        deadline=bounds.total + 5.0,
        patience=bounds.total,
        least=bounds.least,
        budget=pace,
    )
