"""CWork servers to read from: simulators in processes of their own, shared by all tests."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from floorgraph.model.time import Clock, SystemClock
from floorgraph.simulators.process import ControlClient, simulator_process
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.cwork.source import CWorkSource

START = "2026-03-02T08:00:00+00:00"
OPTIONS: dict[str, object] = {"start": START, "frozen": True, "seed": 7}
ODDITIES = [
    "string-numbers",
    "string-kpi",
    "mixed-dncgroup",
    "users-without-login",
    "empty-values",
    "trailing-commas",
    "lone-backslash",
    "stray-text",
    "wrong-dates",
    "disable-parent-state",
]


class Shop:
    """A running simulator. Every control request has a connection of its own, so that tests keep none."""

    def __init__(self, base_url: str) -> None:
        self.address = base_url
        self.base_url = f"{base_url}/CAPI/REST"

    def reset(self) -> "Shop":
        """Back to the beginning: calls, faults and shop."""
        with closing(ControlClient(self.address)) as control:
            control.reset("calls", "faults", "shop")
            control.set_state(version="1.16", licences=["monitor", "dnc", "prod"], engine_up=True)
        return self

    def forget_calls(self) -> None:
        with closing(ControlClient(self.address)) as control:
            control.reset("calls")

    def calls(self) -> dict[str, int]:
        """Calls by endpoint since they were last forgotten."""
        with closing(ControlClient(self.address)) as control:
            found: dict[str, int] = control.calls()["labels"]
            return found

    def most_at_once(self) -> int:
        with closing(ControlClient(self.address)) as control:
            return int(control.calls()["max_in_flight"])

    def log(self) -> list[dict[str, Any]]:
        with closing(ControlClient(self.address)) as control:
            found: list[dict[str, Any]] = control.calls()["log"]
            return found

    def change(self, **changes: object) -> dict[str, Any]:
        with closing(ControlClient(self.address)) as control:
            return control.set_state(**changes)

    def state(self) -> dict[str, Any]:
        with closing(ControlClient(self.address)) as control:
            return control.state()

    def step(self, seconds: float) -> None:
        with closing(ControlClient(self.address)) as control:
            control.step(seconds)

    def fault(self, kind: str, **settings: object) -> None:
        with closing(ControlClient(self.address)) as control:
            control.fault(kind, **settings)

    def heal(self) -> None:
        with closing(ControlClient(self.address)) as control:
            control.clear_faults()


def running(**options: object) -> Iterator[Shop]:
    with simulator_process("cwork", {**OPTIONS, **options}) as process:
        yield Shop(process.base_url)


@pytest.fixture(scope="session")
def _shop() -> Iterator[Shop]:
    yield from running()


@pytest.fixture
def shop(_shop: Shop) -> Shop:
    """A server of the newest version with all licences; `change(version=...)` makes it older."""
    return _shop.reset()


@pytest.fixture(scope="session")
def replay() -> Iterator[Shop]:
    """A server that answers with the examples of the vendor's document."""
    yield from running(examples=True)


@pytest.fixture(scope="session")
def odd() -> Iterator[Shop]:
    """A server with every slip of the vendor's hand-written JSON, and states as seen on servers."""
    yield from running(oddities=ODDITIES, oee_categories="captured", timezone="+08:00")


Build = Callable[..., CWorkSource]


@pytest.fixture
async def source() -> AsyncIterator[Build]:
    """Builds sources of a shop, and closes them."""
    built: list[CWorkSource] = []

    def build(shop: Shop, clock: Clock | None = None, **settings: object) -> CWorkSource:
        tools = SourceTools(clock=clock or SystemClock())
        found = CWorkSource(settings_of(shop.base_url, **settings), tools)
        built.append(found)
        return found

    yield build
    for one in built:
        await one.close()


def settings_of(base_url: str, **settings: object) -> CWorkSettings:
    usual: dict[str, object] = {
        "key": "north",
        "vendor": "cwork",
        "base_url": base_url,
        "api_key": "simulator-key",
        "calls_per_second": 1000.0,
    }
    return CWorkSettings.model_validate({**usual, **settings})
