"""A shop floor of all vendors whose servers take every command, and the whole application in front of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from floorgraph.commands.writing import told
from floorgraph.server.app import app_over
from floorgraph.settings import Role, ServerSettings, Settings, settings_of
from floorgraph.vendors.authentise.commands.positions import SetLineItemStatus
from floorgraph.vendors.floor import Floor, offered_commands
from tests.end_to_end.commands import deeds as milling
from tests.end_to_end.commands.shop import QUICK, Vendor, configured, every_command
from tests.support.client import query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving
from tests.vendors.authentise.commands.hand import writes as additive_writes
from tests.vendors.authentise.commands.test_matrix import MADE
from tests.vendors.authentise.hall import TOKEN
from tests.vendors.authentise.hall import Hall as Tenant
from tests.vendors.cloudnest.commands import deeds as cutting
from tests.vendors.cloudnest.commands.conftest import TOLD
from tests.vendors.cloudnest.commands.conftest import writes as cutting_writes
from tests.vendors.cloudnest.conftest import Hall, machines

NORTH, AM, LASER = "north", "am", "laser"
FIELDS = "outcome commandId userErrors { code message field vendorCode } operation { status progress }"
TIMEOUTS = {"connect": 5.0, "read": 5.0, "total": 5.0}


@dataclass(frozen=True)
class Shops:
    """The simulators."""

    north: Vendor
    am: Tenant
    laser: Hall

    def writes(self, source: str) -> list[str]:
        """What a vendor's own record says was sent to change something, in order."""
        if source == NORTH:
            return [call["label"] for call in self.north.writes()]
        return additive_writes(self.am) if source == AM else cutting_writes(self.laser)

    def all_writes(self) -> list[str]:
        return [label for source in (NORTH, AM, LASER) for label in self.writes(source)]

    def fault(self, source: str, kind: str, **settings: object) -> None:
        self._of(source).fault(kind, **settings)

    def heal(self) -> None:
        for source in (NORTH, AM, LASER):
            self._of(source).heal()

    def step(self, source: str, seconds: float) -> None:
        self._of(source).step(seconds)

    def _of(self, source: str) -> Vendor | Tenant | Hall:
        shops: dict[str, Vendor | Tenant | Hall] = {NORTH: self.north, AM: self.am, LASER: self.laser}
        return shops[source]


@dataclass(frozen=True)
class Act:
    """A command that nothing stands against."""

    source: str
    name: str
    given: Callable[[Shops], dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.source} {self.name}"


def draft(tenant: Tenant) -> dict[str, Any]:
    """An order with a position that waits to be released."""
    login = (str(TOKEN["uuid"]), str(TOKEN["secret"]))
    listed = httpx2.get(f"{tenant.base_url}/workflow/", auth=login, trust_env=False, timeout=DEADLINE).json()
    workflow = listed["resources"][0]["uri"]
    order_values: dict[str, Any] = {"name": "Draft", "status": "pending", "line_items": []}
    (order,) = tenant.change(add=[{"resource": "order", "values": order_values}])["added"]
    values = {
        "order": order,
        "workflow": workflow,
        "quantity": 3,
        "status": "pending",
        "type": "product",
        "name": "Bolt",
        "priority": 65,
    }
    (position,) = tenant.change(add=[{"resource": "line-item", "values": values}])["added"]
    return {"orderId": f"am:order:{order.strip('/')}", "lineItem": position.strip("/"), "status": "RELEASED"}


def _acts() -> list[Act]:
    change = {"stationId": "north:station:1", "state": "2"}
    acts = [Act(NORTH, "changeStationState", lambda _: dict(change))]
    acts += [Act(NORTH, one.name, lambda _, one=one: dict(one.given)) for one in milling.DEEDS]  # type: ignore[misc]
    acts += [
        Act(AM, kind.word(), lambda shops, make=make: told(make(shops.am)))  # type: ignore[misc]
        for kind, make in MADE.items()
        if kind is not SetLineItemStatus
    ]
    acts.append(Act(AM, "setLineItemStatus", lambda shops: draft(shops.am)))
    acts += [
        Act(LASER, one.name, lambda shops, one=one: one.given(shops.laser.state()))  # type: ignore[misc]
        for one in cutting.DEEDS
    ]
    return acts


ACTS = _acts()


def destructive(act: Act) -> bool:
    """Whether the command as a whole needs the second switch."""
    kinds = {kind.word(): kind for found in offered_commands().values() for kind in found}
    return kinds[act.name].destructive


def tables(shops: Shops, **more: Any) -> list[dict[str, Any]]:
    """The sources' tables, with every command allowed."""
    north = configured(shops.north, exchange_dir=str(shops.north.exchange), timeouts=TIMEOUTS)
    am = {
        "key": AM,
        "vendor": "authentise",
        "base_url": shops.am.base_url,
        "token": TOKEN,
        "calls_per_second": 1000.0,
        "commands": every_command("authentise"),
        "destructive_commands": True,
        "timeouts": TIMEOUTS,
    }
    laser = {
        "key": LASER,
        "vendor": "cloudnest",
        "base_url": shops.laser.base_url,
        "app_id": "simulator-app",
        "app_secret": "simulator-secret",
        "org_code": "TEAM001",
        "calls_per_day": 100_000,
        "calls_per_second": 1000.0,
        "machines": machines(7),
        "endpoints": TOLD,
        "commands": every_command("cloudnest"),
        "destructive_commands": True,
        "timeouts": TIMEOUTS,
    }
    return [one | more for one in (north, am, laser)]


@asynccontextmanager
async def application(
    shops: Shops, *, role: Role = Role.ADMIN, state_dir: Path | None = None, **more: Any
) -> AsyncIterator[str]:
    """The base URL of the whole application in front of all vendors; `more` goes into every table."""
    read = settings_of({"sources": tables(shops, **more)}, "the test")
    server = ServerSettings(anonymous_role=role, state_dir=state_dir)
    settings = Settings(server=server, sources=read.sources, keys=(), limits=read.limits)
    app = app_over(Floor([settings.source(one) for one in settings.sources]), settings, commands=QUICK)
    async with serving(app) as base_url:
        yield base_url


async def answered(base_url: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The whole answer to a command."""
    title = name[0].upper() + name[1:]
    text = f"mutation ($input: {title}Input!) {{ {name}(input: $input) {{ {FIELDS} }} }}"
    return await query(base_url, text, {"input": given})


async def sent(base_url: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The payload of a command."""
    answer = await answered(base_url, name, given)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][name]
    return payload
