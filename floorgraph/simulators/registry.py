"""Which simulators are installed."""

from importlib.metadata import entry_points

from floorgraph.simulators.contract import Simulator

GROUP = "floorgraph.simulators"


class UnknownSimulator(LookupError):
    """No simulator is registered for that vendor."""


def simulators() -> dict[str, Simulator]:
    """All registered simulators by vendor.

    Raises:
        TypeError: an entry point leads to something else than a `Simulator`.
    """
    found = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        loaded = entry.load()
        if not isinstance(loaded, Simulator):
            raise TypeError(f"the entry point {entry.name} ({entry.value}) is not a Simulator")
        found[entry.name] = loaded
    return found


def simulator(vendor: str) -> Simulator:
    """The simulator of one vendor.

    Raises:
        UnknownSimulator: none is registered; the message lists those that are.
    """
    known = simulators()
    if vendor not in known:
        raise UnknownSimulator(f"no simulator for {vendor!r}; known: {', '.join(known) or 'none'}")
    return known[vendor]
