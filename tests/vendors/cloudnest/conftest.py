"""Gateways to read from: simulators in processes of their own, shared by all tests."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import pytest

from floorgraph.model.time import SystemClock
from floorgraph.simulators.process import ControlClient, simulator_process
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools

START = "2026-03-02T08:00:00+00:00"
PLENTY: dict[str, object] = {"daily_quota": None, "rate_per_second": None}
OPTIONS: dict[str, object] = {"start": START, "frozen": True, "seed": 7, **PLENTY}
FIRST_GMID, FIRST_CARD = 12, 210_000_000_001


class Hall:
    """A running simulator. Every control request has a connection of its own, so that tests keep none."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def reset(self) -> "Hall":
        """Back to the beginning: calls, faults, hall and gateway."""
        with closing(ControlClient(self.base_url)) as control:
            control.reset("calls", "faults", "shop")
        return self

    def forget_calls(self) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.reset("calls")

    def calls(self) -> dict[str, int]:
        """Calls by path since they were last forgotten."""
        with closing(ControlClient(self.base_url)) as control:
            labels: dict[str, int] = control.calls()["labels"]
        return {label.partition(" ")[2]: count for label, count in labels.items()}

    def log(self) -> list[dict[str, Any]]:
        with closing(ControlClient(self.base_url)) as control:
            found: list[dict[str, Any]] = control.calls()["log"]
            return found

    def change(self, **changes: object) -> dict[str, Any]:
        with closing(ControlClient(self.base_url)) as control:
            return control.set_state(**changes)

    def state(self) -> dict[str, Any]:
        with closing(ControlClient(self.base_url)) as control:
            return control.state()

    def step(self, seconds: float) -> datetime:
        """Let time pass at the gateway; its time then."""
        with closing(ControlClient(self.base_url)) as control:
            return datetime.fromisoformat(control.step(seconds))

    def fault(self, kind: str, **settings: object) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.fault(kind, **settings)

    def heal(self) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.clear_faults()


@contextmanager
def running(**options: object) -> Iterator[Hall]:
    """A simulator with these options, for the length of a block."""
    with simulator_process("cloudnest", {**OPTIONS, **options}) as process:
        yield Hall(process.base_url)


@pytest.fixture(scope="session")
def _hall() -> Iterator[Hall]:
    with running() as hall:
        yield hall


@pytest.fixture
def hall(_hall: Hall) -> Hall:
    """A gateway that grants everything, without limits."""
    return _hall.reset()


@pytest.fixture(scope="session")
def example() -> Iterator[Hall]:
    """A gateway whose job tree is the one of the vendor's document, verbatim."""
    with running(examples=True) as hall:
        yield hall


Build = Callable[..., CloudNestSource]


@pytest.fixture
async def source() -> AsyncIterator[Build]:
    """Builds sources of a hall, and closes them."""
    built: list[CloudNestSource] = []

    def build(hall: Hall, tools: SourceTools | None = None, **settings: object) -> CloudNestSource:
        found = CloudNestSource(
            settings_of(hall.base_url, **settings), tools or SourceTools(clock=SystemClock())
        )
        built.append(found)
        return found

    yield build
    for one in built:
        await one.close()


def settings_of(base_url: str, **settings: object) -> CloudNestSettings:
    usual: dict[str, object] = {
        "key": "laser",
        "vendor": "cloudnest",
        "base_url": base_url,
        "app_id": "simulator-app",
        "app_secret": "simulator-secret",
        "org_code": "TEAM001",
        "calls_per_day": 100_000,
        "calls_per_second": 1000.0,
        "machines": machines(6),
    }
    return CloudNestSettings.model_validate({**usual, **settings})


def machines(count: int) -> list[dict[str, object]]:
    """The machines of a simulator, configured as their owner would."""
    return [
        {"gmid": FIRST_GMID + index, "card_id": str(FIRST_CARD + index), "name": f"Laser {index + 1}"}
        for index in range(count)
    ]
