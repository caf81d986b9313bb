"""A request that passed the gates, on its way to the endpoint that answers it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

import orjson

from floorgraph.simulators.cloudnest import zones
from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.limits import Limits
from floorgraph.simulators.cloudnest.machines import Machine
from floorgraph.simulators.cloudnest.nesting import JOB, Layout, Node
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.contract import Call
from floorgraph.simulators.dice import Dice


@dataclass(slots=True, kw_only=True)
class Desk:
    """The gateway behind its endpoints: the hall, and what can be switched while it runs."""

    options: CloudNestOptions
    hall: Hall
    limits: Limits
    app_secret: str
    org_codes: set[str]
    ungranted: list[str]
    granted_machines: set[int] | None
    clock_skew: float
    answers: int = 0
    """Answers so far: in mixed case every answer writes GUIDs its own way."""
    secrets_seen: int = 0
    """Requests that carried the secret; there must be none."""
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Refusals by endpoint name and condition."""

    def grants(self, machine: Machine) -> bool:
        """Whether the caller's machine list has this machine."""
        return self.granted_machines is None or machine.gmid in self.granted_machines


@dataclass(slots=True, kw_only=True)
class Ask:
    """A request and ready-made ways to read it; what is wrong with it is `Refused`."""

    desk: Desk
    call: Call
    zone: tzinfo
    """Zone of the times in it and in its answer."""

    @property
    def hall(self) -> Hall:
        """The hall."""
        return self.desk.hall

    def fields(self) -> dict[str, Any]:
        """The JSON object in the body; an empty body is an empty object."""
        try:
            found = orjson.loads(self.call.body) if self.call.body.strip() else {}
        except orjson.JSONDecodeError as error:
            raise Refused("parameter", "body") from error
        if not isinstance(found, dict):
            raise Refused("parameter", "body")
        return found

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.fields().get(name)
        if not isinstance(value, str) or not value:
            raise Refused("parameter", name)
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.fields().get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused("parameter", name)
        return value

    def batch(self, name: str, kind: type) -> list[Any]:
        """A list of ids, as long as one call may name; each once."""
        value = self.fields().get(name)
        if not isinstance(value, list) or any(type(one) is not kind for one in value):
            raise Refused("parameter", name)
        if len(value) > self.desk.options.max_batch:
            raise Refused("too-many", name)
        return list(dict.fromkeys(value))

    def job(self, number: int) -> Node:
        """The job with this id."""
        node = self.hall.nodes.get(number)
        if node is None or node.type != JOB:
            raise Refused("not-found", f"job {number}")
        return node

    def layout(self, guid: str) -> Layout:
        """The layout with this GUID, in whatever case."""
        layout = self.hall.layouts.get(guid.lower())
        if layout is None:
            raise Refused("not-found", f"layout {guid}")
        return layout

    def by_card(self) -> Machine:
        """The machine of `cardId`, when the caller's machine list has it."""
        return self.granted(self.hall.by_card(self.text("cardId")))

    def by_gmid(self) -> Machine:
        """The machine of `gmid`, when the caller's machine list has it."""
        return self.granted(self.hall.machines.get(self.number("gmid")))

    def granted(self, machine: Machine | None) -> Machine:
        """The machine, unless the caller may not know it."""
        if machine is None or not self.desk.grants(machine):
            raise Refused("machine-not-granted")
        return machine

    def window(self, first: str, last: str) -> tuple[float, float]:
        """Two written times, the earlier first."""
        try:
            start, end = zones.read(self.text(first), self.zone), zones.read(self.text(last), self.zone)
        except ValueError as error:
            raise Refused("parameter", f"{first}, {last}") from error
        if end < start:
            raise Refused("parameter", f"{first}, {last}")
        return start, end

    def days(self) -> list[date]:
        """`startDate` to `endDate`, as numbers such as 20260302."""
        try:
            return zones.days(self.number("startDate"), self.number("endDate"))
        except ValueError as error:
            raise Refused("parameter", "startDate, endDate") from error

    def time(self, when: float | None) -> str | None:
        """A time as this answer writes it."""
        return zones.written(when, self.zone)

    def guid(self, guid: str, *, upper: bool = False) -> str:
        """A GUID as this answer writes it."""
        if self.desk.options.guid_case == "mixed":
            upper = Dice("case", guid, self.desk.answers).roll() < 0.5
        return guid.upper() if upper else guid


Answer = Callable[[Ask], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint and who answers it; the answer is the envelope's `data`."""

    name: str
    path: str
    answer: Answer
    method: str = "POST"
    msg: str = "ok"
    """The word for success differs by endpoint."""
    org: bool = True
    """Belongs to CloudNest and needs the organisation code; otherwise to the machines' part."""
    zoned: bool = False
    """Heeds `zoneId`."""
    invented: bool = False
    """The vendor's path is not known: this one is made up."""

    @property
    def template(self) -> str:
        """The path, as the route table calls it."""
        return self.path

    def moved(self, paths: Mapping[str, str]) -> "Endpoint":
        """The endpoint at the path the options give."""
        return Endpoint(
            name=self.name,
            path=paths.get(self.name, self.path),
            answer=self.answer,
            method=self.method,
            msg=self.msg,
            org=self.org,
            zoned=self.zoned,
            invented=self.invented,
        )


def plain(value: float) -> float | int:
    """A number as the vendor writes it: 1 for 1.0."""
    return int(value) if value == int(value) else value
