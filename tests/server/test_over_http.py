"""GraphQL over HTTP: the audits of the npm package graphql-http, by their ids, and what they do not ask."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from floorgraph.server.answers import MAX_BODY_BYTES
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

JSON = "application/json"
NEWER = "application/graphql-response+json"
NAMED = "query Type($name: String!) { __type(name: $name) { name } }"
VARIABLES = {"name": "sometype"}
COERCION = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}
WRONG_FIELD = {"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"}
NO_OBJECTS = ["string", 0, False, ["array"]]
NO_STRINGS = [{"obj": "ect"}, 0, False, ["array"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base_url() -> AsyncIterator[str]:
    async with serving_sources([MemorySource("north", [station("1", "Mill 1")])]) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    # A connection that is kept would outlive the test that opened it.
    limits = httpx2.Limits(max_keepalive_connections=0)
    async with httpx2.AsyncClient(
        base_url=base_url, trust_env=False, timeout=DEADLINE, limits=limits
    ) as client:
        # The client's own default would hide what a request without the header gets.
        del client.headers["accept"]
        yield client


pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Sent:
    """A request of an audit."""

    body: Any = None
    accept: str | None = None
    content_type: str | None = JSON
    raw: bytes | None = None
    get: dict[str, str] | None = None

    async def by(self, http: httpx2.AsyncClient) -> httpx2.Response:
        headers = {"accept": self.accept} if self.accept else {}
        if self.get is not None:
            return await http.get("/graphql", params=self.get, headers=headers)
        if self.content_type:
            headers["content-type"] = self.content_type
        content = self.raw if self.raw is not None else json.dumps(self.body).encode()
        return await http.post("/graphql", content=content, headers=headers)


Check = Callable[[httpx2.Response], bool]


def status(low: int, high: int | None = None) -> Check:
    return lambda answer: low <= answer.status_code <= (high or low)


def typed(kind: str) -> Check:
    return lambda answer: kind in answer.headers["content-type"]


def utf8(answer: httpx2.Response) -> bool:
    return bool(answer.content.decode("utf-8"))


def clean(answer: httpx2.Response) -> bool:
    return "errors" not in answer.json()


def dataless(answer: httpx2.Response) -> bool:
    return "data" not in answer.json()


TYPENAME = {"query": "{ __typename }"}


@dataclass(frozen=True)
class Audit:
    """One audit: what is sent and what must hold for the answer."""

    id: str
    sent: Sent
    checks: tuple[Check, ...] = field(default=(status(200),))


def audit(name: str, sent: Sent, *checks: Check) -> Audit:
    return Audit(name, sent, checks or (status(200),))


def of_parameter(prefix: str, parameter: str, wrong: list[Any]) -> list[Audit]:
    return [
        audit(f"{prefix}{index}", Sent({**TYPENAME, parameter: value}), status(400))
        for index, value in enumerate(wrong)
    ]


def of_nulls() -> list[Audit]:
    return [
        found
        for index, parameter in enumerate(("variables", "operationName", "extensions"))
        for found in (
            audit(f"94B{index}", Sent({**TYPENAME, parameter: None}, NEWER), status(200), clean),
            audit(f"022{index}", Sent({**TYPENAME, parameter: None}, JSON), status(200), clean),
        )
    ]


AUDITS = [
    audit("22EB", Sent(TYPENAME, NEWER), status(200), typed(NEWER)),
    audit("4655", Sent(TYPENAME, JSON), status(200), typed(JSON)),
    audit("47DE", Sent(TYPENAME, "*/*"), status(200), typed(JSON)),
    audit("80D8", Sent(TYPENAME), status(200), typed(JSON)),
    audit("82A3", Sent(TYPENAME), status(200), utf8),
    audit(
        "BF61", Sent({"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}, None, f"{JSON}; charset=utf-8")
    ),
    audit("78D5", Sent(TYPENAME)),
    audit("2C94", Sent(TYPENAME)),
    audit("5A70", Sent(get=TYPENAME)),
    audit("9C48", Sent(get={"query": "mutation { __typename }"}, accept=NEWER), status(400, 499)),
    audit("9ABE", Sent(TYPENAME, None, None), status(400, 499)),
    audit("03D4", Sent(TYPENAME)),
    audit("A5BF", Sent(raw=b""), status(400)),
    audit("423L", Sent({"notquery": "{ __typename }"}, NEWER), status(400)),
    *of_parameter("LKJ", "query", NO_STRINGS),
    audit("34A2", Sent(TYPENAME, NEWER)),
    audit("13EE", Sent(TYPENAME, JSON), status(200), clean),
    *of_parameter("6C0", "operationName", NO_STRINGS),
    audit("8161", Sent({"operationName": "Query", "query": "query Query { __typename }"}, NEWER)),
    audit("B8B3", Sent({"operationName": "Query", "query": "query Query { __typename }"}, JSON), clean),
    *of_nulls(),
    *of_parameter("476", "variables", NO_OBJECTS),
    audit("2EA1", Sent({"query": NAMED, "variables": VARIABLES}, NEWER)),
    audit("28B9", Sent({"query": NAMED, "variables": VARIABLES}, JSON), status(200), clean),
    audit(
        "D6D5",
        Sent(get={"query": NAMED, "variables": json.dumps(VARIABLES)}, accept=NEWER),
        status(200),
        clean,
    ),
    audit(
        "6A70",
        Sent(get={"query": NAMED, "variables": json.dumps(VARIABLES)}, accept=JSON),
        status(200),
        clean,
    ),
    *of_parameter("58B", "extensions", NO_OBJECTS),
    audit("428F", Sent({**TYPENAME, "extensions": {"some": "value"}}, NEWER)),
    audit("1B7A", Sent({**TYPENAME, "extensions": {"some": "value"}}, JSON), status(200), clean),
    audit("B6DC", Sent(raw=b'{ "not a JSON', accept=JSON), status(200, 599)),
    audit("BCF8", Sent(raw=b'{ "not a JSON', accept=JSON), status(400)),
    audit("B7N8", Sent(raw=b'{ "not a JSON', accept=NEWER), status(400)),
    audit("8764", Sent({"qeury": "{ __typename }"}), status(400, 599)),
    audit("3E3A", Sent({"qeury": "{ __typename }"}), status(400)),
    audit("572B", Sent({"query": "{"}, JSON)),
    audit("FDE2", Sent(WRONG_FIELD, JSON)),
    audit("7B9B", Sent(COERCION, JSON)),
    audit("865D", Sent({"query": "{"}, NEWER), status(400, 599)),
    audit("556A", Sent({"query": "{"}, NEWER), status(400)),
    audit("D586", Sent({"query": "{"}, NEWER), dataless),
    audit("51FE", Sent(WRONG_FIELD, NEWER), status(400, 599)),
    audit("74FF", Sent(WRONG_FIELD, NEWER), status(400)),
    audit("5E5B", Sent(WRONG_FIELD, NEWER), dataless),
    audit("86EE", Sent(COERCION, NEWER), status(400)),
]


async def test_there_are_as_many_audits_as_the_package_has() -> None:
    assert len({found.id for found in AUDITS}) == len(AUDITS) == 61


@pytest.mark.parametrize("wanted", AUDITS, ids=lambda found: found.id)
async def test_audit(http: httpx2.AsyncClient, wanted: Audit) -> None:
    answer = await wanted.sent.by(http)
    for number, check in enumerate(wanted.checks):
        assert check(answer), f"check {number}: {answer.status_code} {answer.headers} {answer.text}"


def refused(answer: httpx2.Response, code: int) -> str:
    """The message of a refusal, which looks the same for every reason."""
    assert answer.status_code == code, answer.text
    assert answer.headers["content-type"].endswith("; charset=utf-8")
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST", "retryable": False}
    assert "data" not in answer.json()
    message: str = error["message"]
    return message


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "text/plain; application/json",
        "application/jsonp",
    ],
)
async def test_what_any_page_may_send_is_refused(http: httpx2.AsyncClient, kind: str) -> None:
    """A page of another site may post these with its visitor's cookies, without asking first."""
    answer = await Sent(TYPENAME, content_type=kind).by(http)
    assert "application/json" in refused(answer, 415)


