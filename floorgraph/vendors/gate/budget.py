"""The budget: how many calls may be sent. Pure; time is passed in.

Per second by the generic cell rate algorithm (each call moves a theoretical
arrival time on; a burst is how far it may run ahead of the clock), per day
by a counter that starts again at the day's end in the vendor's time zone.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """Limits of one endpoint class. None means no limit of that sort.

    `reserve` is the share of a day's calls that pollers leave to queries.
    `day_offset` is the vendor's offset from UTC, which decides when a day ends.
    """

    per_second: float | None = 10.0
    burst: int = 10
    per_day: int | None = None
    reserve: float = 0.1
    day_offset: timedelta = timedelta(0)


@dataclass(slots=True)
class Budget:
    """The state of one endpoint class of one source."""

    policy: BudgetPolicy = field(default_factory=BudgetPolicy)
    arrival: float = 0.0
    day: str = ""
    used: int = 0

    def take(self, now: float, wall: datetime) -> float:
        """Count one call. Returns the seconds to wait before sending it, 0 for at once."""
        self._turn_day(wall)
        self.used += 1
        rate = self.policy.per_second
        if not rate:
            return 0.0
        earliest = self.arrival - (self.policy.burst - 1) / rate
        start = max(now, earliest)
        self.arrival = max(self.arrival, start) + 1.0 / rate
        return start - now

    def exhausted(self, wall: datetime) -> datetime | None:
        """When the day's calls start again, if they are used up; otherwise None."""
        self._turn_day(wall)
        limit = self.policy.per_day
        return self.reset_at(wall) if limit is not None and self.used >= limit else None

    def affordable_interval(self, wall: datetime, calls_per_poll: int) -> float:
        """Seconds between polls at which the rest of the day's calls last to the reset.

        0 without a daily limit; the time to the reset when only the reserve is left.
        """
        self._turn_day(wall)
        limit = self.policy.per_day
        if limit is None:
            return 0.0
        remaining_seconds = (self.reset_at(wall) - wall).total_seconds()
        spendable = limit * (1.0 - self.policy.reserve) - self.used
        polls = spendable / max(1, calls_per_poll)
        return remaining_seconds / polls if polls >= 1 else remaining_seconds

    def reset_at(self, wall: datetime) -> datetime:
        """When the current day ends for the vendor, in UTC."""
        local = wall.astimezone(UTC) + self.policy.day_offset
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1) - self.policy.day_offset

    def saved(self) -> dict[str, object]:
        """What must survive a restart."""
        return {"day": self.day, "used": self.used}

    def restore(self, saved: dict[str, object]) -> None:
        """Take up a saved count; anything unreadable is ignored."""
        day, used = saved.get("day"), saved.get("used")
        if isinstance(day, str) and isinstance(used, int) and used >= 0:
            self.day, self.used = day, used

    def _turn_day(self, wall: datetime) -> None:
        today = (wall.astimezone(UTC) + self.policy.day_offset).date().isoformat()
        if today != self.day:
            self.day, self.used = today, 0
