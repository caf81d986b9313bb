"""Pace: how often an endpoint can be asked so that its quota lasts (section 9). Pure."""

from floorgraph.vendors.cloudnest.settings import CloudNestSettings

DAY = 86_400.0
MARGIN = 1.2
"""How much longer than a poll's interval an answer serves queries, so that they do not ask between polls."""


def whole_day_interval(settings: CloudNestSettings, name: str, calls: int = 1) -> float:
    """Seconds between polls of some calls each that the quota allows over a whole day."""
    per_day, per_second, reserve = settings.limits(name)
    spendable = per_day * (1.0 - reserve)
    by_quota = DAY * calls / spendable if spendable >= calls else DAY
    return max(calls / per_second, by_quota)


def lifetime(settings: CloudNestSettings, name: str, wanted: float, calls: int = 1) -> float:
    """Seconds that an answer serves those who do not ask for a fresher one."""
    return max(wanted, MARGIN * whole_day_interval(settings, name, calls))
