"""What is found out about a tenant, and how its feeds keep to a daily budget."""

from typing import Any

import msgspec
import pytest

from floorgraph.model.source import Capability
from floorgraph.vendors.authentise.probe import compared
from floorgraph.vendors.authentise.reliance import RELIED_ON, Reliance
from floorgraph.vendors.authentise.resources import resources
from tests.support.fakeclock import FakeClock
from tests.support.upstream import Answer, Received, serving
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

GOOD = {"filterable": True, "sortable": True}


def described(**fields: Any) -> dict[str, Any]:
    return {"uri": GOOD, "updated": GOOD, "created": GOOD, "printer": GOOD, "include_archived": GOOD} | fields


RELIANCE = Reliance(
    filtered=("printer",), updated=True, stable="created", flags=(("include_archived", "true"),)
)


def notes(**fields: Any) -> set[tuple[str, str, str]]:
    given = {name: value for name, value in described(**fields).items() if value is not None}
    return {(one.subject, one.expected, one.found) for one in compared("run", RELIANCE, given)}


def test_a_server_as_expected_gives_no_notes() -> None:
    assert notes() == set()


@pytest.mark.parametrize("field", ["uri", "printer", "include_archived"])
def test_a_field_that_cannot_be_filtered_by_is_noted(field: str) -> None:
    assert notes(**{field: {"filterable": False, "sortable": True}}) == {
        (f"/run/ {field}", "filterable", "not filterable")
    }


def test_a_field_that_cannot_be_sorted_by_is_noted() -> None:
    assert notes(created={"filterable": False, "sortable": False}) == {
        ("/run/ created", "sortable", "not sortable")
    }


def test_a_field_that_is_missing_is_noted_for_everything_it_is_needed_for() -> None:
    assert notes(updated=None) == {
        ("/run/ updated", "filterable", "no such field"),
        ("/run/ updated", "sortable", "no such field"),
    }


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (GOOD, set()),
        ({"methods": ["GET", "PUT"]}, set()),
        ({"methods": ["GET"]}, {("/run/ status", "settable with PUT", "not settable with PUT")}),
        (None, {("/run/ status", "settable with PUT", "no such field")}),
    ],
)
def test_a_field_that_commands_cannot_set_is_noted(field: Any, found: set[tuple[str, str, str]]) -> None:
    given = {} if field is None else {"status": field}
    notes = compared("run", Reliance(put=("status",)), {"uri": GOOD, **given})
    assert {(one.subject, one.expected, one.found) for one in notes} == found


def test_what_a_server_does_not_say_is_not_held_against_it() -> None:
    assert notes(uri={}) == set()


def test_everything_relied_on_is_documented() -> None:
    documented = resources()
    for name, reliance in RELIED_ON.items():
        wanted = {*reliance.filtered, *(flag for flag, _ in reliance.flags)}
        wanted |= {"updated"} if reliance.updated else set()
        wanted |= {reliance.stable} if reliance.stable else set()
        wanted |= {"uuid"} if reliance.by_uuid else {"uri"}
        assert wanted <= documented[name].fields, name


async def test_the_check_notes_where_a_server_differs(source: Build) -> None:
    def answer(request: Received) -> Answer:
        if "/printer/" in request.target:
            return Answer(405, b"<html>no</html>")
        fields = (
            {}
            if "/run/" in request.target
            else {name: GOOD for resource in resources().values() for name in resource.fields}
        )
        return Answer(200, msgspec.json.encode({"signature": {"fields": fields}}))

    async with serving() as upstream:
        upstream.default = answer
        found = await source(upstream.url).assumptions()
        assert {request.method for request in upstream.requests} == {"OPTIONS"}
    assert {one.subject.split()[0] for one in found} == {"/printer/", "/run/"}
    assert ("/run/ uri", "filterable", "no such field") in {(n.subject, n.expected, n.found) for n in found}


async def test_before_anything_was_heard_nothing_counts_as_there(source: Build, hall: Hall) -> None:
    am = source(hall)
    states = {state.name: state for state in am.capabilities()}
    assert not states[Capability.STATIONS].available
    assert states[Capability.STATIONS].reason == "not asked yet"
    await am.probe()
    states = {state.name: state for state in am.capabilities()}
    assert states[Capability.STATIONS].available
    assert set(states) == set(Capability)
    assert all(state.reason for state in states.values() if not state.available)


async def test_a_daily_budget_makes_polls_rarer(source: Build, hall: Hall) -> None:
    # In the morning: shortly before the day ends it pays for as many polls as ever.
    clock = FakeClock()
    free = {feed.name: feed for feed in source(hall, clock).feeds()}
    assert {feed.interval for feed in free.values()} == {15.0, 30.0}
    bound = source(hall, clock, calls_per_day=100).feeds()
    assert all(feed.interval > free[feed.name].interval and feed.minimum > 5.0 for feed in bound)


async def test_a_daily_budget_makes_probes_rarer(source: Build, hall: Hall) -> None:
    for settings, calls in (({}, 3), ({"calls_per_day": 1000}, 1)):
        clock = FakeClock()
        am = source(hall, clock, **settings)
        await am.probe()
        hall.forget_calls()
        for _ in range(3):
            await am.probe()
            clock.advance(60)
        assert hall.total() == calls
        # Nothing is remembered for ever.
        clock.advance(3000)
        await am.probe()
        assert hall.total() == calls + 1
