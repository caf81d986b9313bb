"""How a source is doing, judged from the outcome of its calls. Pure; time is passed in.

One failure marks nothing, two in a row mark the source degraded, three mark
it down unless another endpoint class still answers; one success brings it
back. A source that was never heard from is down at its first failure.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.vendors.failures import AuthRequired, BudgetExhausted, RateLimited, SourceFailure

DEGRADED_AFTER = 2
DOWN_AFTER = 3
WITNESS_FOR = timedelta(minutes=10)
"""How long an answer of one endpoint class speaks for a server whose other classes fail."""


@dataclass(slots=True)
class Trouble:
    """A run of failures of one endpoint class."""

    since: datetime
    failure: SourceFailure
    count: int = 0


@dataclass(slots=True)
class Health:
    """The judgement over one source.

    `data_trouble` is set by the source while records are left out.
    """

    answered: dict[str, datetime] = field(default_factory=dict)
    troubles: dict[str, Trouble] = field(default_factory=dict)
    data_trouble: bool = False

    @property
    def last_answer_at(self) -> datetime | None:
        """When any endpoint class last answered."""
        return max(self.answered.values(), default=None)

    def succeeded(self, endpoint: str, at: datetime) -> None:
        """An endpoint class answered."""
        self.answered[endpoint] = at
        self.troubles.pop(endpoint, None)

    def failed(self, endpoint: str, failure: SourceFailure, at: datetime) -> None:
        """A read failed in a way that speaks against the source."""
        trouble = self.troubles.setdefault(endpoint, Trouble(at, failure))
        trouble.failure = failure
        trouble.count += 1

    def condition(self, now: datetime, next_attempt_at: datetime | None = None) -> SourceCondition:
        """The judgement now; `next_attempt_at` comes from the breakers."""
        status = self._status(now)
        worst = max(self.troubles.values(), key=lambda trouble: trouble.count, default=None)
        failing = worst is not None and status is not SourceStatus.UP
        return SourceCondition(
            status=status,
            failing_since=min(t.since for t in self.troubles.values()) if failing else None,
            next_attempt_at=next_attempt_at if failing else None,
            failure_code=worst.failure.code if failing and worst else None,
            failure=str(worst.failure) if failing and worst else None,
            last_answer_at=self.last_answer_at,
        )

    def _status(self, now: datetime) -> SourceStatus:
        failures = [trouble.failure for trouble in self.troubles.values()]
        if any(isinstance(failure, AuthRequired) for failure in failures):
            return SourceStatus.AUTH_REQUIRED
        if any(isinstance(failure, RateLimited | BudgetExhausted) for failure in failures):
            return SourceStatus.PAUSED
        if not self.answered:
            return SourceStatus.DOWN if failures else SourceStatus.STARTING
        return self._by_count(now)

    def _by_count(self, now: datetime) -> SourceStatus:
        worst = max(self.troubles.values(), key=lambda trouble: trouble.count, default=None)
        if worst is not None and worst.count >= DOWN_AFTER and not self._has_witness(worst, now):
            return SourceStatus.DOWN
        if (worst is not None and worst.count >= DEGRADED_AFTER) or self.data_trouble:
            return SourceStatus.DEGRADED
        return SourceStatus.UP

    def _has_witness(self, worst: Trouble, now: datetime) -> bool:
        """Whether an endpoint class answered since the trouble began, lately, and does not fail itself."""
        return any(
            endpoint not in self.troubles and worst.since < at and now - at < WITNESS_FOR
            for endpoint, at in self.answered.items()
        )
