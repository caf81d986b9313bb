"""The limits on connections: whether they are enforced, and what was over them."""

from collections import Counter
from typing import Final

import structlog

from floorgraph.model.limits import Mode
from floorgraph.settings import LimitSettings

log = structlog.get_logger("floorgraph.limits")

LOUDER: Final = 2
"""What is only measured is told again once it is so many times as much."""


class Bounds:
    """Counts what is over a limit, and says what becomes of it."""

    def __init__(self, limits: LimitSettings, over: Counter[str] | None = None) -> None:
        self.limits = limits
        self._over = Counter[str]() if over is None else over
        self._told: dict[str, float] = {}

    @property
    def enforced(self) -> bool:
        """Whether more than allowed is refused."""
        return self.limits.connection_mode is Mode.ENFORCE

    def refuse(self, name: str, found: float) -> bool:
        """Whether to refuse what would make so many of something; `name` is the limit's in the settings."""
        most: float = getattr(self.limits, name)
        if self.limits.connection_mode is Mode.OFF or found <= most:
            return False
        self._over[name] += 1
        if self.enforced:
            return True
        if found >= LOUDER * self._told.get(name, 0):
            self._told[name] = found
            log.warning("connection over a limit", limit=name, most=most, found=found)
        return False
