"""The vendor document's own bodies: replayed as they are, and the measure of what the simulator makes."""

from typing import Any

import httpx2
import orjson
import pytest

from floorgraph.simulators.cwork.app import ENDPOINTS, build
from floorgraph.simulators.cwork.examples import Example, all_examples
from floorgraph.simulators.cwork.options import CWorkOptions
from tests.simulators.cwork.client import START_SECONDS, cwork

EXAMPLES = all_examples()
RESPONSES = [one for one in EXAMPLES if one.role == "response"]
REQUESTS = [one for one in EXAMPLES if one.role == "request"]
MALFORMED_LINES = {238, 833, 889, 945, 1008, 1420, 1754, 2116, 2126, 2472, 2531}


def named(example: Example) -> str:
    return f"line {example.line} {example.label}"


def number(example: Example) -> int:
    """Which of its endpoint's responses it is, from 1."""
    return [one.line for one in RESPONSES if one.label == example.label].index(example.line) + 1


def parses(content: bytes) -> bool:
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True


def test_all_54_json_bodies_are_there_and_11_do_not_parse() -> None:
    bodies = [one for one in EXAMPLES if one.json]
    assert len(bodies) == 54
    assert {one.line for one in bodies if not parses(one.content())} == MALFORMED_LINES
    assert all(one.parses == parses(one.content()) for one in bodies)


def test_every_example_belongs_to_an_endpoint() -> None:
    known = {endpoint.label for endpoint in ENDPOINTS}
    assert {one.label for one in EXAMPLES} <= known


@pytest.mark.parametrize("example", RESPONSES, ids=named)
async def test_responses_are_replayed_verbatim(example: Example) -> None:
    async with cwork(examples=True) as server:
        path, _, query = example.path.partition("?")
        parameters = dict(httpx2.QueryParams(query)) | {"example": str(number(example))}
        answer = await server.ask(path, method=example.method, params=parameters)
        assert answer.status_code == example.status
        assert answer.content == example.content()
        if example.method == "GET" and example.template.endswith("certify"):
            posted = await server.ask(path, method="POST")
            assert posted.content == example.content()


@pytest.mark.parametrize("example", REQUESTS, ids=named)
async def test_requests_are_understood_unless_they_are_malformed(example: Example) -> None:
    """Which error it is, if any, depends on the shop; a body that does not parse is always 1004."""
    async with cwork(stations=8) as server:
        method = "POST" if example.template.endswith("certify") else example.method
        answer = await server.ask(example.path, method=method, content=example.content())
        code = answer.json()["ErrorCode"] if answer.status_code >= 400 else None
        if example.template.endswith("certify"):
            assert code == 2008  # there is no document 27 to begin with
        else:
            assert (code == 1004) == (not example.parses)


async def test_replay_still_wants_key_and_version() -> None:
    async with cwork(examples=True) as server:
        assert (await server.ask("/stations", key=None)).status_code == 401
        assert await server.code("/stations", accept=None) == 1003
        assert await server.code("/stations?example=2") == 1010
        # The document has no example of it, so the shop answers.
        assert len(await server.read("/station_statuses")) == 4


def shape(value: Any) -> Any:
    """The names in a payload, with types; lists by their first element."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


COMPARABLE = {
    "GET /users/{id}": "/users/3",
    "GET /groups/{id}": "/groups/1",
    "GET /groups": "/groups",
    "GET /stations/{id}": "/stations/1",
    "GET /stations/{id}/hasimg": "/stations/1/hasimg",
    "GET /stations": "/stations",
    "GET /stations/{id}/kpi": "/stations/1/kpi?dstart=2026-03-02T07:00:00Z",
    "GET /states/{id}": "/states/4",
    "GET /states": "/states",
    "GET /stations/{id}/returnCNCProtocol": "/stations/1/returnCNCProtocol",
    "GET /tops": f"/tops?station=1&startdate=0&enddate={START_SECONDS}",
    "GET /documents/{id}": "/documents/1",
    "GET /documents/customFields": "/documents/customFields",
    "GET /documents/{document}/versions": "/documents/1/versions",
    "GET /orders/{id}": "/orders/1",
    "GET /orders": "/orders",
}


@pytest.mark.parametrize("label", COMPARABLE)
async def test_payloads_have_the_names_and_types_of_the_document(label: str) -> None:
    example = next(one for one in RESPONSES if one.label == label)
    async with cwork() as server:
        found = await server.read(COMPARABLE[label])
    assert shape(found) == shape(orjson.loads(example.content()))


async def test_the_replaying_app_is_an_ordinary_app() -> None:
    transport = httpx2.ASGITransport(app=build(CWorkOptions(examples=True)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://cwork.test") as http:
        assert (await http.get("/_control/health")).json()["status"] == "ok"
