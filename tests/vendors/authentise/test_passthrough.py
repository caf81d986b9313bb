"""The vendor's own resources as they are, without secrets; and secrets nowhere else either."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.errors import BadArgument, BadCursor
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.resources import resources
from floorgraph.vendors.authentise.secrets import HIDDEN, without_secrets
from floorgraph.vendors.failures import NotFound
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall


async def test_a_list_is_paged_by_its_cursor(hall: Hall, source: Build) -> None:
    am, found, after = source(hall), list[Any](), None
    while True:
        page = await am.resource("piece", {}, 50, after)
        found += page.items
        after = page.after
        if after is None:
            break
    assert len(found) == hall.state()["counts"]["piece"]
    assert hall.calls() == {"piece": 3}


async def test_filters_comparisons_and_order(hall: Hall, source: Build) -> None:
    am = source(hall)
    every = (await am.resource("/run/", {"sort": "-created"}, 1000, None)).items
    stamps = [row["created"] for row in every]
    assert stamps == sorted(stamps, reverse=True)
    bounds = {"created>=": stamps[10], "created<=": stamps[3]}
    between = (await am.resource("run", bounds, 1000, None)).items
    assert {row["uri"] for row in between} == {
        row["uri"] for row in every if stamps[10] <= row["created"] <= stamps[3]
    }
    some = (await am.resource("run", {"status": "queued,in-progress"}, 1000, None)).items
    assert {row["status"] for row in some} <= {"queued", "in-progress"}
    assert some


async def test_one_record_by_its_path(hall: Hall, source: Build) -> None:
    uuid = hall.uuids("run")[0]
    page = await source(hall).resource(f"/run/{uuid}/", {}, 50, None)
    assert [uuid in row["uri"] for row in page.items] == [True]
    assert page.after is None


async def test_what_is_no_list_is_one_thing(hall: Hall, source: Build) -> None:
    page = await source(hall).resource("about", {}, 50, None)
    assert page.items[0]["version"] == "simulated"


@pytest.mark.parametrize(
    "path", ["runs", "run/../users", "https://elsewhere/run/", "run?x=1", "", "sessions", "a" * 500]
)
async def test_a_path_that_is_not_documented_is_refused_without_a_call(
    hall: Hall, source: Build, path: str
) -> None:
    with pytest.raises(BadArgument, match="names no resource"):
        await source(hall).resource(path, {}, 50, None)
    assert hall.calls() == {}


@pytest.mark.parametrize("name", ["stauts", "status]&x=[", "limit", "page[limit]", "created>"])
async def test_a_filter_that_is_not_documented_is_refused_without_a_call(
    hall: Hall, source: Build, name: str
) -> None:
    with pytest.raises(BadArgument, match="no documented field"):
        await source(hall).resource("run", {name: "1"}, 50, None)
    assert hall.calls() == {}


@pytest.mark.parametrize("after", ["", "5", "offset:-1", "offset:1e9", "offset:" + "9" * 30, "cursor:1"])
async def test_a_cursor_of_another_making_is_refused(hall: Hall, source: Build, after: str) -> None:
    with pytest.raises(BadCursor):
        await source(hall).resource("run", {}, 50, after)


async def test_a_question_that_gets_too_long_is_refused(hall: Hall, source: Build) -> None:
    with pytest.raises(BadArgument, match="too long"):
        await source(hall).resource("run", {"name": "x" * 2000}, 50, None)


async def test_a_filter_on_one_thing_is_refused(hall: Hall, source: Build) -> None:
    with pytest.raises(BadArgument, match="is for lists"):
        await source(hall).resource(f"run/{hall.uuids('run')[0]}", {"status": "queued"}, 50, None)


async def test_what_is_not_there_is_not_found(hall: Hall, source: Build) -> None:
    with pytest.raises(NotFound):
        await source(hall).resource("run/00000000-0000-4000-8000-000000000000", {}, 50, None)


def test_the_table_has_what_the_document_lists() -> None:
    found = resources()
    assert len(found) > 200
    assert {"run", "piece", "material-test/unit", "schedule_runs", "flat-piece"} <= set(found)
    assert "updated" in found["run"].fields
    assert found["run-schedule-summary"].guessed
    assert not {"sessions", "csrf-token", "oauth/token"} & set(found)


SECRETS = ("pa55", "l0gin", "qr-c0de", "c0ntact", "X-Amz-Signature=f00", "cl13nt")


def test_everything_secret_is_replaced_wherever_it_stands() -> None:
    payload = {
        "uri": "/modeler/x/",
        "username": "l0gin",
        "password": "pa55",
        "nested": [{"qr_logon_code": "qr-c0de", "contactless_login_secret": "c0ntact", "name": "kept"}],
        "content": "https://s3/x",
        "image": "https://s3/x?X-Amz-Signature=f00&y=1",
        "client_secret": "cl13nt",
        "thumbnail": {"url": "https://s3/plain"},
        "status": "idle",
    }
    shown = without_secrets("modeler", payload)
    text = msgspec.json.encode(shown).decode()
    assert not [secret for secret in SECRETS if secret in text]
    assert shown["username"] == shown["content"] == shown["image"] == HIDDEN
    assert shown["nested"][0]["name"] == "kept"
    assert (shown["status"], shown["thumbnail"]) == ("idle", {"url": "https://s3/plain"})


def test_a_users_name_is_no_secret_but_that_of_a_machine_is() -> None:
    assert without_secrets("users", {"username": "ada"}) == {"username": "ada"}
    assert without_secrets("modeler", {"username": "ada"}) == {"username": HIDDEN}


def test_an_event_about_a_secret_does_not_tell_it() -> None:
    event = {
        "key": "password",
        "previous_value": "old-pa55",
        "current_value": "pa55",
        "reference": "/modeler/x/",
    }
    shown = without_secrets("event", event)
    assert shown == event | {"previous_value": HIDDEN, "current_value": HIDDEN}
    other = {"key": "status", "previous_value": "idle", "current_value": "printing"}
    assert without_secrets("event", other) is other


def test_what_holds_no_secret_is_passed_as_it_is() -> None:
    payload = {"a": [1, {"b": None}], "secret": None, "password": ""}
    assert without_secrets("run", payload) is payload


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=25,
)


@given(JSON)
def test_anything_can_be_cleaned(payload: Any) -> None:
    cleaned = without_secrets("run", {"password": "pa55", "rest": payload})
    assert cleaned["password"] == HIDDEN
    assert without_secrets("run", cleaned) == cleaned


async def test_no_record_carries_a_secret(hall: Hall, source: Build) -> None:
    am = source(hall)
    told = list[Any]()
    for kind in (Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE, Kind.LAYOUT, Kind.BATCH, Kind.PROGRAM):
        told += [one.raw for one in (await am.select(kind, EVERYTHING, Freshness())).items]
    for resource in ("modeler", "users", "build-file", "capture", "event"):
        told += (await am.resource(resource, {}, 200, None)).items
    modelers = (await am.resource("modeler", {}, 200, None)).items
    assert {row["password"] for row in modelers} <= {HIDDEN, None, ""}
    assert HIDDEN in {row["password"] for row in modelers}
    text = msgspec.json.encode(told).decode()
    assert '"password":"' + HIDDEN in text
    assert "Signature=" not in text
    assert "simulator-password" not in text
