"""The `/_control` endpoints and the machinery behind them, around a toy vendor."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import orjson
import pytest

from floorgraph.simulators.clock import SimulatedClock
from floorgraph.simulators.contract import Call, ControlError, Reply
from floorgraph.simulators.harness import Harness


class ToyServer:
    """A vendor with one list."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(start=0.0, frozen=True)
        self.advanced_to = -1.0
        self.restart()

    def restart(self) -> None:
        self.things: list[dict[str, object]] = [{"id": 1}, {"id": 2}]

    def label(self, method: str, path: str) -> str:
        return f"{method} {path}"

    async def answer(self, call: Call) -> Reply:
        if call.method == "POST":
            self.things.append(orjson.loads(call.body))
            return Reply(201, {"done": True})
        return Reply(data=self.things)

    def encode(self, reply: Reply) -> bytes:
        return orjson.dumps(reply.data)

    def advance(self) -> None:
        self.advanced_to = self.clock.now()

    def state(self) -> Mapping[str, object]:
        return {"things": self.things}

    def change(self, wanted: Any) -> Mapping[str, object]:
        if "things" not in wanted:
            raise ControlError("things", "is missing")
        self.things = wanted["things"]
        return self.state()


@pytest.fixture
def toy() -> ToyServer:
    return ToyServer()


@pytest.fixture
async def http(toy: ToyServer) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=Harness(toy, seed=1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://toy.test") as client:
        yield client


async def test_calls_are_counted_and_control_is_not(http: httpx2.AsyncClient) -> None:
    await http.get("/things?page=1")
    await http.post("/things", json={"id": 3})
    calls = (await http.get("/_control/calls")).json()
    assert calls["total"] == 2
    assert calls["labels"] == {"GET /things": 1, "POST /things": 1}
    assert [(one["query"], one["status"]) for one in calls["log"]] == [("page=1", 200), ("", 201)]
    await http.post("/_control/reset")
    assert (await http.get("/_control/calls")).json()["total"] == 0


async def test_what_is_reset_can_be_chosen(http: httpx2.AsyncClient) -> None:
    await http.post("/things", json={"id": 3})
    await http.post("/_control/faults", json={"kind": "latency", "ms": 0})
    await http.post("/_control/reset", json={"what": ["shop"]})
    assert (await http.get("/_control/calls")).json()["total"] == 1
    assert len((await http.get("/_control/faults")).json()["faults"]) == 1
    assert (await http.get("/things")).json() == [{"id": 1}, {"id": 2}]
    await http.post("/_control/reset", json={"what": ["calls", "faults"]})
    assert (await http.get("/_control/calls")).json()["total"] == 0
    assert (await http.get("/_control/faults")).json()["faults"] == []


async def test_time_is_stepped(http: httpx2.AsyncClient, toy: ToyServer) -> None:
    assert (
        (await http.post("/_control/step", json={"seconds": 1.5}))
        .json()["now"]
        .startswith("1970-01-01T00:00:01.5")
    )
    assert toy.advanced_to == 1.5
    assert (await http.get("/_control/health")).json()["status"] == "ok"


async def test_the_shop_is_seen_and_changed(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/_control/state")).json() == {"things": [{"id": 1}, {"id": 2}]}
    await http.post("/_control/state", json={"things": [{"id": 9}]})
    assert (await http.get("/things")).json() == [{"id": 9}]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/state", b"{}", "things"),
        ("POST", "/state", b"[]", "body"),
        ("POST", "/state", b"{", "body"),
        ("POST", "/step", b"{}", "seconds"),
        ("POST", "/step", b'{"seconds":true}', "seconds"),
        ("POST", "/step", b'{"seconds":-1}', "seconds"),
        ("POST", "/step", b'{"seconds":1e300}', "seconds"),
        ("POST", "/step", b'{"seconds":1,"minutes":2}', "minutes"),
        ("POST", "/reset", b'{"what":"calls"}', "what"),
        ("POST", "/reset", b'{"what":["world"]}', "what"),
        ("POST", "/faults", b"{}", "kind"),
        ("POST", "/faults", b'{"kind":"storm"}', "kind"),
        ("POST", "/faults", b'{"kind":"latency"}', "ms"),
        ("POST", "/faults", b'{"kind":"latency","ms":"soon"}', "ms"),
        ("POST", "/faults", b'{"kind":"cut","size":1}', "size"),
        ("DELETE", "/faults?id=7", b"", "id"),
    ],
)
async def test_nonsense_is_refused_by_field(
    http: httpx2.AsyncClient, method: str, path: str, body: bytes, field: str
) -> None:
    answer = await http.request(method, "/_control" + path, content=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert answer.json()["message"]


async def test_lost_answers_may_have_had_their_effect(http: httpx2.AsyncClient) -> None:
    for applied, count in ((False, 2), (True, 3)):
        fault = {"kind": "status", "status": 502, "applied": applied, "count": 1}
        await http.post("/_control/faults", json=fault)
        assert (await http.post("/things", json={"id": 3})).status_code == 502
        assert len((await http.get("/things")).json()) == count


async def test_faults_add_up_and_one_can_be_lifted(http: httpx2.AsyncClient) -> None:
    first = (await http.post("/_control/faults", json={"kind": "truncate", "keep": 1})).json()["id"]
    await http.post("/_control/faults", json={"kind": "skew", "seconds": 60})
    answer = await http.get("/things")
    assert answer.json() == [{"id": 1}]
    assert answer.headers["date"] == "Thu, 01 Jan 1970 00:01:00 GMT"
    await http.delete(f"/_control/faults?id={first}")
    assert len((await http.get("/things")).json()) == 2
