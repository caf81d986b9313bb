"""Haste: what polls may ask sooner than their pace, because a command may have changed it. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

POLLS: Final = 4
"""Most polls after one command that ask an endpoint sooner than its pace: the vendor may take a while until
its lists show what it said to have done."""
SHARE: Final = 0.01
"""Share of what polling has left of a day's calls that these may cost."""


def affordable_polls(calls_left: int, kept_for_queries: float) -> int:
    """How many polls after a command may ask an endpoint again, by what its day has left."""
    return max(0, min(POLLS, int((calls_left - kept_for_queries) * SHARE)))


@dataclass(slots=True)
class Haste:
    """What commands were about, by endpoint, until polls have asked for it often enough."""

    _polls: dict[str, int] = field(default_factory=dict)
    _jobs: dict[str, dict[int, int]] = field(default_factory=dict)

    def grant(self, endpoint: str, polls: int, jobs: Iterable[int] = ()) -> None:
        """Let so many polls ask an endpoint again, and about these jobs before others."""
        self._polls[endpoint] = max(polls, self._polls.get(endpoint, 0))
        self._jobs.setdefault(endpoint, {}).update(dict.fromkeys(jobs, polls))

    def spend(self, endpoint: str) -> bool:
        """Whether a poll may ask sooner than its pace now; counts it."""
        left = self._polls.get(endpoint, 0)
        self._polls[endpoint] = max(0, left - 1)
        return left > 0

    def jobs(self, endpoint: str) -> frozenset[int]:
        """The jobs that commands were about and that polls are to ask for."""
        return frozenset(self._jobs.get(endpoint, ()))

    def due(self, endpoint: str, among: Iterable[int], outdated: Callable[[int], bool]) -> list[int]:
        """The jobs to ask for now, ascending; counts the poll that does so, and forgets those that are gone.

        Those that are `outdated`, as nobody has asked for them since their command, cost nothing.
        """
        there = set(among)
        known = {job: left for job, left in self._jobs.get(endpoint, {}).items() if job in there}
        left = {job: polls if outdated(job) else polls - 1 for job, polls in known.items()}
        self._jobs[endpoint] = {job: polls for job, polls in left.items() if polls >= 0}
        return sorted(self._jobs[endpoint])
