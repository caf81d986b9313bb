"""States: what the customer's state definitions mean in unified words (vendor document, "State").

Names and colours are the customer's and mean nothing here. Handles 0 to 4
are built in, and every other state descends from one of them or stands by
its OEE category, whose numbers differ between installations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from floorgraph.model.station import Quality, StationState, StationStatus, state_of
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.diagnostics import Diagnostics

STATE = Shape(
    "state",
    expected=(
        "Handle",
        "Name",
        "Color",
        "OEECategory|TPM",
        "ParentHandle",
        "CloseDay",
        "ProdPercent",
        "UsePercent",
    ),
    identity="Handle",
)

BUILT_IN: Mapping[int, StationStatus] = {
    0: StationStatus.RUNNING,
    1: StationStatus.FAULT,
    2: StationStatus.SETUP,
    3: StationStatus.IDLE,
    4: StationStatus.CLOSED,
}
# 2 is breakdown and setting alike in the vendor's document; 5 and 9 tell them apart in live answers.
BY_CATEGORY: Mapping[int, StationStatus] = {
    1: StationStatus.CLOSED,
    2: StationStatus.STOPPED,
    3: StationStatus.IDLE,
    4: StationStatus.RUNNING,
    5: StationStatus.FAULT,
    9: StationStatus.SETUP,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A state as the customer defined it."""

    handle: int
    name: str | None
    color: str | None
    category: int | None
    parent: int | None
    close_day: bool | None
    prod_percent: bool | None
    use_percent: bool | None


def definition(fields: Fields) -> Definition:
    """One state definition. Raises `BadRecord` without a handle."""
    parent = fields.integer("ParentHandle")
    return Definition(
        handle=fields.integer("Handle", required=True),
        name=fields.text("Name"),
        color=fields.text("Color"),
        category=fields.integer("OEECategory", "TPM"),
        parent=None if parent is None or parent < 0 else parent,
        close_day=fields.boolean("CloseDay"),
        prod_percent=fields.boolean("ProdPercent"),
        use_percent=fields.boolean("UsePercent"),
    )


@dataclass(frozen=True, slots=True)
class StateTable:
    """The definitions by handle, and the words that the configuration sets for some of them."""

    definitions: Mapping[int, Definition]
    overrides: Mapping[int, StationStatus]
    diagnostics: Diagnostics

    def state(
        self,
        handle: int | None,
        *,
        reported: Definition | None = None,
        since: datetime | None = None,
        comment: str | None = None,
    ) -> StationState:
        """The unified state for a handle; `reported` is the definition that a live status carries."""
        own = reported or self.definitions.get(-1 if handle is None else handle)
        status = self._status(handle, own)
        if status is None:
            self.diagnostics.unmapped("station state", _word(handle, own))
        return state_of(
            status or StationStatus.UNKNOWN,
            name=own.name if own else None,
            color=own.color if own else None,
            remote_id=None if handle is None else str(handle),
            since=since,
            comment=comment,
            quality=Quality.UNVERIFIABLE if status is None else Quality.VALID,
        )

    def _status(self, handle: int | None, own: Definition | None) -> StationStatus | None:
        if handle is None:
            return None
        if own is None:
            return self.overrides.get(handle) or BUILT_IN.get(handle)
        line = list(self._line(own))
        handles = [step.handle for step in line]
        if line[-1].parent is not None:
            handles.append(line[-1].parent)
        for table in (self.overrides, BUILT_IN):
            for step in handles:
                if step in table:
                    return table[step]
        categories = (step.category for step in line if step.category is not None)
        by_category = next((BY_CATEGORY[number] for number in categories if number in BY_CATEGORY), None)
        return by_category or _by_flags(own)

    def _line(self, own: Definition) -> Iterator[Definition]:
        """A state and its ancestors as far as they are known; a chain that bites its tail ends there."""
        seen: set[int] = set()
        step: Definition | None = own
        while step is not None and step.handle not in seen:
            yield step
            seen.add(step.handle)
            step = None if step.parent is None else self.definitions.get(step.parent)


def _by_flags(own: Definition) -> StationStatus | None:
    if own.prod_percent:
        return StationStatus.RUNNING
    if own.close_day or own.use_percent is False:
        return StationStatus.CLOSED
    return None


def _word(handle: int | None, own: Definition | None) -> str:
    if own is None:
        return f"handle {handle}" if handle is not None else "no state"
    return f"handle {handle}, {own.name or 'without a name'}, OEE category {own.category}"
