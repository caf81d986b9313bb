"""Who may open websockets, how many, and when they end."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from floorgraph.server.app import app_over
from floorgraph.settings import JwtSettings, LimitSettings, Role
from floorgraph.vendors.floor import Floor
from tests.server.access.guarded import Line, configured, two_lines
from tests.support.client import PROTOCOL, close_code, live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.identities import AUDIENCE, ISSUER, Provider, key
from tests.support.serving import serving

KEYS = "{ sources { key } }"
FOLLOW = "subscription { stationChanged { kind id } }"


async def asked(client: Any, document: str = KEYS, key: str = "1") -> dict[str, Any]:
    """The first message that answers an operation; its `complete` is left unread."""
    await client.subscribe(document, key=key)
    message: dict[str, Any] = await asyncio.wait_for(client.receive(), DEADLINE)
    return message


@pytest.mark.parametrize(
    "form",
    [
        lambda text: {"Authorization": f"ApiKey {text}"},
        lambda text: {"authorization": f"Bearer {text}"},
        lambda text: {"apiKey": text},
        lambda text: {"token": text},
    ],
)
async def test_credentials_come_with_the_first_message(form: Any) -> None:
    settings, text = key(sources=("north",))
    async with two_lines(configured(settings)) as (base_url, *_), live(base_url, form(text)) as client:
        assert (await asked(client))["payload"]["data"] == {"sources": [{"key": "north"}]}


async def test_credentials_may_come_with_the_handshake() -> None:
    settings, text = key()
    async with two_lines(configured(settings)) as (base_url, *_):
        address = base_url.replace("http", "ws", 1) + "/graphql"
        headers = {"Authorization": f"ApiKey {text}"}
        async with connect(
            address, subprotocols=[PROTOCOL], proxy=None, additional_headers=headers, open_timeout=DEADLINE
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"apiKey": "fg_abcd_efgh"}, {"token": "a.b.c"}, {"Authorization": ["x"]}, {"apiKey": 5}],
)
async def test_wrong_or_missing_credentials_close_with_4403(payload: Any) -> None:
    async with two_lines(configured()) as (base_url, *_), raw_socket(base_url) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert await close_code(socket) == 4403


async def test_nothing_runs_before_the_first_message() -> None:
    async with two_lines(configured()) as (base_url, *_), raw_socket(base_url) as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": KEYS}}))
        assert await close_code(socket) == 4401


async def test_a_second_first_message_is_refused_as_before() -> None:
    settings, text = key()
    async with two_lines(configured(settings)) as (base_url, *_), live(base_url, {"apiKey": text}) as client:
        await client.send({"type": "connection_init", "payload": {"apiKey": text}})
        assert await close_code(client.socket) == 4429


async def test_who_says_nothing_in_time_is_cut() -> None:
    limits = LimitSettings(init_seconds=0.05)
    async with two_lines(configured(limits=limits)) as (base_url, *_), raw_socket(base_url) as socket:
        assert await close_code(socket) == 4408


async def test_a_session_ends_with_its_token_and_goes_on_with_a_new_one(tmp_path: Path) -> None:
    provider = Provider()
    path = tmp_path / "key.pem"
    path.write_text(provider.pem, encoding="utf-8")
    jwt = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path, leeway_seconds=0)
    async with two_lines(configured(jwt=jwt)) as (base_url, *_):
        async with live(base_url, {"token": provider.token(5)}) as client:
            assert (await asked(client, FOLLOW))["type"] == "next"
            assert await close_code(client.socket) == 4403
        async with live(base_url, {"token": provider.token()}) as client:
            assert (await asked(client, FOLLOW))["type"] == "next"


async def test_a_session_ends_with_its_key() -> None:
    settings, text = key(expires=datetime.now(UTC) + timedelta(seconds=6))
    async with two_lines(configured(settings)) as (base_url, *_), live(base_url, {"apiKey": text}) as client:
        assert await close_code(client.socket) == 4403


async def test_more_sockets_than_allowed_are_told_to_come_later() -> None:
    limits = LimitSettings(sockets_per_address=2)
    async with two_lines(configured(anonymous=Role.VIEWER, limits=limits)) as (base_url, *_):
        async with live(base_url), live(base_url) as second:
            async with raw_socket(base_url) as third:
                assert await close_code(third) == 1013
            assert (await asked(second))["type"] == "next"
        async with asyncio.timeout(DEADLINE):
            while True:
                async with raw_socket(base_url) as socket:
                    await socket.send('{"type": "connection_init"}')
                    if await socket.recv() == '{"type":"connection_ack"}':
                        break


async def test_one_caller_has_so_many_sockets_wherever_from() -> None:
    (first, text), (second, other) = key(), key()
    limits = LimitSettings(sockets_per_identity=1)
    settings = configured(first, second, limits=limits)
    async with two_lines(settings) as (base_url, *_), live(base_url, {"apiKey": text}):
        async with raw_socket(base_url) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"apiKey": text}}))
            assert await close_code(socket) == 1013
        async with live(base_url, {"apiKey": other}) as client:
            assert (await asked(client))["type"] == "next"


async def test_operations_at_the_same_time_and_per_second_are_bounded_without_harm_to_others() -> None:
    limits = LimitSettings(operations_per_socket=2, requests_per_second_per_address=0.01, burst_seconds=400)
    settings = configured(anonymous=Role.VIEWER, limits=limits)
    async with two_lines(settings) as (base_url, north, _), live(base_url) as client:
        assert (await asked(client, FOLLOW, "a"))["id"] == "a"
        while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
            pass
        await client.subscribe(FOLLOW, key="b")
        while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
            pass
        told = await asked(client, KEYS, "c")
        assert (told["id"], told["type"]) == ("c", "error")
        assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await client.send({"id": "b", "type": "complete"})
        for key_, expected in (("d", "next"), ("e", "next"), ("f", "error")):
            told = await asked(client, KEYS, key_)
            assert (told["id"], told["type"]) == (key_, expected)
            if expected == "next":
                assert (await client.receive())["type"] == "complete"
        assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
        assert told["payload"][0]["extensions"]["retryAfterSeconds"] > 0
        north.drop("north:station:1")
        assert (await asyncio.wait_for(client.receive(), DEADLINE))["id"] == "a"


async def test_access_that_is_taken_away_ends_the_session_and_the_next_one_sees_less() -> None:
    settings, text = key()
    app = app_over(Floor([Line("north"), Line("south")]), configured(settings))
    async with serving(app) as base_url:
        async with live(base_url, {"apiKey": text}) as client:
            assert (await asked(client, FOLLOW))["type"] == "next"
            less = settings.model_copy(update={"sources": ("north",)})
            await app.state.reloader.door.renew(configured(less))
            assert await close_code(client.socket) == 4403
        async with live(base_url, {"apiKey": text}) as client:
            assert (await asked(client))["payload"]["data"] == {"sources": [{"key": "north"}]}
