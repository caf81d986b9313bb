"""What the examples are run against: the server as the README starts it, over the simulators of the demo."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import tomlkit

from floorgraph.demo import demo_instances
from floorgraph.server.access.keys import new_key
from floorgraph.simulators.process import RunningSimulator, simulator_process
from tests.support.program import running

NORTH = "north"
PRODUCTION, FAULT = 0, 1
"""Built-in states of CWork."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A running server that asks who its callers are, and the simulators behind it."""

    base_url: str
    key: str
    stations: int
    north: RunningSimulator

    def break_down(self) -> str:
        """Stop a machine of the north plant that runs with a fault; gives the name of its station."""
        machine = next(one for one in self.north.state()["stations"] if one["state"] == PRODUCTION)
        self.north.set_state(stations=[{"handle": machine["handle"], "state": FAULT}])
        return str(machine["name"])

    def raise_alarm(self, code: str, message: str) -> None:
        """Let the first machine of the north plant raise an alarm."""
        self.north.set_state(raise_alarms=[{"station": 1, "code": code, "message": message}])


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop; one for all examples of a file."""
    folder = tmp_path_factory.mktemp("examples")
    made = new_key()
    with ExitStack() as stack:
        simulators: dict[str, RunningSimulator] = {}
        tables = []
        for instance in demo_instances():
            # Nothing happens in the north plant but what tests do there.
            own = {"frozen": True} if instance.key == NORTH else {}
            simulator = stack.enter_context(simulator_process(instance.vendor, {**instance.options, **own}))
            simulators[instance.key] = simulator
            pace = {"live_interval": 1.0} if instance.key == NORTH else {}
            tables.append({**instance.source_settings(simulator.base_url), **pace})
        settings = {
            "server": {"anonymous_role": "none"},
            "keys": [{"id": made.id, "name": "Examples", "role": "viewer", "hash": made.hash}],
            "sources": tables,
        }
        (folder / "floorgraph.toml").write_text(tomlkit.dumps(settings), "utf-8")
        base_url = stack.enter_context(running(["serve", "--port", "0"], folder))
        yield Shop(base_url, made.text, 54, simulators[NORTH])
