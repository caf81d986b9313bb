"""A CWork shop whose server takes commands, and the whole application in front of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

from floorgraph.commands.policy import CommandPolicy
from floorgraph.server.app import app_over
from floorgraph.settings import KeySettings, Role, ServerSettings, Settings, settings_of
from floorgraph.simulators.process import ControlClient, RunningSimulator
from floorgraph.vendors.floor import Floor, offered_commands
from tests.support.client import query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving

T = TypeVar("T")

QUICK = CommandPolicy(settle_pause=0.05, settle_cap=0.1, patience=0.4, follow_pause=0.05, follow_cap=0.1)
"""Looks after commands quickly."""
CHANGE = """mutation ($input: ChangeStationStateInput!) { changeStationState(input: $input) {
  outcome commandId userErrors { code message field vendorCode } operation { status }
  station { id stale state { remoteId comment since } } } }"""
COMMAND = """query ($id: ID!) { command(id: $id) {
  name outcome who role input begunAt sentAt endedAt resolvedAt before
  after vendorAnswer userErrors { code } records { id } sourceKey source { key }
  operation { status progress detail result } } }"""


class Vendor:
    """The running simulator; every control request has a connection of its own."""

    def __init__(self, running: RunningSimulator, exchange: Path | None = None) -> None:
        self.address = running.base_url
        self.exchange = exchange or Path()

    def control(self, work: Callable[[ControlClient], T]) -> T:
        with closing(ControlClient(self.address)) as client:
            return work(client)

    def reset(self) -> None:
        self.control(lambda client: client.reset("calls", "faults", "shop"))

    def change(self, **changes: object) -> dict[str, Any]:
        return self.control(lambda client: client.set_state(**changes))

    def fault(self, kind: str, **settings: object) -> None:
        self.control(lambda client: client.fault(kind, **settings))

    def heal(self) -> None:
        self.control(lambda client: client.clear_faults())

    def state(self) -> dict[str, Any]:
        return self.control(lambda client: client.state())

    def step(self, seconds: float) -> None:
        self.control(lambda client: client.step(seconds))

    def writes(self, label: str | None = None) -> list[dict[str, Any]]:
        """What was sent to change something, in order."""
        log: list[dict[str, Any]] = self.control(lambda client: client.calls()["log"])
        return [call for call in log if call["method"] == "POST" and label in (None, call["label"])]

    def station(self, handle: int) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.state()["stations"]
        return next(one for one in found if one["handle"] == handle)


def every_command(vendor: str) -> list[str]:
    return [kind.word() for kind in offered_commands()[vendor]]


def configured(vendor: Vendor, **more: Any) -> dict[str, Any]:
    """The source's table, with every command allowed."""
    table = {
        "key": "north",
        "vendor": "cwork",
        "base_url": f"{vendor.address}/CAPI/REST",
        "api_key": "k-1",
        "commands": every_command("cwork"),
        "destructive_commands": True,
        "timeouts": {"connect": 5.0, "read": 5.0, "total": 5.0},
        "live_interval": 1,
    }
    return table | more


@asynccontextmanager
async def application(
    vendor: Vendor,
    *,
    role: Role = Role.ADMIN,
    keys: tuple[KeySettings, ...] = (),
    state_dir: Path | None = None,
    policy: CommandPolicy = QUICK,
    limits: dict[str, Any] | None = None,
    **table: Any,
) -> AsyncIterator[str]:
    """The base URL of the whole application in front of the vendor's server."""
    read = settings_of({"sources": [configured(vendor, **table)], "limits": limits or {}}, "the test")
    server = ServerSettings(anonymous_role=role, state_dir=state_dir)
    settings = Settings(server=server, sources=read.sources, keys=keys, limits=read.limits)
    app = app_over(Floor([settings.source(one) for one in settings.sources]), settings, commands=policy)
    async with serving(app) as base_url:
        yield base_url


async def change(base_url: str, headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    """The payload of a `changeStationState`."""
    given = {"stationId": "north:station:1"} | given
    answer = await query(base_url, CHANGE, {"input": given}, **(headers or {}))
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["changeStationState"]
    return payload


async def command(base_url: str, command_id: str, **headers: str) -> dict[str, Any]:
    """What is known of a command."""
    answer = await query(base_url, COMMAND, {"id": command_id}, **headers)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["command"]
    return found


async def eventually(ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """What is asked for, once it is as wanted."""
    found = None
    try:
        async with asyncio.timeout(DEADLINE):
            while True:
                found = await ask()
                if wanted(found):
                    return found
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not as wanted within {DEADLINE} s: {found}") from None


async def resolved(base_url: str, command_id: str, outcome: str) -> dict[str, Any]:
    """What is known of a command once its outcome became clear, which must be this one."""
    known = await eventually(
        lambda: command(base_url, command_id), lambda found: found["resolvedAt"] is not None
    )
    assert known["outcome"] == outcome
    return known
