"""How a source is doing, judged from the outcome of its calls. Pure; time is passed in.

One failure marks nothing, two in a row mark the source degraded, three mark
it down, one success brings it back. A source that was never heard from is
down at its first failure.
"""

from dataclasses import dataclass, field
from datetime import datetime

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.vendors.failures import AuthRequired, BudgetExhausted, RateLimited, SourceFailure

DEGRADED_AFTER = 2
DOWN_AFTER = 3


@dataclass(slots=True)
class Trouble:
    """A run of failures of one endpoint class."""

    since: datetime
    failure: SourceFailure
    count: int = 0


@dataclass(slots=True)
class Health:
    """The judgement over one source."""

    last_answer_at: datetime | None = None
    troubles: dict[str, Trouble] = field(default_factory=dict)
    data_trouble: bool = False

    def succeeded(self, endpoint: str, at: datetime) -> None:
        """An endpoint class answered."""
        self.last_answer_at = at
        self.troubles.pop(endpoint, None)

    def failed(self, endpoint: str, failure: SourceFailure, at: datetime) -> None:
        """A call failed in a way that speaks against the source."""
        trouble = self.troubles.setdefault(endpoint, Trouble(at, failure))
        trouble.failure = failure
        trouble.count += 1

    def condition(self, next_attempt_at: datetime | None = None) -> SourceCondition:
        """The judgement now; `next_attempt_at` comes from the breakers."""
        status = self._status()
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

    def _status(self) -> SourceStatus:
        failures = [trouble.failure for trouble in self.troubles.values()]
        if any(isinstance(failure, AuthRequired) for failure in failures):
            return SourceStatus.AUTH_REQUIRED
        if any(isinstance(failure, RateLimited | BudgetExhausted) for failure in failures):
            return SourceStatus.PAUSED
        if self.last_answer_at is None:
            return SourceStatus.DOWN if failures else SourceStatus.STARTING
        return self._by_count()

    def _by_count(self) -> SourceStatus:
        latest = self.last_answer_at
        counts = [trouble.count for trouble in self.troubles.values()]
        silent = bool(self.troubles) and all(
            latest is not None and trouble.since >= latest for trouble in self.troubles.values()
        )
        if max(counts, default=0) >= DOWN_AFTER and silent:
            return SourceStatus.DOWN
        if max(counts, default=0) >= DEGRADED_AFTER or self.data_trouble:
            return SourceStatus.DEGRADED
        return SourceStatus.UP
