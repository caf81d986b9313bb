import pytest
from starlette.types import Message
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)

from floorgraph.model.time import SystemClock
from floorgraph.server.access.session import Session
from floorgraph.server.wire import Wire


class Server:
    """What a wire passes on, until the peer is gone."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failure: Exception | None = None
        self.wire = Wire(self.receive, self.send, Session("192.0.2.1", SystemClock()))

    async def receive(self) -> Message:
        raise AssertionError

    async def send(self, message: Message) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)


async def test_messages_are_text_and_what_comes_must_be_json_text() -> None:
    server = Server()
    await server.wire.send_json({"type": "ping"})
    assert server.sent == [{"type": "websocket.send", "text": '{"type":"ping"}'}]
    assert server.wire.read({"type": "websocket.receive", "text": "[1]", "bytes": None}) == [1]
    for event in ({"bytes": b"{}"}, {"bytes": b"{}", "text": None}):
        with pytest.raises(NonTextMessageReceived):
            server.wire.read({"type": "websocket.receive", **event})
    with pytest.raises(NonJsonMessageReceived):
        server.wire.read({"type": "websocket.receive", "text": "{NaN"})


async def test_the_first_side_that_closes_decides_the_code_and_nothing_is_sent_after() -> None:
    server = Server()
    await server.wire.close(4403, "Forbidden")
    await server.wire.close(1000, "again")
    with pytest.raises(WebSocketDisconnected):
        await server.wire.send_text("late")
    with pytest.raises(WebSocketDisconnected):
        server.wire.read({"type": "websocket.disconnect", "code": 1005})
    assert (server.wire.code, server.wire.over) == (4403, True)
    assert [message["type"] for message in server.sent] == ["websocket.close"]


@pytest.mark.parametrize(("event", "code"), [({"code": 1001}, 1001), ({"code": None}, 1006), ({}, 1006)])
async def test_a_peer_that_leaves_ends_the_wire(event: Message, code: int) -> None:
    server = Server()
    with pytest.raises(WebSocketDisconnected):
        server.wire.read({"type": "websocket.disconnect", **event})
    assert (server.wire.code, server.wire.over) == (code, True)


@pytest.mark.parametrize("failure", [RuntimeError("closed"), ConnectionResetError()])
async def test_a_peer_that_is_gone_when_something_is_sent_is_no_error_of_another_kind(
    failure: Exception,
) -> None:
    server = Server()
    server.failure = failure
    with pytest.raises(WebSocketDisconnected):
        await server.wire.send_json({})
    assert (server.wire.code, server.wire.over) == (1006, True)
    server = Server()
    server.failure = failure
    await server.wire.close(4400, "wrong")
    assert server.wire.code == 4400
