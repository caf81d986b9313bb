"""Which resource and record a path addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from floorgraph.simulators.authentise.resource import Resource

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ACTIONS = frozenset(
    {
        ("line-item", "clone"),
        ("order", "clone"),
        ("printer-type", "clone"),
        ("material", "clone"),
        ("workflow", "replace"),
    }
)
"""Paths below a record that take a POST."""
SERVICES = frozenset({"about", "csrf-token", "files", "sessions"})
"""Paths that are no resources of the tenant."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a path addresses; without a name nothing is there."""

    name: str
    uuid: str | None = None
    action: str | None = None

    @property
    def label(self) -> str:
        """The path as the document writes it."""
        if not self.name:
            return "(unknown)"
        item = "{uuid}/" if self.uuid is not None else ""
        action = f"{self.action}/" if self.action else ""
        return f"/{self.name}/{item}{action}"


NOWHERE = Address("")


def read_address(path: str, resources: Mapping[str, Resource]) -> Address:
    """What a path addresses, its last slash there or not."""
    parts = path.strip("/").split("/")
    name = "/".join(parts)
    if name in resources or name in SERVICES:
        return Address(name)
    *head, last = parts
    name = "/".join(head)
    if name in resources and _UUID.fullmatch(last):
        return Address(name, last.lower())
    if name in ("files", "sessions"):
        return Address(name, last)
    if len(parts) == 3 and (parts[0], last) in ACTIONS and _UUID.fullmatch(parts[1]):
        return Address(parts[0], parts[1].lower(), last)
    return NOWHERE
