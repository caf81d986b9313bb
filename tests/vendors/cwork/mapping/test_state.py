"""What a customer's state means, by its descent, its category, its flags, and the configuration."""

from typing import Any

import pytest

from floorgraph.model import Activity, Quality, StationStatus
from floorgraph.model.time import SystemClock
from floorgraph.vendors.coerce import Fields
from floorgraph.vendors.cwork.mapping.state import STATE, Definition, StateTable, definition
from floorgraph.vendors.diagnostics import Diagnostics

S = StationStatus


def defined(handle: int, **fields: Any) -> Definition:
    payload = {
        "Handle": handle,
        "Name": f"State {handle}",
        "Color": "#123456",
        "OEECategory": None,
        "ParentHandle": None,
        "CloseDay": False,
        "ProdPercent": False,
        "UsePercent": True,
        **fields,
    }
    return definition(Fields(payload, STATE, diagnostics=Diagnostics(clock=SystemClock())))


def table(*definitions: Definition, **overrides: StationStatus) -> StateTable:
    numbers = {int(name.removeprefix("handle_")): status for name, status in overrides.items()}
    by_handle = {one.handle: one for one in definitions}
    return StateTable(by_handle, numbers, Diagnostics(clock=SystemClock()))


BUILT_IN = [(0, S.RUNNING), (1, S.FAULT), (2, S.SETUP), (3, S.IDLE), (4, S.CLOSED)]


@pytest.mark.parametrize(("handle", "status"), BUILT_IN)
def test_built_in_handles_count_whatever_their_category_says(handle: int, status: StationStatus) -> None:
    state = table().state(handle, reported=defined(handle, OEECategory=2))
    assert state.status is status
    assert state.quality is Quality.VALID


@pytest.mark.parametrize(("handle", "status"), BUILT_IN)
def test_built_in_handles_count_without_any_definition(handle: int, status: StationStatus) -> None:
    assert table().state(handle).status is status


@pytest.mark.parametrize(("handle", "status"), BUILT_IN)
def test_descent_from_a_built_in_state_counts_over_two_levels(handle: int, status: StationStatus) -> None:
    parent = defined(20, ParentHandle=handle, OEECategory=4)
    child = defined(21, ParentHandle=20, OEECategory=3)
    assert table(parent).state(21, reported=child).status is status


@pytest.mark.parametrize(
    ("category", "status"),
    [(1, S.CLOSED), (2, S.STOPPED), (3, S.IDLE), (4, S.RUNNING), (5, S.FAULT), (9, S.SETUP)],
)
def test_the_category_counts_without_a_built_in_ancestor(category: int, status: StationStatus) -> None:
    assert table().state(30, reported=defined(30, OEECategory=category)).status is status
    assert table().state(30, reported=defined(30, OEECategory=str(category))).status is status


def test_the_category_of_an_ancestor_counts_when_the_state_has_none() -> None:
    parent = defined(40, OEECategory=5)
    child = defined(41, ParentHandle=40, OEECategory=7)
    assert table(parent).state(41, reported=child).status is S.FAULT


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ({"ProdPercent": True}, S.RUNNING),
        ({"CloseDay": True}, S.CLOSED),
        ({"UsePercent": False}, S.CLOSED),
        ({"ProdPercent": "1", "CloseDay": "1"}, S.RUNNING),
    ],
)
def test_flags_count_last(flags: dict[str, Any], status: StationStatus) -> None:
    assert table().state(50, reported=defined(50, **flags)).status is status
    assert table().state(50, reported=defined(50, OEECategory=3, **flags)).status is S.IDLE


def test_a_state_that_nothing_explains_is_unknown_and_listed() -> None:
    states = table()
    state = states.state(60, reported=defined(60, Name="Production", OEECategory=7))
    assert (state.status, state.quality) == (S.UNKNOWN, Quality.UNVERIFIABLE)
    assert state.activity is Activity.NOT_AVAILABLE
    assert (state.name, state.color, state.remote_id) == ("Production", "#123456", "60")
    (word,) = states.diagnostics.unmapped_words()
    assert (word.vocabulary, word.word) == ("station state", "handle 60, Production, OEE category 7")


def test_names_never_count() -> None:
    assert table().state(61, reported=defined(61, Name="Breakdown", OEECategory=4)).status is S.RUNNING


def test_a_status_without_a_state_is_unknown() -> None:
    state = table().state(None)
    assert (state.status, state.quality, state.remote_id) == (S.UNKNOWN, Quality.UNVERIFIABLE, None)


@pytest.mark.parametrize("parents", [{70: 70}, {70: 71, 71: 70}, {70: 71, 71: 72, 72: 71}])
def test_a_chain_of_parents_that_bites_its_tail_ends(parents: dict[int, int]) -> None:
    states = table(*(defined(handle, ParentHandle=parent) for handle, parent in parents.items()))
    assert states.state(70).status is S.UNKNOWN


def test_the_configuration_overrides_a_state_and_its_children() -> None:
    states = table(defined(80, ParentHandle=3), handle_80=S.MAINTENANCE, handle_0=S.PAUSED)
    assert states.state(80).status is S.MAINTENANCE
    assert states.state(81, reported=defined(81, ParentHandle=80)).status is S.MAINTENANCE
    assert states.state(0).status is S.PAUSED
    assert states.state(3).status is S.IDLE


def test_no_parent_is_written_as_null_or_below_zero() -> None:
    assert defined(90, ParentHandle=-1).parent is None
    assert defined(90, ParentHandle=None).parent is None
