"""What the gate remembers per question: the last good answer, and the last failure with its time. Pure."""

import math
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from floorgraph.vendors.failures import AuthRequired, BreakerOpen, SourceFailure
from floorgraph.vendors.gate.call import Call, Freshness, Observed

V = TypeVar("V")


def is_lasting(failure: SourceFailure) -> bool:
    """Whether a failure is the vendor's answer itself, so that an older answer does not count any more."""
    return not (failure.counts_against_source or failure.retryable or isinstance(failure, AuthRequired))


@dataclass(slots=True)
class Memory:
    """At most `capacity` answers and as many failures; the least recently used go first.

    For `pause` seconds after a failure, or the age that a reader accepts if
    that is less, a question is not asked again: a failing server is not
    asked once per reader.
    """

    capacity: int
    pause: float
    answers: OrderedDict[str, Observed[Any]] = field(default_factory=OrderedDict)
    failures: OrderedDict[str, tuple[SourceFailure, float]] = field(default_factory=OrderedDict)

    def knows(self, key: str) -> bool:
        """Whether anything is remembered of a question."""
        return key in self.answers or key in self.failures

    def recall(self, call: Call[Any], freshness: Freshness, now: float) -> Observed[Any] | None:
        """The answer that will do without a call, or None. Raises the `SourceFailure` of a moment ago."""
        kept = self.answers.get(call.key)
        if kept is not None and not kept.stale and freshness.accepts(kept.monotonic, now, call.ttl):
            self.answers.move_to_end(call.key)
            return kept
        failure, at = self.failures.get(call.key, (None, 0.0))
        if failure is None or not freshness.spares(at, now, call.ttl, self.pause):
            return None
        if kept is None or is_lasting(failure):
            raise failure.with_traceback(None)
        return kept

    def keep(self, key: str, answer: Observed[Any]) -> None:
        """Remember a good answer."""
        self.failures.pop(key, None)
        self._put(self.answers, key, answer)

    def fail(self, key: str, failure: SourceFailure, now: float) -> None:
        """Remember that a question was asked in vain."""
        _release_frames(failure)
        self._put(self.failures, key, (failure, now))

    def last_known(self, key: str, failure: SourceFailure) -> Observed[Any] | None:
        """The last good answer with the failure beside it, or None when it does not count any more.

        The same object as before as long as it fails in the same way, so that what was
        derived from it stays valid.
        """
        kept = self.answers.get(key)
        if kept is None or is_lasting(failure):
            return None
        known = kept.failure
        if known is None or not (isinstance(failure, BreakerOpen) or type(known) is type(failure)):
            kept = replace(kept, failure=failure)
            self._put(self.answers, key, kept)
        return kept

    def forget(self, key: str) -> None:
        """Remember nothing about a question."""
        self.answers.pop(key, None)
        self.failures.pop(key, None)

    def outdate(self, key: str) -> None:
        """Let a remembered answer stand only where no younger one is to be had, and then as stale."""
        kept = self.answers.get(key)
        if kept is not None:
            self.answers[key] = replace(kept, monotonic=-math.inf)
        self.failures.pop(key, None)

    def _put(self, table: "OrderedDict[str, V]", key: str, value: V) -> None:
        if key in table:
            table.move_to_end(key)
        table[key] = value
        if len(table) > self.capacity:
            table.popitem(last=False)


def _release_frames(failure: BaseException) -> None:
    """Drop the way to local variables behind a failure: requests and credentials must not live on."""
    current: BaseException | None = failure
    for _ in range(16):
        if current is None:
            return
        current.__traceback__ = None
        current = current.__cause__ or current.__context__
