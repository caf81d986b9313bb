"""Station states: the five built-in ones and those a customer has added.

Built-in states as in the vendor's document ("State list"); live servers use other names, colours and
categories for the same handles. What the customer added is invented, to cover every rule by which a client
can place an unknown state: parents over two levels, category only, and nothing to go by at all.
"""

from dataclasses import dataclass, field
from typing import Literal

PRODUCTION, BREAKDOWN, SETTING, WAITING, DISENGAGEMENT = range(5)
TOOL_CHANGE, NO_MATERIAL, SPINDLE_FAULT, WARM_UP, BREAK, FIRST_PART, TRIAL, OLD_TRIAL, OUTSIDE = range(5, 14)


@dataclass(frozen=True, slots=True)
class State:
    """A state definition."""

    handle: int
    name: str
    color: str
    oee_category: int
    parent: int | None = None
    close_day: bool = False
    prod_percent: bool = False
    use_percent: bool = True
    archived: bool = False
    """Not listed, and nothing can be set to it (2006)."""
    in_scenario: bool = True
    """Whether a user can set it (2021 otherwise)."""


@dataclass(slots=True)
class States:
    """All state definitions by handle, and the built-in state each descends from."""

    by_handle: dict[int, State]
    roots: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.roots = {handle: self._root(handle) for handle in self.by_handle}

    def _root(self, handle: int) -> int:
        parent = self.by_handle[handle].parent
        return handle if parent is None else self._root(parent)


def _built_in(flavour: Literal["document", "captured"]) -> list[State]:
    if flavour == "captured":
        return [
            State(PRODUCTION, "Production", "#87D37C", 4, prod_percent=True),
            State(BREAKDOWN, "Failure", "#D64541", 5),
            State(SETTING, "Setup", "#59ABE3", 9),
            State(WAITING, "Idle", "#F5D76E", 3),
            State(DISENGAGEMENT, "Disengagement", "#BDC3C7", 1, close_day=True, use_percent=False),
        ]
    return [
        State(PRODUCTION, "Production", "#008000", 4, prod_percent=True),
        State(BREAKDOWN, "Breakdown", "#FF0000", 2),
        State(SETTING, "Setting", "#0000FF", 2),
        State(WAITING, "Waiting", "#FFFF00", 3),
        State(DISENGAGEMENT, "Disengagement", "#808080", 1, close_day=True, use_percent=False),
    ]


def states(flavour: Literal["document", "captured"]) -> States:
    """The state definitions of a shop."""
    setting = 9 if flavour == "captured" else 2
    failure = 5 if flavour == "captured" else 2
    custom = [
        State(TOOL_CHANGE, "Tool change", "#4B77BE", setting, SETTING),
        State(NO_MATERIAL, "Waiting for material", "#F4B350", 3, WAITING),
        State(SPINDLE_FAULT, "Spindle fault", "#96281B", failure, BREAKDOWN),
        State(WARM_UP, "Échauffement", "#2574A9", setting, TOOL_CHANGE),
        State(BREAK, "Lunch break", "#ABB7B7", 1, DISENGAGEMENT, use_percent=False),
        State(FIRST_PART, "Contrôle 1re pièce", "#9B59B6", 2),
        State(TRIAL, "Special trial", "#E08283", 7),
        State(OLD_TRIAL, "Old trial", "#6C7A89", 7, archived=True),
        State(OUTSIDE, "Training", "#1BBC9B", 3, WAITING, in_scenario=False),
    ]
    return States({state.handle: state for state in [*_built_in(flavour), *custom]})
