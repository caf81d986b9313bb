"""Payloads: what CWork sends, freed from the ways in which it wraps things.

`/orders/{id}` sends a list with one element, `/groups/{id}` an object around
a list, other endpoints an object or a list (vendor document; the shapes are
not coherent over the endpoints, so all of them are understood everywhere).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.vendors.values import Unreadable, boolean


@dataclass(frozen=True, slots=True)
class Payload:
    """The value of one answer; `lost` are texts of records whose JSON could not be read."""

    value: Any
    lost: tuple[str, ...] = ()

    def listed(self) -> list[Any] | None:
        """The elements of a list, also of a single one inside an object; None when there is no list."""
        if isinstance(self.value, list):
            return self.value
        if isinstance(self.value, dict):
            lists = [inner for inner in self.value.values() if isinstance(inner, list)]
            # Anything beside the list and its paging is a record of its own that happens to hold a list.
            if len(lists) == 1 and len(self.value) <= 3 and not _identified(self.value):
                return lists[0]
        return None

    def elements(self) -> list[Any]:
        """The elements of a list; a lone object is a list of one."""
        found = self.listed()
        if found is not None:
            return found
        return [] if self.value in (None, {}, "") else [self.value]

    def single(self, identity: str, wanted: str) -> Any:
        """The one object asked for, out of whatever surrounds it; None when there is none."""
        elements: Sequence[Any] = self.elements()
        if len(elements) > 1:
            elements = [item for item in elements if _identity(item, identity) == wanted] or elements
        return elements[0] if elements else None

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        if not isinstance(self.value, dict):
            return False
        folded = {name.lower(): value for name, value in self.value.items()}
        try:
            return bool(boolean(folded.get("has_more")))
        except Unreadable:
            return False


def _identified(holder: dict[str, Any]) -> bool:
    return any(name.lower() in ("handle", "orderid", "operationid", "documentid") for name in holder)


def _identity(item: Any, identity: str) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((str(value) for name, value in item.items() if name.lower() == identity.lower()), None)
