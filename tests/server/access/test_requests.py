"""Who may send requests: over HTTP and as event streams, with keys and with tokens."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from floorgraph.settings import Introspection, JwtSettings, LimitSettings, Role
from tests.server.access.guarded import configured, two_lines
from tests.support.client import post
from tests.support.deadline import DEADLINE
from tests.support.identities import AUDIENCE, ISSUER, Provider, key

KEYS = "{ sources { key } }"


def codes(answer: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", ())]


async def test_who_says_nothing_is_turned_away_where_nobody_is_anonymous() -> None:
    async with two_lines(configured()) as (base_url, *_):
        answer = await post(base_url, KEYS)
        assert (answer.status_code, codes(answer)) == (401, ["UNAUTHENTICATED"])
        assert "data" not in answer.json()
        assert answer.json()["errors"][0]["extensions"]["correlationId"]
        assert {"Bearer", "ApiKey"} <= set(answer.headers["www-authenticate"].replace(",", " ").split())
        newer = await post(base_url, KEYS, accept="application/graphql-response+json")
        assert newer.headers["content-type"].startswith("application/graphql-response+json")


@pytest.mark.parametrize("scheme", ["ApiKey", "apikey", "Bearer"])
async def test_a_key_opens(scheme: str) -> None:
    settings, text = key()
    async with two_lines(configured(settings)) as (base_url, *_):
        answer = await post(base_url, KEYS, authorization=f"{scheme} {text}")
        assert answer.json() == {"data": {"sources": [{"key": "north"}, {"key": "south"}]}}


@pytest.mark.parametrize(
    "credentials", ["ApiKey fg_abcd_efgh", "Bearer a.b.c", "Basic YTpi", "nonsense", "ApiKey"]
)
@pytest.mark.parametrize("anonymous", [Role.NONE, Role.VIEWER])
async def test_wrong_credentials_are_never_taken_for_none(credentials: str, anonymous: Role) -> None:
    async with two_lines(configured(anonymous=anonymous)) as (base_url, north, _):
        north.calls.clear()
        answer = await post(base_url, "{ stations { totalCount } }", authorization=credentials)
        assert (answer.status_code, codes(answer)) == (401, ["UNAUTHENTICATED"])
        assert not north.calls["select station"]


@pytest.mark.parametrize(("role", "raw"), [(Role.VIEWER, False), (Role.OPERATOR, False), (Role.ADMIN, True)])
async def test_the_role_decides_about_payloads_and_traces(role: Role, raw: bool) -> None:
    settings, text = key(role)
    document = '{ job(id: "north:job:1") { raw } source(key: "north") { resource(path: "x") { items } } }'
    headers = {"authorization": f"ApiKey {text}", "X-Floorgraph-Trace": "1"}
    async with two_lines(configured(settings)) as (base_url, *_):
        answer = await post(base_url, document, None, **headers)
    if raw:
        assert answer.json()["data"]["job"] == {"raw": {"secret of": "north"}}
        assert "upstream" in answer.json()["extensions"]
    else:
        assert codes(answer) == ["FORBIDDEN"] * 3
        assert "secret of" not in answer.text
        assert "extensions" not in answer.json()


async def test_a_token_opens_and_ends(tmp_path: Path) -> None:
    provider = Provider()
    path = tmp_path / "key.pem"
    path.write_text(provider.pem, encoding="utf-8")
    jwt = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path, leeway_seconds=0)
    async with two_lines(configured(jwt=jwt)) as (base_url, *_):
        assert (await post(base_url, KEYS, authorization=f"Bearer {provider.token()}")).status_code == 200
        ended = await post(base_url, KEYS, authorization=f"Bearer {provider.token(-1)}")
        assert (ended.status_code, codes(ended)) == (401, ["UNAUTHENTICATED"])
        nobody = await post(base_url, KEYS, authorization=f"Bearer {provider.token(role='guest')}")
        assert (nobody.status_code, codes(nobody)) == (403, ["FORBIDDEN"])


def limited(**more: Any) -> LimitSettings:
    return LimitSettings.model_validate({"burst_seconds": 1, **more})


async def test_a_caller_is_held_to_its_rate_and_others_are_not() -> None:
    (first, text), (second, other) = key(), key()
    limits = limited(requests_per_second=0.01, burst_seconds=300)
    async with two_lines(configured(first, second, limits=limits)) as (base_url, *_):
        answers = [await post(base_url, KEYS, authorization=f"ApiKey {text}") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert codes(answers[-1]) == ["TOO_MANY_REQUESTS"]
        assert int(answers[-1].headers["retry-after"]) > 50
        assert answers[-1].json()["errors"][0]["extensions"]["retryAfterSeconds"] > 50
        assert (await post(base_url, KEYS, authorization=f"ApiKey {other}")).status_code == 200


async def test_an_address_is_held_to_its_rate_whatever_it_says_of_itself() -> None:
    limits = limited(requests_per_second_per_address=0.01, burst_seconds=200)
    async with two_lines(configured(anonymous=Role.VIEWER, limits=limits)) as (base_url, *_):
        found = [
            (await post(base_url, KEYS, None, **{"X-Forwarded-For": f"10.0.0.{n}"})).status_code
            for n in range(3)
        ]
    assert found == [200, 200, 429]


async def test_guessing_keys_is_stopped_before_the_slow_hash() -> None:
    settings, text = key()
    limits = limited(refused_credentials_per_minute=2)
    async with two_lines(configured(settings, limits=limits)) as (base_url, *_):
        found = [(await post(base_url, KEYS, authorization=f"ApiKey {text}x")).status_code for _ in range(3)]
    assert found == [401, 401, 429]


async def stream(base_url: str, document: str, **headers: str) -> tuple[int, str]:
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
        http.stream(
            "POST",
            f"{base_url}/graphql",
            json={"query": document},
            headers={"accept": "text/event-stream"} | headers,
        ) as answer,
    ):
        return answer.status_code, (await answer.aread()).decode()


async def test_an_event_stream_needs_credentials_and_ends_with_its_token(tmp_path: Path) -> None:
    provider = Provider()
    path = tmp_path / "key.pem"
    path.write_text(provider.pem, encoding="utf-8")
    jwt = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path, leeway_seconds=0)
    document = "subscription { stationChanged { kind id } }"
    async with two_lines(configured(jwt=jwt)) as (base_url, *_):
        assert (await stream(base_url, document))[0] == 401
        for seconds in (1, 5, 25):  # a slow machine may need longer to begin
            bearer = f"Bearer {provider.token(seconds)}"
            status, text = await stream(base_url, document, authorization=bearer)
            if "CAUGHT_UP" in text:
                break
    assert status == 200
    assert "CAUGHT_UP" in text
    assert "UNAUTHENTICATED" in text
    assert text.endswith("event: complete\ndata:\n\n")


async def test_a_token_that_ends_before_the_request_is_there_is_told_all_the_same(tmp_path: Path) -> None:
    provider = Provider()
    path = tmp_path / "key.pem"
    path.write_text(provider.pem, encoding="utf-8")
    jwt = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path, leeway_seconds=0)
    async with two_lines(configured(jwt=jwt)) as (base_url, *_):
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(base_url).port)
        lines = (
            "POST /graphql HTTP/1.1",
            "Host: 127.0.0.1",
            "Accept: text/event-stream",
            "Content-Type: application/json",
            f"Authorization: Bearer {provider.token(1)}",
            "Content-Length: 100",
        )
        writer.write("\r\n".join((*lines, "", "")).encode() + b'{"query":')
        async with asyncio.timeout(DEADLINE):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 401 ")
            length = int(head.lower().partition("content-length:")[2].split()[0])
            assert b"UNAUTHENTICATED" in await reader.readexactly(length)
        writer.close()
        await writer.wait_closed()


async def test_event_streams_have_places() -> None:
    limits = limited(sockets=1)
    settings = configured(anonymous=Role.VIEWER, limits=limits)
    async with (
        two_lines(settings) as (base_url, *_),
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        body = {"query": "subscription { stationChanged { kind } }"}
        headers = {"accept": "text/event-stream"}
        async with http.stream("POST", f"{base_url}/graphql", json=body, headers=headers) as first:
            assert first.status_code == 200
            second = await http.post(f"{base_url}/graphql", json=body, headers=headers)
            assert (second.status_code, codes(second)) == (429, ["TOO_MANY_SOCKETS"])


async def told(base_url: str, path: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.get(base_url + path, headers=headers)


async def test_readiness_is_told_to_everybody_and_sources_to_those_who_see_them() -> None:
    settings, text = key(sources=("north",))
    async with two_lines(configured(settings)) as (base_url, *_):
        stranger = await told(base_url, "/readyz")
        known = await told(base_url, "/readyz", authorization=f"ApiKey {text}")
        assert (await told(base_url, "/livez")).status_code == 200
    assert (stranger.status_code, stranger.json()["sources"]) == (200, {})
    assert known.json()["sources"] == {"north": "UP"}


@pytest.mark.parametrize(
    ("who", "stranger", "known"),
    [(Introspection.ALL, 403, 200), (Introspection.IDENTIFIED, 403, 200), (Introspection.OFF, 403, 403)],
)
async def test_the_text_of_the_schema_is_for_those_who_may_ask_for_it(
    who: Introspection, stranger: int, known: int
) -> None:
    settings, text = key()
    async with two_lines(configured(settings, server={"introspection": who})) as (base_url, *_):
        assert (await told(base_url, "/schema.graphql")).status_code == stranger
        answer = await told(base_url, "/schema.graphql", authorization=f"ApiKey {text}")
        assert answer.status_code == known
        assert ("type Query" in answer.text) is (known == 200)


@pytest.mark.parametrize(("trusted", "last"), [((), 429), (("127.0.0.0/8",), 200)])
async def test_who_is_behind_a_proxy_is_believed_of_the_configured_ones_alone(
    trusted: tuple[str, ...], last: int
) -> None:
    limits = limited(requests_per_second_per_address=0.01, burst_seconds=200)
    server = {"trusted_proxies": trusted}
    async with two_lines(configured(anonymous=Role.VIEWER, limits=limits, server=server)) as (base_url, *_):
        for number in range(3):
            answer = await post(base_url, KEYS, None, **{"X-Forwarded-For": f"10.0.0.{number}"})
    assert answer.status_code == last