async def test_uploads_are_off(http: httpx2.AsyncClient) -> None:
    form = {"operations": (None, json.dumps(TYPENAME)), "map": (None, "{}")}
    answer = await http.post("/graphql", files=form)
    assert "multipart" in refused(answer, 415)


@pytest.mark.parametrize("batch", [[], [TYPENAME], [TYPENAME, TYPENAME]])
async def test_batching_is_off(http: httpx2.AsyncClient, batch: list[Any]) -> None:
    assert "Batching is off" in refused(await Sent(batch).by(http), 400)


@pytest.mark.parametrize(
    "document", ["mutation { __typename }", "query A { __typename } mutation B { __typename }"]
)
async def test_a_mutation_by_get_is_refused_and_told_where_to_go(
    http: httpx2.AsyncClient, document: str
) -> None:
    answer = await Sent(get={"query": document, "operationName": "B" if "B" in document else ""}).by(http)
    assert "POST" in refused(answer, 405)
    assert answer.headers["allow"] == "POST"


async def test_a_subscription_by_plain_post_is_told_what_it_needs(http: httpx2.AsyncClient) -> None:
    answer = await Sent({"query": "subscription { sourceChanged { kind } }"}).by(http)
    assert "websocket" in refused(answer, 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(http: httpx2.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/graphql")
    refused(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"1",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"query": NaN}',
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 40_000,
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_bodies_that_are_no_request_are_refused_without_an_echo(
    http: httpx2.AsyncClient, body: bytes
) -> None:
    message = refused(await Sent(raw=body).by(http), 400)
    assert "Traceback" not in message
    assert len(message) < 100


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 65536


async def test_long_bodies_are_refused_announced_or_not(http: httpx2.AsyncClient) -> None:
    announced = await Sent(raw=b" " * (MAX_BODY_BYTES + 1)).by(http)
    refused(announced, 413)
    streamed = await http.post("/graphql", content=pieces(5), headers={"content-type": JSON})
    refused(streamed, 413)
    fitting = json.dumps(TYPENAME).encode()
    answer = await Sent(raw=fitting + b" " * (MAX_BODY_BYTES - len(fitting))).by(http)
    assert answer.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("kind", [f"{JSON};charset=UTF-8", f'{JSON}; charset="utf-8"', "APPLICATION/JSON"])
async def test_ways_to_write_the_content_type(http: httpx2.AsyncClient, kind: str) -> None:
    assert (await Sent(TYPENAME, content_type=kind).by(http)).json()["data"]


async def test_other_charsets_are_refused(http: httpx2.AsyncClient) -> None:
    answer = await Sent(TYPENAME, content_type=f"{JSON}; charset=utf-16").by(http)
    assert "UTF-8" in refused(answer, 415)


@pytest.mark.parametrize(("accept", "code"), [(JSON, 200), (NEWER, 400)])
@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        WRONG_FIELD,
        COERCION,
        {"query": "query A { __typename }", "operationName": "B"},
        {"query": "query A { __typename } query B { __typename }"},
    ],
    ids=["syntax", "validation", "variables", "unknown name", "no name"],
)
async def test_what_cannot_be_run_has_no_data(
    http: httpx2.AsyncClient, accept: str, code: int, body: dict[str, Any]
) -> None:
    answer = await Sent(body, accept).by(http)
    assert answer.status_code == code
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("accept", [JSON, NEWER])
async def test_what_was_run_has_data_and_200_even_with_errors(http: httpx2.AsyncClient, accept: str) -> None:
    answer = await Sent({"query": '{ station(id: "nonsense") { name } }'}, accept).by(http)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"station": None}
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_ID"


async def test_answers_are_kept_by_nobody_and_taken_for_nothing_else(http: httpx2.AsyncClient) -> None:
    answer = await Sent(get=TYPENAME).by(http)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "accept"
    assert answer.headers["x-content-type-options"] == "nosniff"
