"""The gateway as the adapter's parts see it: questions, and what can be asked and afforded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from floorgraph.model.source import BudgetState, SourceCondition, SourceStatus
from floorgraph.model.time import Clock
from floorgraph.vendors.cloudnest.client import CONNECTIONS, Client, Payload
from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS
from floorgraph.vendors.cloudnest.grants import Grants
from floorgraph.vendors.cloudnest.haste import Haste, affordable_polls
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.pace import lifetime
from floorgraph.vendors.cloudnest.settings import BEIJING_ZONE, CloudNestSettings, zone_named
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import BudgetExhausted, RateLimited, SourceFailure
from floorgraph.vendors.gate import BudgetPolicy, Call, Derivations, Freshness, Gate, GatePolicy, Observed
from floorgraph.vendors.http import Form
from floorgraph.vendors.ledger import Ledger

RETRY_STALE = 60.0
"""Seconds for which a question that failed is not asked again: every attempt costs a call of the day."""
NEGLIGIBLE_SKEW = 5.0
"""Seconds; the Date header has whole seconds, and answers take their time."""
FLOOR = 0.9
"""Share of the affordable interval within which a poll is served by the last answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A read; two with the same endpoint and body are the same. `calls` is how many make one full answer."""

    endpoint: str
    body: Mapping[str, Any] = field(default_factory=dict)
    wanted: float = 60.0
    calls: int = 1

    @property
    def key(self) -> str:
        """What the gate knows it by."""
        return f"{self.endpoint} {msgspec.json.encode(self.body).decode()}"


class Gateway:
    """One account at the vendor's gateway. `on_change` is called when its condition may have changed."""

    def __init__(self, settings: CloudNestSettings, diagnostics: Diagnostics, tools: SourceTools) -> None:
        self.settings = settings
        self.clock: Clock = tools.clock
        self.diagnostics = diagnostics
        self.derived = Derivations()
        self.haste = Haste()
        self.grants = Grants(settings)
        self.client = Client(settings, tools.clock)
        self.gate = Gate(settings.key, _policy(settings), clock=tools.clock, sleep=tools.sleep)
        self.gate.on_outcome = self._after_call
        self.on_change: Callable[[], None] = lambda: None
        self._ledger = Ledger(tools.state_dir, settings.key)
        self.gate.restore_budgets(self._ledger.load())
        self._shown: tuple[SourceStatus, str | None] | None = None
        self._zone = zone_named(settings.zone)

    async def read(self, question: Question, freshness: Freshness) -> Observed[Payload]:
        """The answer to a question. Raises `SourceFailure`, without a call where that is known before."""
        name = question.endpoint
        self.grants.require(name, self.clock.monotonic())
        ttl = lifetime(self.settings, name, question.wanted, question.calls)
        call = Call(question.key, name, ttl, lambda: self.client.ask(name, question.body))
        try:
            observed = await self.gate.read(call, freshness)
        except SourceFailure as failure:
            self._learn(name, failure)
            raise
        if observed.failure is None:
            self._learn(name, None)
        return observed

    async def write(self, name: str, body: Mapping[str, Any] | Form, affects: Callable[[str], bool]) -> Any:
        """Send a command, once; see `Gate.write`. What it `affects` is asked for afresh from now on."""
        self.grants.require(name, self.clock.monotonic())
        call = Call(f"{name} command", name, 0.0, lambda: self.client.command(name, body))
        try:
            answer = await self.gate.write(call, affects)
        except SourceFailure as failure:
            self._learn(name, failure)
            raise
        self._learn(name, None)
        return answer

    def outdate(self, affects: Callable[[str], bool]) -> None:
        """Let nothing that was remembered, or is under way, answer these questions from now on."""
        for key in [key for key in (*self.gate.kept_keys(), *self.gate.keys_under_way()) if affects(key)]:
            self.gate.outdate(key)

    async def fresh(self, question: Question, freshness: Freshness) -> Observed[Payload]:
        """As `read`, for polls: at most as often as the quota allows, and a stale answer is the failure."""
        observed = await self.read(question, self.spared(question.endpoint, question.calls, freshness))
        if observed.failure is not None:
            raise observed.failure
        return observed

    def hasten(self, names: Iterable[str], jobs: Iterable[int]) -> None:
        """After a command: let polls ask some endpoints sooner, as far as their quotas can bear it."""
        concerned = frozenset(jobs)
        for name in names:
            per_day, _, reserve = self.settings.limits(name)
            polls = affordable_polls(self.calls_left(name) or 0, per_day * reserve)
            self.haste.grant(name, polls, concerned)

    def spared(self, name: str, calls: int, freshness: Freshness) -> Freshness:
        """A freshness that does not spend more than polling can afford, whoever comes and goes."""
        if freshness.max_age == 0.0 and self.haste.spend(name):
            return freshness
        return replace(freshness, max_age=max(self.floor(name, calls), freshness.max_age or 0.0))

    def floor(self, name: str, calls: int) -> float:
        """Least seconds between two polls of so many calls each."""
        return FLOOR * self.affordable(name, calls)

    def affordable(self, name: str, calls: int = 1) -> float:
        """Seconds between polls at which the rest of the day's calls last to its end."""
        _, per_second, _ = self.settings.limits(name)
        return max(calls / per_second, self.gate.affordable_interval(name, calls))

    def frame(self, at: datetime, *, machines: bool = False) -> Frame:
        """The frame for the records of an answer; answers about machines heed the configured zone."""
        zone = self._zone if machines else BEIJING_ZONE
        return Frame(self.settings.key, at, self.diagnostics, zone)

    def vendor_now(self) -> datetime:
        """The time by the gateway's clock, as far as it is known: what its days and periods go by."""
        skew = self.client.skew or 0.0
        return self.clock.now() + timedelta(seconds=skew if abs(skew) > NEGLIGIBLE_SKEW else 0.0)

    def now(self, freshness: Freshness) -> Freshness:
        """What is observed from now on is fresh enough, so that no read makes the same call twice."""
        return freshness if freshness.since is not None else replace(freshness, since=self.clock.monotonic())

    def budgets(self) -> list[BudgetState]:
        """The budget of every endpoint that can be asked."""
        for name in ENDPOINTS:
            if self.settings.path(name) is not None and self.settings.offers(ENDPOINTS[name].api):
                self.gate.affordable_interval(name, 1)
        return self.gate.budgets()

    def calls_left(self, name: str) -> int | None:
        """Calls that an endpoint's quota has left today; None without a limit."""
        found = next((one for one in self.gate.budgets() if one.endpoint == name), None)
        if found is None:
            return self.settings.limits(name)[0]
        return None if found.limit is None else max(0, found.limit - found.used)

    def condition(self) -> SourceCondition:
        """How the gateway is doing; one that answers but refuses what is configured is degraded."""
        self._forget_what_is_over()
        self.gate.health.data_trouble = self.diagnostics.has_quarantined
        condition = self.gate.condition()
        trouble = self.grants.trouble()
        if trouble is None or condition.status not in (SourceStatus.UP, SourceStatus.STARTING):
            return condition
        return replace(
            condition, status=SourceStatus.DEGRADED, failure_code=trouble.code, failure=str(trouble)
        )

    def review(self) -> None:
        """Look at the condition anew and say when it changed."""
        condition = self.condition()
        shown = (condition.status, condition.failure_code)
        if shown != self._shown:
            self._shown = shown
            self.on_change()

    def inherit(self, former: "Gateway") -> None:
        """Count on where another gateway stands, when both are of the same account at the same address."""
        account = (self.settings.base_url, self.settings.app_id)
        if account == (former.settings.base_url, former.settings.app_id):
            self.gate.inherit(former.gate)

    async def close(self) -> None:
        """End calls in flight and connections, and keep the counters."""
        await self.gate.close()
        await self.client.close()
        self._ledger.save(self.gate.saved_budgets())

    def _after_call(self) -> None:
        self._ledger.save(self.gate.saved_budgets())
        self.review()

    def _learn(self, name: str, failure: SourceFailure | None) -> None:
        if self.grants.learn(name, failure, self.clock.monotonic()):
            self.on_change()

    def _forget_what_is_over(self) -> None:
        """A quota that has begun anew, or a pause that is over, is no trouble although nobody asked since."""
        now, troubles = self.clock.now(), self.gate.health.troubles
        for name, trouble in list(troubles.items()):
            if isinstance(trouble.failure, BudgetExhausted | RateLimited):
                wait = timedelta(seconds=trouble.failure.retry_after or 600.0)
                if now >= trouble.since + wait:
                    del troubles[name]


def _policy(settings: CloudNestSettings) -> GatePolicy:
    budgets = {name: _budget(settings, name) for name in ENDPOINTS}
    bounds = settings.timeouts.options(CONNECTIONS)
    return GatePolicy(
        concurrency=CONNECTIONS,
        deadline=bounds.total + 10.0,
        patience=bounds.total,
        least=bounds.least,
        retries=1,
        retry_stale=RETRY_STALE,
        budgets=budgets,
    )


def _budget(settings: CloudNestSettings, name: str) -> BudgetPolicy:
    per_day, per_second, reserve = settings.limits(name)
    return BudgetPolicy(
        per_second=per_second,
        burst=1,
        per_day=per_day,
        reserve=reserve,
        day_offset=timedelta(hours=settings.quota_utc_offset_hours),
    )
