"""A call that was admitted, and what its outcome means for the next ones."""

from dataclasses import dataclass
from typing import Final

import structlog

from floorgraph.model.time import Clock
from floorgraph.vendors.failures import AuthRequired, RateLimited, SourceFailure, VendorFailure
from floorgraph.vendors.gate.breaker import Breaker

log = structlog.get_logger("floorgraph.vendors")

AUTH_PAUSE: Final = 300.0
"""Seconds between attempts with credentials that were refused: vendors lock users out."""
RETRY_AFTER_BOUNDS: Final = (1.0, 3600.0)
"""Seconds that a vendor may ask to wait; what we reckon ourselves may be longer."""


@dataclass(slots=True)
class Admitted:
    """What a call that is being sent tells of its end, exactly once.

    Nothing of a single call is in it but whether it is a trial: all that are none share one.
    """

    own: Breaker
    whole: Breaker
    own_trial: bool
    whole_trial: bool
    clock: Clock
    absurd: set[str | None]
    """Endpoint classes whose vendor asked for times to wait that cannot be meant."""

    def succeeded(self, now: float) -> None:
        """The vendor answered, at a monotonic time."""
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
            self.succeeded(now)
            return
        self.whole.withdrawn(trial=self.whole_trial)
        told = isinstance(failure, RateLimited | VendorFailure) and failure.retry_after is not None
        if not isinstance(failure, RateLimited):
            self.own.failed(now, trial=self.own_trial)
        elif not told:
            self.own.limited(now, trial=self.own_trial)
        if told:
            # The longer of this wait and of our own: a server that is broken may ask for a second for ever.
            self.own.hold(now + self._bounded(failure))

    def _bounded(self, failure: SourceFailure) -> float:
        """Seconds to wait; within bounds and told to the log, once per class, where they cannot be meant."""
        (low, high), asked = RETRY_AFTER_BOUNDS, failure.retry_after or 0.0
        if failure.reckoned:
            return max(low, asked)
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
