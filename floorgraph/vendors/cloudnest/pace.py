"""Pace: how often an endpoint can be asked so that its quota lasts (section 9). Pure."""

from floorgraph.vendors.cloudnest.settings import CloudNestSettings

DAY = 86_400.0
MARGIN = 1.2
"""How much longer than a poll's interval an answer serves queries, so that they do not ask between polls."""

GENEROUS = 600.0
"""Seconds between calls up to which a quota has something left for calls out of turn."""


def whole_day_interval(settings: CloudNestSettings, name: str, calls: int = 1) -> float:
    """Seconds between polls of some calls each that the quota allows over a whole day."""
    per_day, per_second, reserve = settings.limits(name)
    spendable = per_day * (1.0 - reserve)
    by_quota = DAY * calls / spendable if spendable >= calls else DAY
    return max(calls / per_second, by_quota)


TOLERANCE = 0.03
"""Share by which an interval may be off what can be afforded right now."""


class Steady:
    """Intervals that stay as they are until they are clearly off, for every call moves them a little.

    Who watches the feeds would hear of each of these little moves, and all polls be scheduled anew.
    """

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def of(self, name: str, seconds: float) -> float:
        """The interval to tell where `seconds` is what can be afforded."""
        told = self._told.get(name, 0.0)
        if abs(seconds - told) > TOLERANCE * told:
            told = self._told[name] = round(seconds, 1)
        return told


def lifetime(settings: CloudNestSettings, name: str, wanted: float, calls: int = 1) -> float:
    """Seconds that an answer serves those who do not ask for a fresher one."""
    return max(wanted, MARGIN * whole_day_interval(settings, name, calls))
