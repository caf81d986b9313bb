"""A simulated Authentise tenant in a process of its own, as tests see it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.simulators.authentise.options import TOKEN_SECRET, TOKEN_UUID
from floorgraph.simulators.process import ControlClient, simulator_process
from floorgraph.vendors.authentise.settings import AuthentiseSettings

START = "2026-03-02T08:00:00+00:00"
OPTIONS: dict[str, object] = {"start": START, "frozen": True, "seed": 7, "alive": False}
KEY = "am"
TOKEN = {"uuid": str(TOKEN_UUID), "secret": TOKEN_SECRET}


class ShiftedClock:
    """The machine's clock, but for how far it was moved ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


class Hall:
    """A running simulator. Every control request has a connection of its own, so that tests keep none."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def reset(self) -> "Hall":
        """Back to the beginning: calls, faults and shop."""
        with closing(ControlClient(self.base_url)) as control:
            control.reset("calls", "faults", "shop")
            control.set_state(disabled_features=[], late_share=0.0, churn=0.0)
            control.reset("calls")
        return self

    def forget_calls(self) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.reset("calls")

    def calls(self) -> dict[str, int]:
        """Calls by resource since they were last forgotten; items end in `{uuid}`."""
        with closing(ControlClient(self.base_url)) as control:
            labels: dict[str, int] = control.calls()["labels"]
        return {_short(label): count for label, count in labels.items()}

    def total(self) -> int:
        return sum(self.calls().values())

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

    def step(self, seconds: float) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.step(seconds)

    def fault(self, kind: str, **settings: object) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.fault(kind, **settings)

    def heal(self) -> None:
        with closing(ControlClient(self.base_url)) as control:
            control.clear_faults()

    def uuids(self, resource: str) -> list[str]:
        """The uuids of a resource's records, as the shop knows them."""
        return [row["uuid"] for row in self.state()[resource]]

    def ids(self, kind: Kind, resource: str) -> list[str]:
        """The global ids of a resource's records."""
        return [f"{KEY}:{kind}:{resource}/{uuid}" for uuid in self.uuids(resource)]


def _short(label: str) -> str:
    return label.removeprefix("GET ").strip("/")


@contextmanager
def running(**options: object) -> Iterator[Hall]:
    """A simulator for the time of a `with` block."""
    given: Mapping[str, object] = {**OPTIONS, **options}
    with simulator_process("authentise", given) as one:
        yield Hall(one.base_url)


def settings_of(base_url: str, **settings: object) -> AuthentiseSettings:
    usual: dict[str, object] = {
        "key": KEY,
        "vendor": "authentise",
        "base_url": base_url,
        "calls_per_second": 1000.0,
    }
    if "session" not in settings:
        usual["token"] = TOKEN
    return AuthentiseSettings.model_validate({**usual, **settings})
