"""What can be changed in the shop from outside: the body of `POST /_control/state`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from floorgraph.simulators.cwork.options import Licence, Version


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class StationChange(_Part):
    """New values for one station; what is absent stays."""

    handle: int
    state: int | None = None
    """Begins now (also when it is the same state again)."""
    comment: str | None = None
    name: str | None = None
    description: str | None = None
    workshop: str | None = None
    disabled: bool | None = None
    dnc_mode: bool | None = None
    mdc_mode: bool | None = None
    protocol: Literal["FOCAS", "Heidenhain LSV2", "SMB", "FTP", "RS232"] | None = None
    total_parts: int | None = None
    parts_since_reset: int | None = None
    operation: int | None = None
    """Id of the operation at hand; 0 takes it away."""


class AddedStation(_Part):
    """A further station."""

    name: str | None = None


class RaisedAlarm(_Part):
    """An alarm that stands until it is cleared from outside."""

    station: int
    code: str
    message: str = ""


class ClearedAlarm(_Part):
    """Alarms that end now: one code, or all of the station."""

    station: int
    code: str | None = None


class AddedOrder(_Part):
    """A further order, with one operation on each of these stations."""

    name: str | None = None
    stations: list[int] = []


class OrderChange(_Part):
    """New values for one order."""

    id: int
    name: str | None = None
    valid: bool | None = None
    archived: bool | None = None
    state: Literal[-1, 0, 1, 2, 3] | None = None


class AddedOperation(_Part):
    """A further operation of an order."""

    order: int
    station: int


class OperationChange(_Part):
    """New values for one operation."""

    id: int
    name: str | None = None
    state: Literal[-1, 0, 1, 2, 3] | None = None
    parts_made: int | None = Field(default=None, ge=0)
    parts_to_make: int | None = Field(default=None, ge=0)
    document: int | None = None


class TrapChange(_Part):
    """The next changes of state fail: with this code, having happened or not."""

    code: Literal[2020, 2021, 2022, 2023, 4000] = 2022
    applied: bool = False
    count: int = Field(default=1, ge=1)


class Changes(_Part):
    """The body of POST /_control/state; all parts are optional and done in this order."""

    version: Version | None = None
    licences: list[Licence] | None = None
    engine_up: bool | None = None
    next_state_change: TrapChange | None = None
    add_stations: list[AddedStation] = []
    remove_stations: list[int] = []
    stations: list[StationChange] = []
    add_orders: list[AddedOrder] = []
    add_operations: list[AddedOperation] = []
    orders: list[OrderChange] = []
    operations: list[OperationChange] = []
    remove_operations: list[int] = []
    remove_orders: list[int] = []
    raise_alarms: list[RaisedAlarm] = []
    clear_alarms: list[ClearedAlarm] = []
