"""The server as the adapter's parts see it: questions through the gate, and what is not there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.vendors.authentise.client import Client, Page
from floorgraph.vendors.authentise.errors import FILTER, SORT
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.reliance import relied_on
from floorgraph.vendors.authentise.settings import AuthentiseSettings
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import (
    BadRequest,
    BudgetExhausted,
    Forbidden,
    NotFound,
    SourceFailure,
    Unsupported,
)
from floorgraph.vendors.gate import BudgetPolicy, Call, Freshness, Gate, GatePolicy, Observed
from floorgraph.vendors.ledger import Ledger

T = TypeVar("T")

API = "api"
"""The one endpoint class: the vendor limits the tenant, not a resource."""
OFF_FOR = 900.0
"""Seconds after which a resource that was refused is tried again."""
REMEMBERED = 256
"""Answers that the gate keeps; rows are kept on shelves."""


@dataclass(frozen=True, slots=True)
class Off:
    """Why a resource is not there, and until when that is believed (monotonic)."""

    reason: str
    until: float


@dataclass
class Customs:
    """What this server was found not to take, so that it is not asked like that again."""

    unsortable: set[str] = field(default_factory=set)
    unflagged: set[str] = field(default_factory=set)
    without_updated: set[str] = field(default_factory=set)

    def adapted(self, query: ListQuery) -> ListQuery:
        """The question in a form that the server takes."""
        if query.resource in self.unsortable:
            query = replace(query, sort=None)
        if query.resource in self.unflagged:
            flags = relied_on(query.resource).flags
            query = replace(query, filters=tuple(one for one in query.filters if one not in flags))
        return query

    def learns(self, query: ListQuery, refusal: BadRequest) -> bool:
        """Take note of a refusal. True when the question can be put in another form."""
        flags = relied_on(query.resource).flags
        if refusal.vendor_code in SORT and query.sort is not None:
            self.unsortable.add(query.resource)
            return True
        if refusal.vendor_code not in FILTER:
            return False
        if any(one in flags for one in query.filters):
            self.unflagged.add(query.resource)
            return True
        if any(name == "updated>" for name, _ in query.filters):
            self.without_updated.add(query.resource)
        return False


class Server:
    """One Authentise tenant. `on_change` is called when condition or capabilities may have changed."""

    def __init__(self, settings: AuthentiseSettings, diagnostics: Diagnostics, tools: SourceTools) -> None:
        self.settings = settings
        self.clock = tools.clock
        self.diagnostics = diagnostics
        self.client = Client(settings, tools.clock, self.count_further)
        self.gate = Gate(settings.key, _policy(settings), clock=tools.clock, sleep=tools.sleep)
        self.gate.on_outcome = self._after_call
        self._ledger = Ledger(tools.state_dir, settings.key)
        self.gate.restore_budgets(self._ledger.load())
        self.on_change: Callable[[], None] = lambda: None
        self.customs = Customs()
        self.features: dict[str, bool] = {}
        """The vendor's feature switches, as far as they were read."""
        self._off: dict[str, Off] = {}
        self._condition: tuple[SourceStatus, str | None] | None = None

    async def page(self, query: ListQuery, freshness: Freshness) -> Observed[Page]:
        """One page of a list. Raises `SourceFailure`, also instead of an older answer."""
        while True:
            asked = self.customs.adapted(query)
            try:
                return await self._read(asked.key, partial(self.client.page, asked), freshness)
            except BadRequest as refusal:
                if not self.customs.learns(asked, refusal):
                    raise

    async def item(
        self, resource: str, name: str | None, freshness: Freshness, ttl: float = 0.0
    ) -> Observed[dict[str, Any]]:
        """One record, or what a path without records answers. Raises `SourceFailure`."""
        key = f"/{resource}/{name or ''}"
        return await self._read(key, lambda: self.client.item(resource, name), freshness, ttl)

    async def describe(self, resource: str) -> dict[str, Any]:
        """What the server says about a resource's fields. Raises `SourceFailure`."""
        observed = await self._read(
            f"OPTIONS /{resource}/", lambda: self.client.describe(resource), Freshness(max_age=0)
        )
        return observed.value

    def vendor_now(self) -> datetime:
        """The time by the vendor's clock, as far as its answers tell."""
        return self.clock.now() + timedelta(seconds=self.client.clock_skew or 0.0)

    def off(self, resource: str) -> str | None:
        """Why a resource is not there; None when it is, or may be."""
        feature = relied_on(resource).feature
        if feature is not None and self.features.get(feature) is False:
            return f"the feature '{feature}' is switched off"
        found = self._off.get(resource)
        if found is None or self.clock.monotonic() >= found.until:
            return None
        return found.reason

    def learn_absence(self, resource: str, failure: SourceFailure) -> bool:
        """Whether a failure means that the tenant lacks the resource, and not that something broke."""
        lacking = isinstance(failure, Forbidden | NotFound | Unsupported)
        if not lacking or (relied_on(resource).core and not isinstance(failure, Forbidden)):
            return False
        fresh = self.off(resource) is None
        self._off[resource] = Off(failure.detail, self.clock.monotonic() + OFF_FOR)
        if fresh:
            self.on_change()
        return True

    def forget_absences(self) -> None:
        """Try everything again that was refused."""
        self._off.clear()

    def condition(self) -> SourceCondition:
        """How the server is doing."""
        self.gate.health.data_trouble = self.diagnostics.has_quarantined
        return self.gate.condition()

    def review(self) -> None:
        """Look at the condition anew and say when it changed."""
        condition = self.condition()
        before, now = self._condition, (condition.status, condition.failure_code)
        self._condition = now
        if before != now:
            self.on_change()

    def count_further(self, endpoint: str) -> None:
        """Count a call that goes beside the gate: a login, a second attempt, a document.

        It is sent at once, and those after it wait for the pace. Raises `BudgetExhausted` when the day's
        calls are used up.
        """
        budget, wall = self.gate.admission.budget(API), self.clock.now()
        until = budget.exhausted(wall)
        if until is not None:
            raise BudgetExhausted(
                source=self.settings.key,
                endpoint=endpoint,
                detail=f"the day's calls are used up until {until:%Y-%m-%d %H:%M} UTC",
                retry_after=(until - wall).total_seconds(),
            )
        budget.take(self.clock.monotonic(), wall)
        self._ledger.save(self.gate.saved_budgets())

    async def close(self) -> None:
        """End calls in flight and connections, and keep the counters."""
        await self.gate.close()
        await self.client.close()
        self._ledger.save(self.gate.saved_budgets())

    def _after_call(self) -> None:
        self._ledger.save(self.gate.saved_budgets())
        self.review()

    async def _read(
        self, key: str, fetch: Callable[[], Awaitable[T]], freshness: Freshness, ttl: float = 0.0
    ) -> Observed[T]:
        observed = await self.gate.read(Call(key=key, endpoint=API, ttl=ttl, fetch=fetch), freshness)
        if observed.failure is not None:
            raise observed.failure
        return observed


def _policy(settings: AuthentiseSettings) -> GatePolicy:
    pace = BudgetPolicy(
        per_second=settings.calls_per_second,
        burst=max(10, settings.concurrency),
        per_day=settings.calls_per_day,
    )
    bounds = settings.timeouts.options(settings.concurrency)
    return GatePolicy(
        concurrency=settings.concurrency,
        deadline=bounds.total * 2 + 5.0,
        patience=bounds.total,
        least=bounds.least,
        budget=pace,
        remembered=REMEMBERED,
    )
