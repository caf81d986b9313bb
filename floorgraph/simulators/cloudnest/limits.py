"""Daily quotas and call rates, each per endpoint, as the gateway counts them."""

from collections import Counter, deque
from collections.abc import Iterable
from fnmatch import fnmatchcase
from math import ceil, floor

from pydantic import BaseModel, ConfigDict, Field

DAY = 86_400


class LimitRule(BaseModel):
    """Limits of the endpoints that fit the pattern; the first rule that fits holds."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    endpoint: str
    """Name or path of an endpoint, or a pattern with `*` and `?`."""
    daily_quota: int | None = Field(default=None, ge=0)
    """Calls per day; not limited when null, never allowed when 0."""
    rate_per_second: float | None = Field(default=None, gt=0)
    """Calls per second; not limited when null."""


class Limits:
    """Counts calls against the rules. `day_offset` is where the day begins, in seconds east of UTC."""

    def __init__(self, rules: Iterable[LimitRule], *, day_offset: float, tolerance: float) -> None:
        self.rules = list(rules)
        self._day_offset = day_offset
        self._tolerance = tolerance
        self._day: int | None = None
        self._used: Counter[str] = Counter()
        self._recent: dict[str, deque[float]] = {}

    def admit(self, name: str, path: str, *, now: float, rate_now: float) -> str | None:
        """Count a call; "quota" or "rate" when it is one too many (then it is not counted)."""
        self.turn(now)
        rule = self.rule(name, path)
        if rule is None:
            self._used[name] += 1
            return None
        if rule.daily_quota is not None and self._used[name] >= rule.daily_quota:
            return "quota"
        if rule.rate_per_second is not None and not self._in_time(name, rule.rate_per_second, rate_now):
            return "rate"
        self._used[name] += 1
        return None

    def rule(self, name: str, path: str) -> LimitRule | None:
        """The rule that holds for an endpoint."""
        for rule in self.rules:
            if fnmatchcase(name, rule.endpoint) or fnmatchcase(path, rule.endpoint):
                return rule
        return None

    def turn(self, now: float) -> None:
        """Begin a new day when it is time."""
        day = floor((now + self._day_offset) / DAY)
        if day != self._day:
            self._day = day
            self._used.clear()

    def used(self) -> dict[str, int]:
        """Calls counted today, by endpoint name."""
        return dict(self._used)

    def spend(self, name: str, used: int) -> None:
        """Set what an endpoint has used today."""
        self._used[name] = used

    def _in_time(self, name: str, rate: float, now: float) -> bool:
        """At most as many calls as the rate's whole number, in the time in which the rate allows them."""
        most = max(1, ceil(rate))
        recent = self._recent.get(name)
        if recent is None or recent.maxlen != most:
            recent = self._recent[name] = deque(recent or (), maxlen=most)
        if len(recent) == most and now - recent[0] < most / rate - self._tolerance:
            return False
        recent.append(now)
        return True
