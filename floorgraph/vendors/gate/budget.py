"""The budget: how many calls may be sent. Pure; time is passed in.

Per second by the generic cell rate algorithm (each call moves a theoretical
arrival time on; a burst is how far it may run ahead of the clock), per day
by a counter that starts again at the day's end in the vendor's time zone.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

NEGLIGIBLE = 1e-6
"""Seconds; a shorter wait is none."""
FIRST_DAY = date(1970, 1, 1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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
    day: date = FIRST_DAY
    used: int = 0
    _today: tuple[datetime, date, datetime] = (_NEVER, FIRST_DAY, _NEVER)
    """The day that it was for the vendor when it was last asked for, between its two ends."""

    def goes(self, now: float, wall: datetime) -> bool:
        """Count a call that may be sent now; False, and nothing counted, where it must wait or be refused."""
        self._turn_day(wall)
        policy = self.policy
        if policy.per_day is not None and self.used >= policy.per_day:
            return False
        rate = policy.per_second
        if rate:
            if self.arrival - (policy.burst - 1) / rate - now > NEGLIGIBLE:
                return False
            self.arrival = max(self.arrival, now) + 1.0 / rate
        self.used += 1
        return True

    def delay(self, now: float) -> float:
        """Seconds until a call may be sent; 0 for at once."""
        rate = self.policy.per_second
        if not rate:
            return 0.0
        earliest = self.arrival - (self.policy.burst - 1) / rate
        return earliest - now if earliest - now > NEGLIGIBLE else 0.0

    def take(self, now: float, wall: datetime) -> None:
        """Count one call that is being sent now; `delay` and `exhausted` were asked before."""
        self._turn_day(wall)
        self.used += 1
        rate = self.policy.per_second
        if rate:
            self.arrival = max(self.arrival, now) + 1.0 / rate

    def exhausted(self, wall: datetime) -> datetime | None:
        """When the day's calls start again, if they are used up; otherwise None."""
        self._turn_day(wall)
        limit = self.policy.per_day
        return self.reset_at(wall) if limit is not None and self.used >= limit else None

    def is_low(self, wall: datetime) -> bool:
        """Whether pollers have had their part of the day's calls, so that only the reserve is left."""
        self._turn_day(wall)
        limit = self.policy.per_day
        return limit is not None and self.used >= limit * (1.0 - self.policy.reserve)

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

    def used_on(self, wall: datetime) -> int:
        """Calls counted on the day of a moment."""
        self._turn_day(wall)
        return self.used

    def saved(self) -> dict[str, object]:
        """What must survive a restart."""
        return {"day": self.day.isoformat(), "used": self.used}

    def restore(self, saved: dict[str, object]) -> None:
        """Take up a saved count; anything unreadable is ignored."""
        day, used = saved.get("day"), saved.get("used")
        if not isinstance(day, str) or type(used) is not int or used < 0:
            return
        try:
            self.day, self.used = date.fromisoformat(day), used
        except ValueError:
            return

    def _turn_day(self, wall: datetime) -> None:
        begins, today, ends = self._today
        if not begins <= wall < ends:
            local = wall.astimezone(UTC) + self.policy.day_offset
            begins = local.replace(hour=0, minute=0, second=0, microsecond=0) - self.policy.day_offset
            today = local.date()
            self._today = begins, today, begins + timedelta(days=1)
        # A clock set back over midnight must not give the day's calls a second time.
        if today != self.day and today != self.day - timedelta(days=1):
            self.day, self.used = today, 0
