"""Changes from outside through `POST /_control/state`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.life.upkeep import touch
from floorgraph.simulators.authentise.options import Feature
from floorgraph.simulators.authentise.request import Desk
from floorgraph.simulators.authentise.resource import Ref, Row, read_ref
from floorgraph.simulators.authentise.shop import Shop
from floorgraph.simulators.authentise.writes.runs import change_status
from floorgraph.simulators.contract import ControlError
from floorgraph.simulators.control import first_problem


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Throttle(_Part):
    """The next requests are refused with 429."""

    count: int = Field(default=1, ge=0)
    cooldown: float = Field(default=1.0, ge=0)
    """Seconds that `Cooldown` names."""


class NewRecord(_Part):
    """A record of any resource, as it is."""

    resource: str
    values: dict[str, Any] = {}


class Changes(_Part):
    """What can be changed from outside, in this order. Records are named by their path or a link."""

    alive: bool | None = None
    churn: float | None = Field(default=None, ge=0, le=10_000)
    late_share: float | None = Field(default=None, ge=0, le=1)
    late_seconds: float | None = Field(default=None, ge=0)
    disabled_features: list[Feature] | None = None
    throttle: Throttle | None = None
    expire_sessions: bool = False
    hide: list[str] = []
    """Records the user may not see any more: missing from lists, 404 by themselves."""
    show: list[str] = []
    remove: list[str] = []
    add: list[NewRecord] = []
    runs: dict[str, str] = {}
    """Status by run, reached by doing what it means; no check of the transition."""
    set: dict[str, dict[str, Any]] = {}
    """Values by record, stored as they are: also words the vendor does not know."""
    touch: int = Field(default=0, ge=0, le=100_000)
    """So many random pieces get another priority."""
    lag: float | None = Field(default=None, ge=0)
    """The changes of this request are stamped so many seconds earlier, as if they became visible late."""


def apply(desk: Desk, wanted: Any) -> dict[str, object]:
    """Make the changes and say which records came new or were touched.

    Everything named is looked up first, so a request that makes no sense changes nothing.

    Raises:
        ControlError: something is unknown or has a wrong value.
    """
    try:
        changes = Changes.model_validate(wanted)
    except ValidationError as error:
        raise first_problem(error) from error
    shop = desk.shop
    hide = [_known(shop, "hide", text)["uri"] for text in changes.hide]
    show = [_link("show", text) for text in changes.show]
    remove = [_known(shop, "remove", text)["uri"] for text in changes.remove]
    runs = [(_known(shop, "runs", text), status) for text, status in changes.runs.items()]
    values = [(_known(shop, "set", text), _linked(given)) for text, given in changes.set.items()]
    _check(changes, runs)
    _switch(desk, changes)
    shop.hidden = (shop.hidden | set(hide)) - set(show)
    shop.fixed_lag = changes.lag
    try:
        for link in remove:
            shop.store.remove(link)
        added = [shop.store.add(new.resource, _linked(new.values))["uri"] for new in changes.add]
        for run, status in runs:
            change_status(shop, run, status)
        for row, given in values:
            shop.store.put(row, given)
        return {"added": added, "touched": touch(shop, changes.touch)}
    finally:
        shop.fixed_lag = None


def _check(changes: Changes, runs: list[tuple[Row, str]]) -> None:
    for new in changes.add:
        if new.resource not in RESOURCES:
            raise ControlError("add.resource", f"there is no resource {new.resource}")
    for run, status in runs:
        if run["uri"].resource != "run" or status not in RESOURCES["run"].fields["status"].choices:
            raise ControlError("runs", f"not a run or not a status: {run['uri']} {status}")


def _switch(desk: Desk, changes: Changes) -> None:
    for name in ("alive", "churn", "late_share", "late_seconds"):
        if (value := getattr(changes, name)) is not None:
            setattr(desk.shop, name, value)
    if changes.disabled_features is not None:
        for row in desk.shop.store.table("feature"):
            desk.shop.store.put(row, enabled=row["name"] not in changes.disabled_features)
    if changes.throttle is not None:
        desk.limits.throttled, desk.limits.cooldown = changes.throttle.count, changes.throttle.cooldown
    if changes.expire_sessions:
        desk.access.sessions.clear()


def _link(field: str, text: str) -> Ref:
    link = read_ref(text)
    if link is None:
        raise ControlError(field, f"not the path of a record: {text}")
    return link


def _known(shop: Shop, field: str, text: str) -> Row:
    row = shop.store.get(_link(field, text))
    if row is None:
        raise ControlError(field, f"there is no {text}")
    return row


def _linked(given: Mapping[str, Any]) -> Row:
    """The values with paths read as links."""
    return {name: _value(value) for name, value in given.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    return (isinstance(value, str) and read_ref(value)) or value
